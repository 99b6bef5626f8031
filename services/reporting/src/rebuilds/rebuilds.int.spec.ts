import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { ROLES } from '@throughline/shared/auth';
import { eventually } from '@throughline/shared/testing';
import { surroundings, wholeCourse, type CourseEvent } from '../referral-course.fixture.js';
import { startReporting, type RunningReporting } from '../running-reporting.fixture.js';

// a rebuild ends when it has settled, and a test has several
jest.setTimeout(90_000);

let reporting: RunningReporting;
beforeAll(async () => {
  reporting = await startReporting({ replicas: 2 });
  await publish(surroundings);
  for (const name of ['a', 'b', 'c', 'd', 'e']) await publish(wholeCourse(name));
  await reporting.caughtUp('five referrals came all the way');
});
afterAll(() => reporting?.close());
beforeEach(() => {
  reporting.sources.requests.length = 0;
  reporting.sources.keepSilent(false);
});

async function publish(events: readonly CourseEvent[]): Promise<void> {
  const recorded = events.map(({ source, subject, type, data }) =>
    reporting.sources.record(source, subject, type, data),
  );
  await Promise.all(recorded.map((event) => reporting.sources.publish(event)));
}

const begun = async (): Promise<string> => {
  const { status, body, headers } = await reporting.beginRebuild();
  expect({ status, body }).toMatchObject({ status: 202, body: { state: 'replaying', progress: [] } });
  expect(headers.get('location')).toBe(`/v1/rebuilds/${body.id}`);
  return body.id;
};
const completed = (id: string) =>
  eventually(async () => expect(await reporting.rebuild(id)).toMatchObject({ state: 'completed', progress: [] }), {
    describe: 'the rebuild is complete',
    deadlineMs: 30_000,
  });
const generationsIn = async (collection: string): Promise<number[]> => {
  const found = await reporting.database.collection(collection).find({}).toArray();
  return [...new Set(found.map((doc) => (doc['state'] as { generation: number }).generation))];
};
const referred = async (): Promise<number> => {
  const { body } = await reporting.request<{ stages: { count: number }[] }>('GET', '/v1/reports/funnel', {
    token: reporting.tokens.analyst,
  });
  return body.stages[0]!.count;
};

it('ends with what there was, from the events alone', async () => {
  const before = await reporting.projections();
  await reporting.database
    .collection('journeys')
    .updateOne(
      { 'state.referralId': 'r-a' },
      { $set: { 'state.district': 'damaged' }, $unset: { 'state.acceptedAt': '' } },
    );
  await completed(await begun());
  expect(await reporting.projections()).toEqual(before);
  expect([...reporting.sources.requests].sort()).toEqual(['/case-management', '/referral', '/services-directory']);
});

it('forgets what was there before', async () => {
  await completed(await begun());
  await eventually(
    async () => {
      for (const collection of reporting.collections) expect(await generationsIn(collection)).toHaveLength(1);
    },
    { describe: 'one generation is left' },
  );
});

it('loses nothing that happens meanwhile, and counts nothing twice', async () => {
  const names = Array.from({ length: 12 }, (_, index) => `live-${index}`);
  const courses = names.map((name) => wholeCourse(name));
  const half = (course: CourseEvent[]): CourseEvent[] => course.slice(0, 7);
  await publish(courses.flatMap(half));

  const id = await begun();
  // the rest of each course, each event also a second time, while the replays are on their way
  const rest = courses.flatMap((course) => course.slice(7));
  await publish(rest);
  await Promise.all(reporting.sources.log.slice(-rest.length).map((event) => reporting.sources.publish(event)));
  await publish(wholeCourse('newcomer'));
  await completed(id);
  await reporting.caughtUp('every event is in the rebuilt projections');
  const rebuilt = await reporting.projections();

  await completed(await begun());
  await reporting.caughtUp('and again');
  expect(await reporting.projections()).toEqual(rebuilt);
  expect(await referred()).toBe(5 + names.length + 1);
});

it('shows the old reports and its progress while a source keeps silent, and gives way to a later rebuild', async () => {
  const before = await reporting.projections();
  const count = await referred();
  reporting.sources.keepSilent(true);
  const first = await begun();
  await eventually(() => expect(reporting.sources.requests).toHaveLength(3), { describe: 'the sources are asked' });
  const { state, progress } = await reporting.rebuild(first);
  expect(state).toBe('replaying');
  expect(progress.find(({ name }) => name === 'journeys')).toMatchObject({
    before: { records: count },
    rebuilt: { records: 0, events: 0 },
  });
  expect(await referred()).toBe(count);
  expect(await reporting.projections()).toEqual(before);

  reporting.sources.keepSilent(false);
  const second = await begun();
  expect(await reporting.rebuild(first)).toMatchObject({ state: 'superseded' });
  await completed(second);
  expect(await reporting.projections()).toEqual(before);
});

it('brings in what was published before reporting listened', async () => {
  for (const { source, subject, type, data } of wholeCourse('unheard'))
    reporting.sources.record(source, subject, type, data);
  const count = await referred();
  await completed(await begun());
  await reporting.caughtUp('what was never heard is there');
  expect(await referred()).toBe(count + 1);
});

it('answers a repeated command with its first answer, and begins nothing', async () => {
  const key = randomUUID();
  const first = await reporting.beginRebuild(key);
  const [again, elsewhere] = await Promise.all([
    reporting.beginRebuild(key),
    reporting.services[1]!.request('POST', '/v1/rebuilds', {
      token: reporting.tokens.admin,
      headers: { 'idempotency-key': key },
    }),
  ]);
  expect(again.body).toEqual(first.body);
  expect(elsewhere.body).toEqual(first.body);
  await completed(first.body.id);
  expect(reporting.sources.requests).toHaveLength(3);
});

describe('a request that is refused', () => {
  it.each(ROLES.filter((role) => role !== 'admin'))('comes from a caller whose role is %s', async (role) => {
    expect((await reporting.beginRebuild(randomUUID(), await reporting.token(role))).status).toBe(403);
    const { status } = await reporting.request('GET', '/v1/rebuilds/any', { token: await reporting.token(role) });
    expect(status).toBe(403);
  });

  it('has no token, no key, or the id of nothing', async () => {
    expect((await reporting.request('POST', '/v1/rebuilds')).status).toBe(401);
    const { status, body } = await reporting.request('POST', '/v1/rebuilds', { token: reporting.tokens.admin });
    expect({ status, body }).toMatchObject({ status: 400, body: { type: expect.stringContaining('idempotency-key') } });
    const unknown = await reporting.request('GET', '/v1/rebuilds/$gt', { token: reporting.tokens.admin });
    expect(unknown.status).toBe(404);
  });

  it('changes nothing', () => {
    expect(reporting.sources.requests).toEqual([]);
  });
});
