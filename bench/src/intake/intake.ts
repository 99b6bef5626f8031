import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import amqp from 'amqplib';
import { exportJWK, generateKeyPair } from 'jose';
import { EVENTS_EXCHANGE } from '@throughline/shared/messaging';
import { testIssuer, type TestIssuer } from '@throughline/shared/testing';
import type { Benchmark, Ground, Report } from '../benchmark.js';
import { load, type Call } from '../load.js';
import { quotient, ROUNDS, sideBySide, type SideResult } from '../side-by-side.js';
import { emptyBook } from './empty-book.js';
import { personNumber } from './people.js';
import { takeSample } from './sample.js';

const AGENCY = 'santa-fe-pd';
const OFFICERS = 20;
const PER_ROUND = 3_000;
const CONCURRENCY = 32;
/** What a submission is told of: that it came in, and how it was judged. */
const EVENTS_PER_REFERRAL = 2;

const referral = {
  source: 'law-enforcement',
  pathway: 'arrest-diversion',
  incidentNumber: '26-000417',
  occurredAt: new Date(Date.now() - 3_600_000).toISOString(),
  district: 'downtown',
  place: 'Cerrillos Road, by the bus stop',
  offenses: [{ nibrs: '35A', statute: '30-31-23' }],
  substances: [{ kind: 'heroin', grams: 0.4 }],
  basisOfBelief: 'direct-observation',
  personAgrees: true,
  facts: {
    dealingBeyondSubsistence: false,
    exploitsMinors: false,
    promotesProstitution: false,
    disqualifyingHistory: false,
  },
};

/** Taking referrals, whole: from the request until the broker holds every event of it. */
export const intake: Benchmark = {
  name: 'intake',
  run: async (ground): Promise<Report> => {
    const issuer = await testIssuer();
    const broker = await amqp.connect(ground.amqpUrl);
    try {
      const service = await startService(ground, issuer);
      const channel = await broker.createChannel();
      // the queue of one subscriber, alike for both; what it took is counted, then forgotten
      const { queue } = await channel.assertQueue('bench.sink', {
        durable: true,
        arguments: { 'x-queue-type': 'quorum' },
      });
      await channel.bindQueue(queue, EVENTS_EXCHANGE, 'referral.#');
      const tokens = await enrol(service.url, issuer);
      const bare = await startBaseline(ground, await sampleOf(ground, service.url, tokens));
      while ((await channel.checkQueue(queue)).messageCount < EVENTS_PER_REFERRAL) await sleep(20);
      await channel.purgeQueue(queue);
      const side = (name: string, url: string, events: number) => ({
        name,
        before: () => emptyBook([ground.mongodbUrl('referral'), ground.mongodbUrl('bare')]),
        round: async (): Promise<number> => {
          await load(url, callsOf(tokens), CONCURRENCY);
          while ((await channel.checkQueue(queue)).messageCount < PER_ROUND * events) await sleep(20);
          await channel.purgeQueue(queue);
          return PER_ROUND;
        },
      });
      const [bareResult, serviceResult] = await sideBySide(ground, [
        side('bare Fastify', bare.url, 1),
        side('referral', service.url, EVENTS_PER_REFERRAL),
      ]);
      return reportOf(bareResult!, serviceResult!);
    } finally {
      await broker.close();
      await issuer.close();
    }
  },
};

async function startService(ground: Ground, issuer: TestIssuer): Promise<{ url: string }> {
  const { publicKey } = await generateKeyPair('ECDH-ES+A256KW', { crv: 'P-256', extractable: true });
  const env = {
    ...issuer.env,
    AMQP_URL: ground.amqpUrl,
    MONGODB_URL: ground.mongodbUrl('referral'),
    CASE_MANAGEMENT_PUBLIC_KEY: JSON.stringify(await exportJWK(publicKey)),
    FIELD_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    BLIND_INDEX_KEY: randomBytes(32).toString('base64'),
    RATE_LIMIT_PER_SECOND: '0',
  };
  return ground.start('referral', 'services/referral/dist/main.js', env, '/health/ready');
}

async function sampleOf(ground: Ground, url: string, tokens: readonly string[]): Promise<string> {
  await load(url, callsOf(tokens).slice(0, 1), 1);
  return takeSample(ground.mongodbUrl('referral'));
}

function startBaseline(ground: Ground, sample: string): Promise<{ url: string }> {
  const env = {
    AMQP_URL: ground.amqpUrl,
    MONGODB_URL: ground.mongodbUrl('bare'),
    EXCHANGE: EVENTS_EXCHANGE,
    SAMPLE: sample,
  };
  return ground.start('bare', 'bench/dist/intake/bare-intake.js', env, '/health');
}

/** An agency and its officers through the API; answers a token of each officer. */
async function enrol(url: string, issuer: TestIssuer): Promise<string[]> {
  const admin = await issuer.token({ sub: 'admin', roles: ['admin'] });
  const headers = () => ({
    authorization: `Bearer ${admin}`,
    'content-type': 'application/json',
    'idempotency-key': randomUUID(),
  });
  const body = (value: object): string => JSON.stringify(value);
  const officers = Array.from({ length: OFFICERS }, (_, index) => `officer-${index}`);
  await load(
    url,
    [{ path: '/v1/agencies', headers: headers(), body: body({ id: AGENCY, name: 'PD', timeZone: 'America/Denver' }) }],
    1,
  );
  await load(
    url,
    officers.map((officerId) => ({
      path: `/v1/agencies/${AGENCY}/officers`,
      headers: headers(),
      body: body({ officerId, activeFrom: '2020-01-01T00:00:00Z' }),
    })),
    1,
  );
  const claims = (sub: string) => ({ sub, roles: ['officer' as const], agency: AGENCY });
  return Promise.all(officers.map((sub) => issuer.token(claims(sub), { expiresIn: 3_600 })));
}

/** The same for both sides; the baseline reads neither token nor type of the facts. */
function callsOf(tokens: readonly string[]): Call[] {
  return Array.from({ length: PER_ROUND }, (_, index) => ({
    path: '/v1/referrals',
    headers: {
      authorization: `Bearer ${tokens[index % tokens.length]}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    body: JSON.stringify({ ...referral, person: personNumber(index), incidentNumber: `26-${index}` }),
  }));
}

function reportOf(bare: SideResult, service: SideResult): Report {
  const row = ({ name, perSecond, cpuMs }: SideResult) => ({
    side: name,
    'per second': Math.round(perSecond),
    ...Object.fromEntries(
      Object.entries(cpuMs).map(([process, ms]) => [
        `CPU ms: ${['referral', 'bare'].includes(process) ? 'server' : process}`,
        Number(ms.toFixed(2)),
      ]),
    ),
  });
  return {
    findings: [
      {
        what: 'POST /v1/referrals end to end against bare Fastify with one insert and a confirmed publish',
        measured: quotient(service, bare),
        unit: '×',
        bound: { atLeast: 0.6 },
      },
    ],
    table: [row(bare), row(service)],
    notes: [
      `${PER_ROUND} referrals of as many people a round, from ${CONCURRENCY} connections of the same client, ${ROUNDS} rounds of each in turns, medians; a round begins with empty collections and ends when the broker holds every event.`,
      `The service publishes ${EVENTS_PER_REFERRAL} events a referral and appends them to its event log, the baseline publishes one and keeps no log.`,
      'The baseline inserts a document as large as the one that the service keeps of a referral, without indexes; the service inserts it together with its two events, into its indexes, and takes them out again.',
      'Both insert with w: majority and j: true. CPU milliseconds are per referral, over the whole round; client, server, database and broker share the cores of this machine.',
    ],
  };
}
