import { randomUUID } from 'node:crypto';
import { unseal } from '@throughline/shared/auth';
import { eventually } from '@throughline/shared/testing';
import { referralBody, startReferral, type ProblemOf, type RunningReferral } from '../running-referral.fixture.js';

type Json = Record<string, unknown>;
const ACCEPT = { decision: 'accepted', reasons: ['meets-the-criteria'] };

describe('from information to decision', () => {
  let running: RunningReferral;
  beforeAll(async () => {
    running = await startReferral();
  }, 60_000);
  afterAll(() => running?.close(), 60_000);

  const facts = referralBody()['facts'] as Json;
  const stateOf = async (id: string): Promise<unknown> =>
    (await running.get<Json>(`/v1/referrals/${id}`, running.tokens.prosecutor)).body['state'];

  it('waits for what is unknown, and goes on when the officer and the coordinator have said it', async () => {
    const { post, get, tokens } = running;
    const id = await running.submit({ facts: { ...facts, exploitsMinors: null, disqualifyingHistory: undefined } });
    expect(await stateOf(id)).toBe('awaiting-information');
    const path = `/v1/referrals/${id}/information`;

    const first = await post<Json>(path, tokens.officer, { facts: { exploitsMinors: false } });
    expect([first.status, first.body, first.headers.get('etag')]).toEqual([200, { id, status: 'received' }, null]);
    expect(await stateOf(id)).toBe('awaiting-information');

    const headers = { 'idempotency-key': randomUUID() };
    const body = { facts: { disqualifyingHistory: false } };
    const second = await post<Json>(path, tokens.coordinator, body, headers);
    expect([second.status, second.body, second.headers.get('etag')]).toEqual([
      200,
      { id, state: 'pending-decision' },
      '"3"',
    ]);
    const again = await post<Json>(path, tokens.coordinator, body, headers);
    expect([again.status, again.text]).toEqual([200, second.text]);

    await eventually(() => expect(running.eventsOf(id)).toHaveLength(4), { describe: 'two more evaluations arrive' });
    expect(running.eventsOf(id).map(({ data }) => data['outcome'])).toEqual([
      undefined,
      'information-missing',
      'information-missing',
      'eligible',
    ]);
    const own = await get<{ information: Json[] }>(`/v1/referrals/${id}`, tokens.officer);
    expect(own.body.information).toEqual([{ at: expect.any(String), facts: { exploitsMinors: false } }]);
  });

  it('takes no information that is not awaited, and tells an officer nothing but that', async () => {
    const { post, tokens } = running;
    const id = await running.submit();
    const path = `/v1/referrals/${id}/information`;
    const toOfficer = await post(path, tokens.officer, { facts });
    expect(toOfficer.status).toBe(409);
    expect(toOfficer.body.type).toMatch(/information-not-awaited$/);
    expect(toOfficer.text).not.toMatch(/pending|"allowed"|"state"/);
    const toCoordinator = await post(path, tokens.coordinator, { facts });
    expect(toCoordinator.body).toMatchObject({ status: 409, state: 'pending-decision' });
    expect((await post(path, tokens.officer2, { facts })).status).toBe(404);
    expect((await post(path, tokens.prosecutor, { facts })).status).toBe(403);
    expect((await post(`/v1/referrals/${randomUUID()}/information`, tokens.officer, { facts })).status).toBe(404);
    for (const body of [{}, { facts: {} }, { facts: { ageAtEvent: 40 } }, { substances: [{ kind: 'x', grams: -1 }] }])
      expect((await post(path, tokens.officer, body)).status).toBe(422);
  });

  it('edge 12: is stopped before the decision by a no-contact order, of which only the coordinator reads', async () => {
    const { get, post, tokens } = running;
    const id = await running.submit();
    const order = { facts: { noContactOrderWithParticipant: true } };
    expect((await post(`/v1/referrals/${id}/information`, tokens.coordinator, order)).body).toEqual({
      id,
      state: 'ineligible',
    });
    expect((await running.decide(id, { decision: 'accepted', reasons: ['a'] })).body).toMatchObject({
      status: 409,
      state: 'ineligible',
    });
    const seenBy = async (as: string): Promise<string> => (await get(`/v1/referrals/${id}`, as)).text;
    expect(await seenBy(tokens.coordinator)).toContain('A no-contact order stands between');
    for (const as of [tokens.prosecutor, tokens.officer]) expect(await seenBy(as)).not.toMatch(/no-?contact/i);
    await eventually(() => expect(running.eventsOf(id)).toHaveLength(3), { describe: 'the result is told' });
    expect(JSON.stringify(running.eventsOf(id))).not.toMatch(/no-?contact/i);
  });

  it('hands an accepted person to case management, sealed', async () => {
    const id = await running.submit({ occurredAt: '2026-03-02T18:04:00Z' });
    const headers = { 'idempotency-key': randomUUID() };
    const { status, body, headers: answered } = await running.decide(id, ACCEPT, headers);
    expect([status, body, answered.get('etag')]).toEqual([200, { id, state: 'accepted' }, '"2"']);

    const accepted = await eventually(
      () => {
        const event = running.eventsOf(id).find(({ type }) => type === 'referral.accepted.v1');
        expect(event).toMatchObject({ seq: 3, data: { chargeHoldDueAt: '2026-04-02T05:59:59.999Z' } });
        return event!;
      },
      { describe: 'the acceptance arrives' },
    );
    const sealed = String(accepted.data['sealed']);
    expect(await unseal(running.privateKey, sealed, { context: id })).toEqual(referralBody()['person']);
    await expect(unseal(running.privateKey, sealed, { context: randomUUID() })).rejects.toThrow(/not for this key/);

    expect((await running.get(`/v1/referrals/${id}`, running.tokens.officer)).body).toMatchObject({
      status: 'received',
    });
    const second = await running.decide(id, { decision: 'declined', reasons: ['changed-my-mind'] });
    expect(second.body).toMatchObject({ status: 409, state: 'accepted' });
    expect(second.body.allowed).toContain('handed-off');
    const again = await running.decide(id, ACCEPT, headers);
    expect([again.status, again.body]).toEqual([200, { id, state: 'accepted' }]);
  });

  it('ends a declined referral, which the officer sees as closed', async () => {
    const id = await running.submit();
    expect((await running.decide(id, { decision: 'declined', reasons: ['open-violent-case'] })).status).toBe(200);
    await eventually(() => expect(running.eventsOf(id)[2]).toMatchObject({ data: { reason: 'open-violent-case' } }), {
      describe: 'the refusal arrives',
    });
    expect((await running.get(`/v1/referrals/${id}`, running.tokens.officer)).body).toMatchObject({ status: 'closed' });
  });

  it('lets a hard exclusion be overridden only where it may be', async () => {
    const robbery = await running.submit({ offenses: [{ nibrs: '120' }] });
    const without = await running.decide(robbery, ACCEPT);
    expect(without.body).toMatchObject({ status: 422, required: ['divertible-offense'] });
    expect(without.body.type).toMatch(/override-required$/);
    const wrong = await running.decide(robbery, { ...ACCEPT, overrides: [{ criterion: 'adult', reason: 'mature' }] });
    expect(wrong.body).toMatchObject({ status: 422, overridable: ['divertible-offense'] });
    const overrides = [{ criterion: 'divertible-offense', reason: 'no-force-was-used' }];
    expect((await running.decide(robbery, { ...ACCEPT, overrides })).status).toBe(200);

    const excluded = await running.submit({ facts: { ...facts, exploitsMinors: true } });
    const refused = await running.decide(excluded, {
      ...ACCEPT,
      overrides: [{ criterion: 'no-exploitation-of-minors', reason: 'x' }],
    });
    expect(refused.body).toMatchObject({
      status: 409,
      state: 'ineligible',
      allowed: ['duplicate', 'entered-in-error'],
    });
  });

  it('decides on what the prosecutor has seen, and once', async () => {
    const { post, tokens } = running;
    const id = await running.submit();
    const path = `/v1/referrals/${id}/decision`;
    expect((await post(path, tokens.prosecutor, ACCEPT)).status).toBe(428);
    expect((await post(path, tokens.prosecutor, ACCEPT, { 'if-match': 'W/"1"' })).status).toBe(400);
    expect((await post(path, tokens.prosecutor, ACCEPT, { 'if-match': '"7"' })).status).toBe(412);
    for (const as of [tokens.officer, tokens.coordinator, tokens.admin])
      expect((await post(path, as, ACCEPT, { 'if-match': '"1"' })).status).toBe(403);
    for (const body of [
      {},
      { ...ACCEPT, reasons: [] },
      { ...ACCEPT, reasons: ['Not A Code'] },
      { ...ACCEPT, charge: 1 },
    ])
      expect((await post(path, tokens.prosecutor, body, { 'if-match': '"1"' })).status).toBe(422);
    const unknown = `/v1/referrals/${randomUUID()}/decision`;
    expect((await post(unknown, tokens.prosecutor, ACCEPT, { 'if-match': '"1"' })).status).toBe(404);

    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post<ProblemOf>(path, tokens.prosecutor, ACCEPT, { 'if-match': '"1"' })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([200, 412, 412, 412, 412, 412, 412, 412]);
    await eventually(() => expect(running.eventsOf(id)).toHaveLength(3), { describe: 'one acceptance arrives' });
  });
});
