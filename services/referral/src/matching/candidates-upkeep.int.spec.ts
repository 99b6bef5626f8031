import { eventually, type TestService } from '@throughline/shared/testing';
import type { WorklistCounts, WorklistItem } from '../referrals/worklist.schemas.js';
import { startReferral, type RunningReferral } from '../running-referral.fixture.js';

describe('the worklist of who has candidates, kept by two replicas', () => {
  let running: RunningReferral;
  let replica: TestService;
  beforeAll(async () => {
    running = await startReferral();
    replica = await running.startReplica();
  }, 60_000);
  afterAll(async () => {
    await replica?.close();
    await running?.close();
  }, 60_000);

  const refer = (familyName: string, givenName = 'Concepcion', birthDate = '1979-02-11'): Promise<string> =>
    running.submit({ person: { givenName, familyName, birthDate } });
  const listed = async (query: string, as = running.tokens.coordinator): Promise<WorklistItem[]> =>
    (await running.get<{ items: WorklistItem[] }>(`/v1/referrals?limit=100&${query}`, as)).body.items;
  /** What a coordinator sees of these: how many candidates each has that is listed, and the count of all. */
  const seen = async (...ids: string[]) => {
    const items = (await listed('flag=has-candidates')).filter(({ id }) => ids.includes(id));
    for (const { flags } of items) expect(flags).toContain('has-candidates');
    const { body } = await running.get<WorklistCounts>('/v1/referrals/counts', running.tokens.coordinator);
    return {
      listed: Object.fromEntries(items.map(({ id, candidates }) => [id, candidates])),
      count: body.flags['has-candidates'],
    };
  };
  /** What is shown once nothing is due any more; to ask all the time would keep the service too busy to look. */
  const shows = async (expected: { listed: Record<string, number>; count: number }, ...ids: string[]) => {
    await eventually(
      async () => {
        const due = await running.database.collection('referrals').countDocuments({ 'state.matchingDue': true });
        expect(due).toBe(0);
      },
      { describe: 'candidates were looked for', deadlineMs: 20_000 },
    );
    expect(await seen(...ids)).toEqual(expected);
  };
  const say = (method: 'PUT' | 'DELETE', one: string, other: string, verdict?: string) =>
    running.request(method, `/v1/referrals/${one}/links/${other}`, {
      token: running.tokens.coordinator,
      ...(verdict && { body: { verdict } }),
    });
  const act = async (id: string, path: string, body: object) => {
    const read = await running.get(`/v1/referrals/${id}`, running.tokens.coordinator);
    const headers = { 'if-match': read.headers.get('etag') ?? '' };
    const answer = await running.post(`/v1/referrals/${id}/${path}`, running.tokens.coordinator, body, headers);
    expect([path, answer.status, answer.text]).toEqual([path, 200, expect.any(String)]);
  };

  it('shows both sides when the newer one comes, and follows what is said of them, on each side', async () => {
    const [first, second] = [await refer('Abeyta'), await refer('Abeyta')];
    await refer('Zamora', 'Teodoro', '1951-12-30');
    await shows({ listed: { [first]: 1, [second]: 1 }, count: 2 }, first, second);
    const all = [first, second, await refer('Abeita')].sort();
    // a verdict is held by the greater of two ids: here by one of the person of two referrals
    const [three, one, two] = all as [string, string, string];
    await shows({ listed: { [one]: 2, [two]: 2, [three]: 2 }, count: 3 }, ...all);
    // who decides meanwhile is not disturbed, and nobody else is told
    const { headers } = await running.get(`/v1/referrals/${one}`, running.tokens.coordinator);
    expect(headers.get('etag')).toBe('"1"');
    const prosecutors = await listed('', running.tokens.prosecutor);
    expect(JSON.stringify(prosecutors)).not.toMatch(/candidates|matching-due/);
    expect((await running.get('/v1/referrals?flag=has-candidates', running.tokens.prosecutor)).status).toBe(422);
    expect(JSON.stringify(await listed(''))).not.toContain('matching-due');

    // a process was killed when it had written one side
    const referrals = running.database.collection<{ _id: string }>('referrals');
    await referrals.updateOne({ _id: one }, { $pull: { candidates: three } } as never);
    await referrals.updateOne(
      { _id: three },
      {
        $set: { 'state.matchingDue': true, 'state.worklist.flags': ['matching-due'] },
      },
    );
    await shows({ listed: { [one]: 2, [two]: 2, [three]: 2 }, count: 3 }, ...all);

    await say('PUT', one, two, 'same-person');
    await shows({ listed: { [one]: 1, [two]: 1, [three]: 2 }, count: 3 }, ...all);
    // said of one of a person it is said of all of that person
    await say('PUT', three, one, 'different-people');
    await shows({ listed: {}, count: 0 }, ...all);
    await say('DELETE', three, one);
    await shows({ listed: { [one]: 1, [two]: 1, [three]: 2 }, count: 3 }, ...all);
    await say('DELETE', one, two);
    await shows({ listed: { [one]: 2, [two]: 2, [three]: 2 }, count: 3 }, ...all);

    await act(three, 'duplicate', { reason: 'entered-twice', duplicateOf: one });
    await shows({ listed: { [one]: 1, [two]: 1 }, count: 2 }, ...all);
    await act(two, 'declined-by-person', { reason: 'prefers-court' });
    // what is over asks for nothing more; the other one still does
    expect(await seen(...all)).toEqual({ listed: { [one]: 1 }, count: 1 });
    await act(two, 'erasure', { reason: 'requested-by-person' });
    await shows({ listed: {}, count: 0 }, ...all);
  }, 60_000);
});
