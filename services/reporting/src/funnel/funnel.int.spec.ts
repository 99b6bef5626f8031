import { randomUUID } from 'node:crypto';
import { ROLES, type Role } from '@throughline/shared/auth';
import { allEvents } from '@throughline/shared/contracts';
import { eventually } from '@throughline/shared/testing';
import { STAGES } from '../domain/courses.js';
import { surroundings, wholeCourse } from '../referral-course.fixture.js';
import { startReporting, type RunningReporting } from '../running-reporting.fixture.js';
import type { Funnel } from './funnel.schemas.js';

const READERS: readonly Role[] = ['analyst', 'coordinator', 'prosecutor', 'admin'];

let reporting: RunningReporting;
beforeAll(async () => {
  reporting = await startReporting();
  for (const { source, subject, type, data } of [...surroundings, ...wholeCourse('one')])
    await reporting.sources.publish(reporting.sources.record(source, subject, type, data));
  await reporting.caughtUp('the first referral came all the way');
}, 60_000);
afterAll(() => reporting?.close());

const funnel = async (query = ''): Promise<Funnel> => {
  const { status, body } = await reporting.request<Funnel>('GET', `/v1/reports/funnel${query}`, {
    token: reporting.tokens.analyst,
  });
  expect({ status, body }).toMatchObject({ status: 200 });
  return body;
};
const counts = ({ stages }: Funnel): number[] => stages.map(({ count }) => count);

it('shows what events tell, joined over the services that they came from', async () => {
  const report = await funnel();
  expect(report).toMatchObject({
    smallCells: 'exact',
    filter: {},
    people: 1,
    declined: 0,
    ended: { closed: 1, withdrawn: 0 },
    casesEnded: { transitioned: 1, moved: 0 },
    chargeHolds: { held: 1, open: 0, satisfied: 1, lapsed: 0, ended: 0 },
    groups: {
      pathway: [{ key: 'arrest-diversion' }],
      agency: [{ key: 'santa-fe-pd', name: 'Santa Fe Police Department' }],
      district: [{ key: 'downtown' }],
      offense: [{ key: '23C' }, { key: '35B' }],
    },
    needs: [{ category: 'legal', needs: 1, requested: 1, accepted: 1, completed: 1, linkageRate: 1 }],
    services: [{ serviceId: 's-1', name: 'Expungement help desk', organizationName: 'Legal Aid', completed: 1 }],
  });
  expect(counts(report)).toEqual(STAGES.map(() => 1));
  expect(report.waitingTimes.slice(0, 7)).toEqual(
    STAGES.slice(1).map((to, index) => ({
      from: STAGES[index],
      to,
      count: 1,
      medianMinutes: 60,
      p90Minutes: 60,
    })),
  );
});

it('shows it as of any instant or day of the site', async () => {
  expect(counts(await funnel('?asOf=2026-03-02T17:59:59Z'))).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  expect(counts(await funnel('?asOf=2026-03-02T20:00:00Z'))).toEqual([1, 1, 1, 0, 0, 0, 0, 0]);
  const day = await funnel('?asOf=2026-03-02&from=2026-03-02');
  expect(day).toMatchObject({ asOf: '2026-03-03T06:59:59.999Z', from: '2026-03-02T07:00:00.000Z' });
  expect(counts(day)).toEqual(STAGES.map(() => 1));
  expect(counts(await funnel('?from=2026-03-03'))[0]).toBe(0);
});

it('shows a part of it', async () => {
  const report = await funnel('?pathway=arrest-diversion&agency=santa-fe-pd&district=downtown');
  expect(report.filter).toEqual({ pathway: 'arrest-diversion', agency: 'santa-fe-pd', district: 'downtown' });
  expect(counts(report)[0]).toBe(1);
  expect(counts(await funnel('?pathway=social-contact'))[0]).toBe(0);
  expect(counts(await funnel('?agency=taos-pd'))[0]).toBe(0);
});

it.each([
  ['an unknown parameter', '?agency[$gt]=', '#/agency%5B$gt%5D'],
  ['an unknown pathway', '?pathway=community', '#/pathway'],
  ['a pathway twice', '?pathway=social-contact&pathway=social-contact', '#/pathway'],
  ['a date that is none', '?asOf=2026-02-30', '#/asOf'],
  ['a year that nobody means', '?from=0026-02-01', '#/from'],
  ['a period that ends before it begins', '?from=2026-03-03&asOf=2026-03-02', '#/from'],
])('refuses %s', async (_name, query, pointer) => {
  const { status, body } = await reporting.request('GET', `/v1/reports/funnel${query}`, {
    token: reporting.tokens.analyst,
  });
  expect({ status, body }).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
});

it.each(ROLES)('answers a caller whose role is %s', async (role) => {
  for (const path of ['/v1/reports/funnel', '/v1/reports/funnel.csv']) {
    const { status } = await reporting.request('GET', path, { token: await reporting.token(role) });
    expect(status).toBe(READERS.includes(role) ? 200 : 403);
  }
});

it('answers nobody without a token', async () => {
  expect((await reporting.request('GET', '/v1/reports/funnel')).status).toBe(401);
  expect((await reporting.request('GET', '/v1/reports/funnel.csv')).status).toBe(401);
});

