import { randomUUID } from 'node:crypto';
import { unseal } from '@throughline/shared/auth';
import { CaseOpened } from '@throughline/shared/contracts';
import { eventually } from '@throughline/shared/testing';
import { referralBody, startReferral, type RunningReferral } from '../running-referral.fixture.js';
import { referralActs } from './referral-acts.fixture.js';

type Json = Record<string, unknown>;
const ACCEPT = { decision: 'accepted', reasons: ['meets-the-criteria'] };

describe('the course of a referral', () => {
  let running: RunningReferral;
  beforeAll(async () => {
    running = await startReferral();
  }, 60_000);
  afterAll(() => running?.close(), 60_000);

  const { read, act, lastEvent } = referralActs(() => running);
  const handedOff = async (): Promise<string> => {
    const id = await running.submit();
    expect((await running.decide(id, ACCEPT)).status).toBe(200);
    const caseId = randomUUID();
    const data = { caseId, referralId: id, pathway: 'arrest-diversion' as const, openedAt: new Date().toISOString() };
    await running.publishCaseEvent(CaseOpened, caseId, 1, data);
    await eventually(async () => expect((await read(id)).body).toMatchObject({ state: 'handed-off' }), {
      describe: 'the hand-off is known',
    });
    return id;
  };

  it.each([
    ['declined-by-person', 'declined-later', 'referral.declined-by-person'],
    ['unable-to-contact', 'not-found', 'referral.outreach-ended'],
    ['expired', 'not-decided-in-time', 'referral.expired'],
  ])('ends by %s, once, and then names what is allowed', async (exit, reason, event) => {
    const { post, tokens } = running;
    const id = await running.submit();
    const path = `/v1/referrals/${id}/${exit}`;
    const headers = { 'if-match': '"1"', 'idempotency-key': randomUUID() };
    expect((await post(path, tokens.coordinator, { reason })).status).toBe(428);
    expect((await post(path, tokens.coordinator, { reason: 'relapsed' }, headers)).body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/reason' }],
    });
    for (const as of [tokens.officer, tokens.prosecutor, tokens.admin])
      expect((await post(path, as, { reason }, headers)).status).toBe(403);
    const done = await post(path, tokens.coordinator, { reason }, headers);
    expect([done.status, done.body, done.headers.get('etag')]).toEqual([200, { id, state: exit }, '"2"']);
    expect((await post(path, tokens.coordinator, { reason }, headers)).text).toBe(done.text);
    expect((await act(id, exit, { reason })).body).toMatchObject({
      status: 409,
      state: exit,
      allowed: ['duplicate', 'entered-in-error'],
    });
    expect((await lastEvent(id, event)).data).toMatchObject({ referralId: id, reason });
    expect((await read(id)).body).toMatchObject({ outcomeReason: reason, exits: [{ to: exit, reason }] });
    expect((await read(id, tokens.officer)).body).toMatchObject({ status: 'closed' });
    expect(await running.submit()).not.toBe(id);
  });

  it('lets the officer withdraw at any time, and shows no difference before and after the hand-off', async () => {
    const { post, tokens } = running;
    const early = await running.submit();
    const late = await handedOff();
    const withdraw = (id: string, as: string, reason = 'reconsidered') =>
      post(`/v1/referrals/${id}/withdrawal`, as, { reason });
    const [hidden, unknown] = [
      await withdraw(early, tokens.officer2),
      await withdraw(randomUUID(), tokens.officer2),
    ].map(({ status, body: { detail } }) => ({ status, detail }));
    expect(hidden).toEqual({ status: 404, detail: unknown!.detail });
    expect((await withdraw(early, tokens.prosecutor)).status).toBe(428);
    const answers = [];
    for (const id of [early, late])
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const { status, text, headers } = await withdraw(id, tokens.officer);
        const shown = text.replaceAll(id, 'ID').replace(/"correlationId":"\w+"/, '');
        answers.push([status, shown, headers.get('etag'), (await read(id, tokens.officer)).body['status']]);
      }
    expect(answers.slice(0, 2)).toEqual(answers.slice(2));
    expect(answers.map(([status, , etag, shown]) => [status, etag, shown])).toEqual([
      [200, null, 'closed'],
      [409, null, 'closed'],
      [200, null, 'closed'],
      [409, null, 'closed'],
    ]);
    expect(JSON.stringify(answers)).not.toMatch(/allowed|"state"/);
    expect((await read(early)).body).toMatchObject({ state: 'withdrawn', outcomeReason: 'reconsidered' });
    expect((await read(late)).body).toMatchObject({
      state: 'handed-off',
      withdrawnByOfficer: { reason: 'reconsidered' },
      chargeHold: { status: 'open' },
    });
    const byProsecutor = await act(late, 'withdrawal', { reason: 'asked-by-prosecutor' }, tokens.prosecutor);
    expect(byProsecutor.body).toMatchObject({ status: 409, state: 'handed-off' });
    expect(byProsecutor.body.allowed).toContain('closed');
    expect((await act(late, 'closed', { reason: 'services-ended' })).body).toEqual({ id: late, state: 'closed' });
  });

  it('edge case 23: a minor, or a false age, waits for the coordinator, and no prosecutor acts before', async () => {
    const { tokens } = running;
    const year = new Date().getUTCFullYear();
    const person = { givenName: 'Kit', familyName: 'Young', birthDate: `${year - 17}-01-01` };
    const [minor, mistaken] = [await running.submit({ person }), await running.submit({ person })];
    await lastEvent(minor, 'referral.quarantined');
    expect((await running.decide(minor, ACCEPT)).body).toMatchObject({ status: 409, state: 'awaiting-information' });
    const evidence = 'identity-document';
    expect((await act(minor, 'age-confirmation', { evidence }, tokens.prosecutor)).status).toBe(403);
    expect((await act(minor, 'age-confirmation', { evidence: 'looks-old' })).body).toMatchObject({
      errors: [{ pointer: '#/evidence' }],
    });
    expect((await act(minor, 'age-confirmation', { evidence })).body).toEqual({ id: minor, state: 'ineligible' });
    expect((await read(minor)).body).toMatchObject({ outcomeReason: 'under-age' });
    expect((await lastEvent(minor, 'referral.quarantine-ended')).data).toMatchObject({ resolution: 'age-confirmed' });

    for (const birthDate of [`${year - 17}-06-01`, `${year + 1}-01-01`, '1890-01-01', '1990-02-30'])
      expect((await act(mistaken, 'birth-date', { birthDate, evidence })).body).toMatchObject({
        status: 422,
        errors: [{ pointer: '#/birthDate' }],
      });
    const right = `${year - 27}-01-01`;
    const corrected = await act(mistaken, 'birth-date', { birthDate: right, evidence });
    expect(corrected.body).toEqual({ id: mistaken, state: 'pending-decision' });
    expect((await read(mistaken)).body).toMatchObject({
      person: { birthDate: right },
      enteredBirthDate: person.birthDate,
      quarantine: { ended: { resolution: 'birth-date-corrected', by: 'persona:coordinator' } },
    });
    const own = (await read(mistaken, tokens.officer)).body;
    expect(own).toMatchObject({ person, status: 'received' });
    expect(JSON.stringify(own)).not.toMatch(/quarantine|enteredBirthDate/);
    expect((await running.decide(mistaken, ACCEPT)).status).toBe(200);
    const { data } = await lastEvent(mistaken, 'referral.accepted');
    const sealed = await unseal(running.privateKey, String(data['sealed']), { context: mistaken });
    expect(sealed).toEqual({ ...person, birthDate: right });
    expect(JSON.stringify(running.allEvents())).not.toContain(right);
  });

  it('edge cases 7, 8 and 26: rescinds an acceptance and records charges, and services go on', async () => {
    const { tokens } = running;
    const id = await handedOff();
    const charge = { about: 'new-event', offenses: [{ nibrs: '23C' }], filedAt: new Date().toISOString() };
    for (const wrong of [
      { ...charge, offenses: [] },
      { ...charge, offenses: [{ nibrs: '99Z' }] },
      { ...charge, about: 'revenge' },
      { ...charge, filedAt: '2001-01-01T00:00:00Z' },
    ])
      expect((await act(id, 'charges', wrong, tokens.prosecutor)).status).toBe(422);
    expect((await act(id, 'charges', charge)).status).toBe(403);
    const recorded = await act<{ chargeId: string }>(id, 'charges', charge, tokens.prosecutor);
    expect(recorded.status).toBe(201);
    const { data } = await lastEvent(id, 'referral.charge-recorded');
    expect(data).toMatchObject({ chargeId: recorded.body.chargeId, offenses: ['23C'], about: 'new-event' });
    expect((await read(id)).body).toMatchObject({ state: 'handed-off', chargeHold: { status: 'open' } });

    expect((await act(id, 'rescission', { reasons: ['new-evidence'] })).status).toBe(403);
    const rescinded = await act(id, 'rescission', { reasons: ['new-evidence'] }, tokens.prosecutor);
    expect(rescinded.body).toEqual({ id, state: 'handed-off' });
    await lastEvent(id, 'referral.acceptance-rescinded');
    expect((await read(id)).body).toMatchObject({ chargeHold: { status: 'ended' }, charges: [{ about: 'new-event' }] });
    const again = await act(id, 'rescission', { reasons: ['new-evidence'] }, tokens.prosecutor);
    expect(again.body.type).toMatch(/already-rescinded$/);
    const own = await read(id, tokens.officer);
    expect([own.body['status'], JSON.stringify(own.body)]).toEqual([
      'received',
      expect.not.stringMatching(/charges|rescission|chargeHold/),
    ]);
  });

  it('edge cases 4, 5 and 27: keeps to the policy of the site of its day', async () => {
    const { get, issuer, tokens } = running;
    const site = await get<{ policy: Json }>('/v1/sites/default', tokens.admin);
    const { policy } = site.body;
    const admin = { token: tokens.admin, headers: { 'if-match': site.headers.get('etag') ?? '' } };
    const before = await running.submit();
    const strict = { ...policy, warrants: 'exclude', underSupervision: 'approval', victimConsent: 'required' };
    const put = await running.request('PUT', '/v1/sites/default/policy', { ...admin, body: strict });
    expect({ status: put.status, text: put.text }).toMatchObject({ status: 200 });
    expect(issuer).toBeDefined();

    const facts = { ...(referralBody()['facts'] as Json), activeWarrant: true, underSupervision: true };
    const id = await running.submit({ facts });
    const overrides = [{ criterion: 'no-active-warrant', reason: 'minor-matter' }];
    const early = await running.decide(id, { ...ACCEPT, overrides });
    expect(early.body).toMatchObject({ status: 409, missing: ['supervising-agency', 'victim'] });
    expect((await act(id, 'approvals', { approval: 'judge', outcome: 'given' })).status).toBe(422);
    for (const [approval, as] of [
      ['supervising-agency', tokens.coordinator],
      ['victim', tokens.prosecutor],
    ] as const)
      expect((await act(id, 'approvals', { approval, outcome: 'given' }, as)).status).toBe(200);
    expect((await running.decide(id, ACCEPT)).body).toMatchObject({ status: 422, required: ['no-active-warrant'] });
    expect((await running.decide(id, { ...ACCEPT, overrides })).status).toBe(200);
    expect((await running.decide(before, ACCEPT)).status).toBe(200);
  });
});
