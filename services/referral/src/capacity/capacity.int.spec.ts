import { randomUUID } from 'node:crypto';
import { CaseEnded, CaseOpened, CaseReopened } from '@throughline/shared/contracts';
import { eventually } from '@throughline/shared/testing';
import type { SitePolicy } from '../domain/site-policy.js';
import { startReferral, type RunningReferral } from '../running-referral.fixture.js';

type Json = Record<string, unknown>;
const ACCEPT = { decision: 'accepted', reasons: ['meets-the-criteria'] };
const CONTACT = { pathway: 'social-contact', offenses: [] };

describe('the places of a site', () => {
  let running: RunningReferral;
  beforeAll(async () => {
    running = await startReferral();
  }, 60_000);
  afterAll(() => running?.close(), 60_000);

  const change = async (changes: Partial<SitePolicy>): Promise<void> => {
    const path = '/v1/sites/default';
    const { body, headers } = await running.get<{ policy: SitePolicy }>(path, running.tokens.admin);
    const { status } = await running.request('PUT', `${path}/policy`, {
      token: running.tokens.admin,
      body: { ...body.policy, ...changes },
      headers: { 'if-match': headers.get('etag') ?? '' },
    });
    expect(status).toBe(200);
  };
  const detail = async (id: string): Promise<Json> =>
    (await running.get<Json>(`/v1/referrals/${id}`, running.tokens.prosecutor)).body;

  it('serve arrests first when they are short, and say why a social contact waits (edge case 24)', async () => {
    const { get, tokens, submit, decide } = running;
    const capacity = async (): Promise<Json> => (await get<Json>('/v1/sites/default/capacity', tokens.prosecutor)).body;
    expect(await capacity()).toEqual({ counted: false });
    await change({ capacity: { places: 1 } });
    const contact = await submit(CONTACT);
    expect(await detail(contact)).not.toHaveProperty('waitingForCapacity');
    const arrest = await submit();
    const occupancy = { places: 1, used: 0, arrestDiversionsWaiting: 1 };
    expect(await capacity()).toEqual({ counted: true, ...occupancy, leftForSocialContacts: 0 });
    expect(await detail(contact)).toMatchObject({ state: 'pending-decision', waitingForCapacity: occupancy });

    const headers = { 'idempotency-key': randomUUID() };
    const refused = await decide(contact, ACCEPT, headers);
    expect(refused.body).toMatchObject({
      status: 409,
      type: expect.stringMatching(/waiting-for-capacity$/),
      ...occupancy,
    });
    expect(await detail(contact)).toMatchObject({ state: 'pending-decision' });
    const waiting: { id: string; waitingForCapacity: boolean; holdWouldEndAt?: string }[] = [];
    let cursor = '';
    do {
      const path = `/v1/sites/default/waiting?limit=1${cursor && `&cursor=${cursor}`}`;
      const { body } = await get<{ items: typeof waiting; nextCursor?: string }>(path, tokens.coordinator);
      waiting.push(...body.items);
      cursor = body.nextCursor ?? '';
    } while (cursor);
    expect(waiting).toMatchObject([
      { id: arrest, waitingForCapacity: false, holdWouldEndAt: expect.any(String) },
      { id: contact, waitingForCapacity: true },
    ]);

    const flagged = async (): Promise<unknown[]> => {
      const { body } = await get<{ items: Json[] }>('/v1/referrals?flag=waiting-for-capacity', tokens.prosecutor);
      const { body: counts } = await get<{ flags: Json }>('/v1/referrals/counts', tokens.coordinator);
      const page = await get<{ items: Json[] }>('/v1/referrals?limit=100', tokens.prosecutor);
      const shown = page.body.items.filter(({ flags }) => JSON.stringify(flags).includes('waiting-for-capacity'));
      expect(shown.map(({ id }) => id)).toEqual(body.items.map(({ id }) => id));
      return [...body.items.map(({ id, flags }) => [id, flags]), counts.flags['waiting-for-capacity']];
    };
    await eventually(async () => expect(await flagged()).toEqual([[contact, ['waiting-for-capacity']], 1]), {
      describe: 'the worklists know that the site is full',
    });

    expect((await decide(arrest, ACCEPT)).status).toBe(200);
    expect((await decide(await submit(), ACCEPT)).status).toBe(200); // an arrest never waits for a place
    expect(await capacity()).toMatchObject({ used: 2, arrestDiversionsWaiting: 0 });
    await running.publishCaseEvent(CaseOpened, 'c-full', 1, {
      caseId: 'c-full',
      referralId: arrest,
      pathway: 'arrest-diversion',
      openedAt: new Date().toISOString(),
    });
    await eventually(async () => expect(await detail(arrest)).toMatchObject({ state: 'handed-off' }), {
      describe: 'a case is opened',
    });
    expect(await capacity()).toMatchObject({ used: 2 });
    expect((await decide(contact, ACCEPT)).status).toBe(409);
    const [referralIds, at] = [[arrest], new Date().toISOString()];
    const end = { referralIds, as: 'moved' as const, reason: 'left-the-area', endedAt: at, enteredAt: at };
    await running.publishCaseEvent(CaseEnded, 'c-full', 2, { caseId: 'c-full', ...end });
    await eventually(async () => expect(await capacity()).toMatchObject({ used: 1 }), {
      describe: 'the place of a case that ended is free',
    });
    const again = { caseId: 'c-full', referralIds, reason: 'client-asked', reopenedAt: at };
    await running.publishCaseEvent(CaseReopened, 'c-full', 3, again);
    await eventually(async () => expect(await capacity()).toMatchObject({ used: 2 }), {
      describe: 'a case that goes on takes its place again',
    });
    await change({ capacity: { places: 3 } });
    await eventually(async () => expect(await flagged()).toEqual([0]), { describe: 'they know that it is not' });
    await eventually(async () => expect((await decide(contact, ACCEPT, headers)).status).toBe(200), {
      describe: 'a place is free',
    });
    const done = await detail(contact);
    expect(done).toMatchObject({ state: 'accepted', handOff: { overdue: false, dueAt: expect.any(String) } });
    expect(done).not.toHaveProperty('waitingForCapacity');
    expect((await get('/v1/sites/default/waiting', tokens.officer)).status).toBe(403);
  });
});
