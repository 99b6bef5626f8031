import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { TimerRunner } from '@throughline/shared/persistence';
import { startReferral, type RunningReferral } from '../running-referral.fixture.js';
import type { WorklistCounts, WorklistItem } from './worklist.schemas.js';

interface Listed {
  items: WorklistItem[];
  nextCursor?: string;
}
const DAY = 86_400_000;
const ACCEPT = { decision: 'accepted', reasons: ['meets-the-criteria'] };

describe('the worklists', () => {
  let running: RunningReferral;
  beforeAll(async () => {
    // the holds that are overdue here would lapse, on a busy machine before they were looked at
    jest.spyOn(TimerRunner.prototype, 'fireDue').mockResolvedValue(0);
    running = await startReferral();
  }, 60_000);
  afterAll(async () => {
    await running?.close();
    jest.restoreAllMocks();
  }, 60_000);

  const ago = (days: number): string => new Date(Date.now() - days * DAY).toISOString();
  const list = async (query = '', as = running.tokens.prosecutor): Promise<WorklistItem[]> => {
    const { status, body, text } = await running.get<Listed>(`/v1/referrals?${query}`, as);
    expect({ status, text }).toMatchObject({ status: 200 });
    return body.items;
  };
  const ids = async (query?: string, as?: string): Promise<string[]> => (await list(query, as)).map(({ id }) => id);
  const paged = async (query: string, onPage: (page: number) => Promise<unknown>): Promise<WorklistItem[]> => {
    const seen: WorklistItem[] = [];
    let cursor = '';
    for (let page = 1; page < 100; page += 1) {
      const path = `/v1/referrals?${query}&limit=2${cursor && `&cursor=${cursor}`}`;
      const { body } = await running.get<Listed>(path, running.tokens.coordinator);
      seen.push(...body.items);
      if (!body.nextCursor) return seen;
      cursor = body.nextCursor;
      await onPage(page);
    }
    throw new Error('the pages have no end');
  };

  it('puts doubts first, then due and overdue holds, and shows each role what concerns it', async () => {
    const { submit, decide, tokens } = running;
    const facts = { exploitsMinors: false, promotesProstitution: false, disqualifyingHistory: false };
    const minor = { givenName: 'Kit', familyName: 'Young', birthDate: `${new Date().getUTCFullYear() - 16}-01-01` };
    const social = await submit({ pathway: 'social-contact', offenses: [], district: 'south' });
    const pending = await submit({ facts: { ...facts, activeWarrant: true } });
    const due = await submit({ occurredAt: ago(2) });
    const overdue = await submit({ occurredAt: ago(60) });
    const undecided = await submit({ occurredAt: ago(15) });
    const forgotten = await submit({ occurredAt: ago(90) });
    const young = await submit({ person: minor });
    const declined = await submit({ personAgrees: false });
    for (const id of [due, overdue]) expect((await decide(id, ACCEPT)).status).toBe(200);

    // the time of an arrest runs also while nobody has decided
    const ordered = [forgotten, overdue, undecided, due, pending, social, declined];
    expect(await ids()).toEqual(ordered);
    expect(await ids('', tokens.coordinator)).toEqual([young, ...ordered]);
    expect(await ids('sort=entered')).toEqual([social, pending, due, overdue, undecided, forgotten, declined]);
    expect(await ids('overdue=true')).toEqual([forgotten, overdue]);
    expect(await ids(`dueBefore=${encodeURIComponent(new Date(Date.now() + 60 * DAY).toISOString())}`)).toEqual([
      forgotten,
      overdue,
      undecided,
      due,
      pending,
    ]);
    expect(await ids('district=south&pathway=social-contact&agency=santa-fe-pd')).toEqual([social]);
    expect(await ids('state=declined-by-person&sort=entered')).toEqual([declined]);
    expect(await ids('flag=active-warrant')).toEqual([pending]);
    expect(await ids('flag=entered-late', tokens.coordinator)).toEqual([forgotten, overdue, undecided, due]);
    expect(await ids('flag=quarantined', tokens.coordinator)).toEqual([young]);

    const items = await list('', tokens.coordinator);
    // all of one person, which is noticed a little later
    const own = ({ flags }: WorklistItem) => flags.filter((flag) => flag !== 'has-candidates');
    expect(items.map((item) => [own(item), item.overdue])).toEqual([
      [['quarantined'], false],
      [['entered-late'], true],
      [['entered-late'], true],
      [['entered-late'], false],
      [['entered-late'], false],
      [[], false],
      [[], false],
      [[], false],
    ]);
    expect((await list('flag=active-warrant'))[0]).toMatchObject({ flags: ['active-warrant'], initials: 'M. Q.' });

    const counts = async (as: string) => (await running.get<WorklistCounts>('/v1/referrals/counts', as)).body;
    expect(await counts(tokens.prosecutor)).toMatchObject({
      states: { accepted: 2, 'pending-decision': 4, 'awaiting-information': 0, 'declined-by-person': 1, closed: 0 },
      flags: { 'active-warrant': 1, 'entered-late': 4, review: 0 },
    });
    const coordinators = await counts(tokens.coordinator);
    expect(coordinators).toMatchObject({ states: { 'awaiting-information': 1 }, flags: { quarantined: 1 } });
    expect(coordinators.flags).not.toHaveProperty('active-warrant');
  });

  it('keeps its pages whole while referrals come and change between them', async () => {
    const person = { givenName: 'Ángela', familyName: "o'Neill", birthDate: '1980-01-01' };
    const made: string[] = [];
    for (let index = 0; index < 5; index += 1) made.push(await running.submit({ district: 'airport', person }));
    for (const sort of ['due', 'entered']) {
      const seen = await paged(`district=airport&sort=${sort}`, async (page) => {
        await running.submit({ district: 'airport', person, personAgrees: false });
        if (page === 1) expect((await running.decide(made[0]!, ACCEPT)).status).toBeLessThan(500);
      });
      const mine = seen.map(({ id }) => id).filter((id) => made.includes(id));
      expect([...mine].sort()).toEqual([...made].sort());
      expect(JSON.stringify(seen)).not.toMatch(/ngela|Neill|1980/);
      expect(seen[0]).toMatchObject({ initials: 'Á. O.', outcome: 'eligible', notMet: [], unknown: [] });
    }
  });

  it('refuses what it does not know, and whom it is not for', async () => {
    const { get, tokens } = running;
    for (const query of [
      'state=nonsense',
      'limit=0',
      'limit=101',
      'who=me',
      'agency[$gt]=',
      'flag=nonsense',
      'flag=quarantined',
      'overdue=maybe',
      'sort=name',
      'dueBefore=tomorrow',
      `overdue=true&dueBefore=${ago(0)}`,
    ])
      expect([query, (await get(`/v1/referrals?${query}`, tokens.prosecutor)).status]).toEqual([query, 422]);
    const { body } = await get<Listed>('/v1/referrals?limit=1&sort=entered', tokens.prosecutor);
    for (const cursor of ['bm9uc2Vuc2U', body.nextCursor])
      expect((await get(`/v1/referrals?cursor=${cursor}`, tokens.prosecutor)).status).toBe(400);
    expect(await ids('agency=other-pd')).toEqual([]);
    for (const path of ['', '/counts'])
      for (const as of [tokens.officer, tokens.supervisor, tokens.analyst])
        expect((await get(`/v1/referrals${path}`, as)).status).toBe(403);
    expect((await get(`/v1/referrals/${randomUUID()}`, tokens.prosecutor)).status).toBe(404);
  });
});
