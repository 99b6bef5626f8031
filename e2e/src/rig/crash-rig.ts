import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { startInfrastructure, type Broker, type Database } from '@throughline/platform';
import { testIssuer, type TestIssuer } from '@throughline/shared/testing';
import { exportJWK, generateKeyPair } from 'jose';
import { MongoClient } from 'mongodb';
import { ServiceProcess } from './service-process.js';

export const AGENCY = 'santa-fe-pd';
export const OFFICER = 'officer-1';

/** What was counted when the platform had become quiet. */
export interface Census {
  acknowledged: number;
  events: number;
  /** Effects that are missing: acknowledged changes whose events the subscriber does not have. */
  lost: number;
  /** Effects that were written more than once. */
  doubled: number;
  /** Everything that breaks an invariant of DESIGN 3, in words. */
  violations: string[];
}

/** A broker and a database that may be broken, an issuer, and the services that a test starts on them. */
export interface CrashRig {
  broker: Broker;
  database: Database;
  issuer: TestIssuer;
  /** For looking into the databases of the services: `referral`, `witness`. */
  mongo: MongoClient;
  /** A replica of intake. `fault` is environment for its first life alone. */
  startReferral: (fault?: Record<string, string>) => Promise<ServiceProcess>;
  startWitness: (fault?: Record<string, string>) => Promise<ServiceProcess>;
  /** Every service that was started, for their logs. */
  services: readonly ServiceProcess[];
  /** Ends the broker or the database as a crash would. @throws Error where it has ended by itself before, with how. */
  kill: (piece: 'broker' | 'database') => Promise<void>;
  /** The newest count, for the figures that the rig prints when it closes. */
  census?: Census;
  /** Enrols the agency and the officer whose referrals the tests submit. */
  enrol: (referral: ServiceProcess) => Promise<void>;
  close: () => Promise<void>;
}

/** Leases and rungs are short here, so that a takeover and a retry are seen within a test. */
const HASTE = { RELAY_LEASE_MS: '1500', RETRY_RUNGS_MS: '200,500,1000', RATE_LIMIT_PER_SECOND: '0' };

export async function crashRig(): Promise<CrashRig> {
  const dataDir = await mkdtemp(join(tmpdir(), 'throughline-crash-'));
  // A private broker and database, whatever the environment names: they are going to be killed.
  const env = { ...process.env, AMQP_URL: undefined, AMQP_MANAGEMENT_URL: undefined, MONGODB_URL: undefined };
  const { broker, database, stop } = await startInfrastructure({ dataDir, env, say: () => undefined });
  const issuer = await testIssuer();
  const mongo = new MongoClient(database.mongodbUrl, { serverSelectionTimeoutMS: 20_000 });
  const { publicKey } = await generateKeyPair('ECDH-ES+A256KW', { crv: 'P-256', extractable: true });
  const services: ServiceProcess[] = [];
  const base = new URL(database.mongodbUrl);
  const start = async (service: string, entry: string, own: Record<string, string>, fault?: Record<string, string>) => {
    const url = new URL(base);
    url.pathname = `/${service}`;
    const common = { ...HASTE, ...issuer.env, AMQP_URL: broker.amqpUrl, MONGODB_URL: url.href };
    const name = `${service}-${services.length}`;
    const running = await ServiceProcess.start(name, entry, { ...common, ...own }, join(dataDir, 'run'), fault);
    services.push(running);
    return running;
  };
  const referralKeys = {
    CASE_MANAGEMENT_PUBLIC_KEY: JSON.stringify(await exportJWK(publicKey)),
    FIELD_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    BLIND_INDEX_KEY: randomBytes(32).toString('base64'),
  };
  let kills = 0;
  const rig: CrashRig = {
    broker,
    database,
    issuer,
    mongo,
    services,
    startReferral: (fault) => start('referral', 'services/referral/dist/main.js', referralKeys, fault),
    startWitness: (fault) => start('witness', 'e2e/dist/witness/main.js', {}, fault),
    enrol: async (referral) => {
      const token = await issuer.token({ sub: 'admin-1', roles: ['admin'] });
      const post = async (path: string, body: object): Promise<void> => {
        const response = await fetch(referral.url + path, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': path },
          body: JSON.stringify(body),
        });
        if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
      };
      await post('/v1/agencies', { id: AGENCY, name: 'Santa Fe Police Department', timeZone: 'America/Denver' });
      await post(`/v1/agencies/${AGENCY}/officers`, { officerId: OFFICER, activeFrom: '2020-01-01T00:00:00.000Z' });
    },
    kill: async (piece) => {
      const running = { broker, database }[piece];
      const earlier = await Promise.race([running.ended(), turnOfTheLoop()]);
      if (earlier !== undefined) throw new Error(`the ${piece} had ended by itself, ${earlier}`);
      kills += 1;
      await running.kill();
    },
    close: async () => {
      const deaths = services.reduce((sum, service) => sum + service.deaths, 0);
      const { acknowledged, events, lost, doubled } = rig.census ?? {};
      process.stdout.write(
        `[crash] ${deaths} deaths of services, ${kills} of broker and database: ` +
          `${acknowledged} referrals acknowledged, ${events} events, ${lost} lost, ${doubled} doubled\n`,
      );
      for (const service of services) await service.stop();
      await mongo.close();
      await issuer.close();
      await stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
  return rig;
}