it('gives a table for a spreadsheet', async () => {
  const { status, headers, text } = await reporting.request('GET', '/v1/reports/funnel.csv?asOf=2026-03-02T20:00:00Z', {
    token: reporting.tokens.analyst,
  });
  expect({ status, type: headers.get('content-type') }).toEqual({ status: 200, type: 'text/csv; charset=utf-8' });
  expect(text.split('\r\n')).toEqual(
    expect.arrayContaining(['funnel,accepted,,count,1', 'funnel,handed-off,,count,0']),
  );
});

it('follows each stream of golden samples, whatever their order, and however often they come', async () => {
  const samples = allEvents.filter(({ name }) => /^(?:referral|agency|case|linkage|service)\./.test(name)); // a report's business
  const subjects = new Map<string, string>();
  const events = samples.flatMap(({ name, routingKey, samples: data }) => {
    const [noun = ''] = name.split('.');
    const subject = subjects.get(noun) ?? randomUUID();
    subjects.set(noun, subject);
    const source = { referral: '/referral', agency: '/referral', service: '/services-directory' }[noun];
    return data.map((one) => reporting.sources.record(source ?? '/case-management', subject, routingKey, one));
  });
  await Promise.all([...events, ...events].reverse().map((event) => reporting.sources.publish(event)));
  await reporting.caughtUp('every sample is applied, once');
  const records = await reporting.projections();
  expect(records['journeys']![subjects.get('referral')!]).toMatchObject({
    state: {
      pathway: 'arrest-diversion',
      offenses: ['23C', '35B'],
      caseId: 'c-1',
      chargeHoldSatisfiedAt: expect.any(Date),
      links: [{ referralId: 'r-2', linkedAt: expect.any(Date), unlinkedAt: expect.any(Date) }],
    },
  });
  expect(records['services']![subjects.get('service')!]).toMatchObject({
    state: { name: 'Expungement help desk', withdrawnAt: expect.any(Date) },
  });
  expect(JSON.stringify(records)).not.toContain('eyJhbGciOiJFQ0RI');
});

it('goes on after an event that a later release will declare', async () => {
  const subject = randomUUID();
  const [submitted, evaluated] = wholeCourse('late');
  for (const [type, data] of [
    ['referral.foreseen.v1', { anything: true }],
    [submitted!.type, submitted!.data],
    ['referral.amended.v7', {}],
    [evaluated!.type, evaluated!.data],
  ] as const)
    await reporting.sources.publish(reporting.sources.record('/referral', subject, type, data));
  await reporting.caughtUp('the stream goes on');
  expect((await reporting.projections())['journeys']![subject]).toMatchObject({
    state: { referredAt: expect.any(Date), eligibleAt: expect.any(Date) },
  });
});

it('lays an event that it cannot read among the dead letters, and nothing else', async () => {
  const deadLetters = async (): Promise<Record<string, number>> => {
    const { body } = await reporting.request<{ items: { queue: string; deadLetters: number }[] }>(
      'GET',
      '/v1/operations/dead-letters',
      { token: reporting.tokens.admin },
    );
    return Object.fromEntries(body.items.map(({ queue, deadLetters: count }) => [queue, count]));
  };
  expect(await deadLetters()).toMatchObject({ 'reporting.journeys': 0, 'reporting.services': 0 });
  const [submitted] = wholeCourse('poison');
  const event = reporting.sources.record('/referral', 'r-poison', submitted!.type, submitted!.data);
  reporting.sources.log.pop();
  await reporting.sources.publish({ ...event, data: { ...(event.data as object), pathway: 'unheard-of' } });
  await reporting.sources.publishRaw('referral.submitted.v1', 'no JSON');
  await eventually(async () => expect(await deadLetters()).toMatchObject({ 'reporting.journeys': 2 }), {
    describe: 'two dead letters',
  });
  await reporting.caughtUp('nothing came of the poison');
});

describe('the page', () => {
  const get = (path: string) => reporting.request('GET', path);

  it('is open to everybody, and holds no data', async () => {
    const { status, headers, text } = await get('/reports/funnel');
    expect({ status, type: headers.get('content-type') }).toEqual({ status: 200, type: 'text/html; charset=utf-8' });
    expect(text).toContain('Contains small counts');
    expect(text).not.toMatch(/santa-fe|Expungement|downtown/i);
    expect((await get('/reports/funnel?agency=%3Cscript%3E')).text).toBe(text);
  });

  it('runs our own files alone: no inline script or style, no other host', async () => {
    const { headers, text } = await get('/reports/funnel');
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    const scripts = [...text.matchAll(/<script\b([^>]*)>([^<]*)<\/script>/g)];
    expect(scripts.map(([, , content]) => content)).toEqual(['']);
    expect(text).not.toMatch(/\sstyle=|\son\w+=|<style|https?:/);
    for (const [, address] of text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const { status } = await get(address!);
      expect({ address, status }).toEqual({ address, status: 200 });
    }
  });

  it.each([
    ['/reports/funnel.js', 'text/javascript; charset=utf-8'],
    ['/reports/funnel-chart.js', 'text/javascript; charset=utf-8'],
    ['/reports/funnel.css', 'text/css; charset=utf-8'],
  ])('serves %s', async (path, type) => {
    const { status, headers, text } = await get(path);
    expect({ status, type: headers.get('content-type') }).toEqual({ status: 200, type });
    expect(text).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
    expect(text).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write|localStorage/);
  });
});
