import { randomUUID } from 'node:crypto';
import {
  CaseContacted,
  CaseEnded,
  CaseMerged,
  CaseOpened,
  CaseReopened,
  CaseUnmerged,
  ConsentGiven,
  ConsentRevoked,
  DISCLOSABLE,
  IntakeCompleted,
  ReferralJoinedCase,
  type RecordedEvent,
} from '@throughline/shared/contracts';
import { deadLetterQueue } from '@throughline/shared/messaging';
import { eventually } from '@throughline/shared/testing';
import { startReferral, type RunningReferral } from '../running-referral.fixture.js';

type Json = Record<string, unknown>;
const ACCEPT = { decision: 'accepted', reasons: ['meets-the-criteria'] };
const DAY = 86_400_000;

describe('what happens to a case', () => {
  let running: RunningReferral;
  beforeAll(async () => {
    running = await startReferral();
  }, 60_000);
  afterAll(() => running?.close(), 60_000);

  const read = async (id: string): Promise<Json> =>
    (await running.get<Json>(`/v1/referrals/${id}`, running.tokens.prosecutor)).body;
  const becomes = (id: string, expected: Json): Promise<void> =>
    eventually(async () => expect(await read(id)).toMatchObject(expected), { describe: `the referral becomes that` });
  const loggedData = async (subject: string, seq: number): Promise<unknown> => {
    const entry = await running.database.collection('event_log').findOne({ subject, seq });
    return JSON.parse((entry as unknown as RecordedEvent).data);
  };
  const typesOf = (id: string): string[] => running.eventsOf(id).map(({ type }) => type);
  const accept = async (changes: Json = {}): Promise<string> => {
    const id = await running.submit(changes);
    expect((await running.decide(id, ACCEPT)).status).toBe(200);
    await eventually(() => expect(typesOf(id)).toContain('referral.accepted.v1'), { describe: 'it is told' });
    return id;
  };
  const opened = (caseId: string, referralId: string) =>
    running.publishCaseEvent(CaseOpened, caseId, 1, {
      caseId,
      referralId,
      pathway: 'arrest-diversion',
      openedAt: new Date().toISOString(),
    });
  const contacted = (caseId: string, seq: number) =>
    running.publishCaseEvent(CaseContacted, caseId, seq, {
      caseId,
      mode: 'in-person',
      contactedAt: new Date().toISOString(),
    });
  const intake = (caseId: string, seq: number, referralIds: string[], completedAt = new Date()) =>
    running.publishCaseEvent(IntakeCompleted, caseId, seq, {
      caseId,
      referralIds,
      completedAt: completedAt.toISOString(),
      enteredAt: new Date().toISOString(),
    });

  it('edge 1: tells which referrals are of the same person, and enrols one that joined their case', async () => {
    const first = await accept();
    const second = await running.submit({ incidentNumber: '26-000777' });
    const said = await running.request('PUT', `/v1/referrals/${second}/links/${first}`, {
      token: running.tokens.coordinator,
      body: { verdict: 'same-person' },
    });
    expect(said.status).toBe(200);
    expect((await running.decide(second, ACCEPT)).status).toBe(200);
    const acceptance = () => running.eventsOf(second).find(({ type }) => type === 'referral.accepted.v1');
    await eventually(() => expect(acceptance()).toBeDefined(), { describe: 'the acceptance is told' });
    expect(acceptance()?.data['linkedReferralIds']).toEqual([first]);
    const caseId = randomUUID();
    await opened(caseId, first);
    const joinedAt = new Date().toISOString();
    await running.publishCaseEvent(ReferralJoinedCase, caseId, 2, {
      caseId,
      referralId: second,
      pathway: 'arrest-diversion',
      joinedAt,
      intakeCompletedAt: joinedAt,
    });
    await becomes(second, { state: 'enrolled', caseId, chargeHold: { status: 'satisfied' } });
    await eventually(async () => expect(await loggedData(second, 3)).not.toHaveProperty('sealed'), {
      describe: 'the identity leaves the log',
    });
  });

  it('hands off and enrols, whatever comes between, twice or in the wrong order', async () => {
    const id = await accept();
    const caseId = randomUUID();
    await intake(caseId, 3, [id]);
    await contacted(caseId, 2);
    await opened(caseId, id);
    await opened(caseId, id);
    await intake(caseId, 3, [id]);
    await becomes(id, { state: 'enrolled', caseId, chargeHold: { status: 'satisfied' } });
    await eventually(() => expect(typesOf(id)).toHaveLength(5), { describe: 'all events of the referral arrive' });
    expect(typesOf(id).slice(3)).toEqual(['referral.handed-off.v1', 'referral.enrolled.v1']);
    expect(running.eventsOf(id)[4]?.data).toMatchObject({ chargeHoldSatisfied: true, caseId });
    const doc = await running.database.collection('referrals').findOne({ _id: id as never });
    expect(doc).toMatchObject({ timers: [], applied: { [caseId]: 3 } });
    expect(doc).not.toHaveProperty('timerDue');
    expect((await running.get<Json>(`/v1/referrals/${id}`, running.tokens.officer)).body['status']).toBe('received');
  });

  it('drops the sealed identity from the log when case management holds it', async () => {
    const id = await accept();
    expect(await loggedData(id, 3)).toHaveProperty('sealed');
    await opened(randomUUID(), id);
    const dropped = async () => expect(await loggedData(id, 3)).not.toHaveProperty('sealed');
    await eventually(dropped, { describe: 'it is dropped' });
    expect(await loggedData(id, 3)).toMatchObject({ referralId: id });
    await becomes(id, { state: 'handed-off' });
  });

  it('enrols every referral of a case, also one that joined it and was never handed off by itself', async () => {
    const [first, second] = [await accept(), await accept({ pathway: 'social-contact' })];
    const caseId = randomUUID();
    await opened(caseId, first);
    await intake(caseId, 2, [first, second]);
    await becomes(first, { state: 'enrolled' });
    await becomes(second, { state: 'enrolled', caseId });
    expect(await read(second)).not.toHaveProperty('chargeHold');
  });

  it('asks the prosecutor to review a hold that has lapsed, and takes it back for an intake that was in time', async () => {
    const occurredAt = new Date(Date.now() - 40 * DAY);
    const id = await accept({ occurredAt: occurredAt.toISOString() });
    await eventually(() => expect(typesOf(id)).toContain('referral.hold-lapsed.v1'), {
      describe: 'the lapse is told',
      deadlineMs: 20_000,
    });
    expect(await read(id)).toMatchObject({
      state: 'accepted',
      review: 'charge-hold-lapsed',
      chargeHold: { status: 'lapsed' },
    });
    const caseId = randomUUID();
    await opened(caseId, id);
    await intake(caseId, 2, [id], new Date(occurredAt.getTime() + 29 * DAY));
    await becomes(id, { state: 'enrolled', chargeHold: { status: 'satisfied' } });
    expect(await read(id)).not.toHaveProperty('review');
    expect(typesOf(id).filter((type) => type === 'referral.hold-lapsed.v1')).toHaveLength(1);
  }, 40_000);

  it('edges 16, 22: tells the officer what the person consents to, until it is revoked or the officer has left', async () => {
    const id = await accept();
    const caseId = randomUUID();
    const consentId = randomUUID();
    const told = async (): Promise<Json> => {
      const { body } = await running.get<Json>(`/v1/referrals/${id}`, running.tokens.officer);
      const { status, contacted: met, enrolled, intakeDate } = body;
      return { status, met, enrolled, intakeDate };
    };
    const nothing = { status: 'received', met: undefined, enrolled: undefined, intakeDate: undefined };
    const consent = { consentId, caseId, agencyId: 'santa-fe-pd' };
    const now = new Date().toISOString();
    const expiresAt = new Date(Date.now() + DAY).toISOString();
    await opened(caseId, id);
    await contacted(caseId, 2);
    await intake(caseId, 3, [id], new Date('2026-03-05T03:00:00Z'));
    await becomes(id, { state: 'enrolled' });
    expect(await told()).toEqual(nothing);

    const given = { ...consent, information: [...DISCLOSABLE], signedAt: now, expiresAt };
    await running.publishCaseEvent(ConsentGiven, consentId, 1, given);
    const all = { status: 'received', met: true, enrolled: true, intakeDate: '2026-03-04' };
    await eventually(async () => expect(await told()).toEqual(all), { describe: 'the officer is told' });

    const period = { officerId: 'persona:officer', activeFrom: '2020-01-01T00:00:00Z' };
    const enrol = (changes: Json) =>
      running.post('/v1/agencies/santa-fe-pd/officers', running.tokens.admin, { ...period, ...changes });
    expect((await enrol({ activeUntil: now })).status).toBe(201);
    expect(await told()).toEqual(nothing);
    expect((await enrol({})).status).toBe(201);
    expect(await told()).toEqual(all);

    await running.publishCaseEvent(ConsentRevoked, consentId, 2, { ...consent, revokedAt: now, recordedAt: now });
    await eventually(async () => expect(await told()).toEqual(nothing), { describe: 'no more is told' });
  });

  it('closes the referrals of a case that ends, and goes on with them, twice or in the wrong order', async () => {
    const [id, withdrawn] = [await accept(), await accept({ pathway: 'social-contact' })];
    const [caseId, at] = [randomUUID(), new Date().toISOString()];
    const referralIds = [id, withdrawn];
    const end = { caseId, referralIds, as: 'moved' as const, reason: 'left-the-area', endedAt: at, enteredAt: at };
    const seenByOfficer = async (): Promise<Json> =>
      (await running.get<Json>(`/v1/referrals/${id}`, running.tokens.officer)).body;
    const out = await running.post(`/v1/referrals/${withdrawn}/withdrawal`, running.tokens.officer, {
      reason: 'reconsidered',
    });
    expect(out.status).toBe(200);
    await running.publishCaseEvent(CaseEnded, caseId, 3, end);
    await opened(caseId, id);
    await intake(caseId, 2, referralIds);
    await running.publishCaseEvent(CaseEnded, caseId, 3, end);
    await becomes(id, { state: 'closed', outcomeReason: 'moved' });
    expect(await seenByOfficer()).toMatchObject({ status: 'closed' });
    expect(JSON.stringify(await seenByOfficer())).not.toMatch(/moved|left-the-area|outcome/);

    const again = { caseId, referralIds, reason: 'client-came-back', reopenedAt: at };
    await running.publishCaseEvent(CaseReopened, caseId, 4, again);
    await running.publishCaseEvent(CaseReopened, caseId, 4, again);
    await becomes(id, { state: 'enrolled' });
    expect(await read(id)).not.toHaveProperty('outcomeReason');
    expect(await seenByOfficer()).toMatchObject({ status: 'closed' });
    expect(await read(withdrawn)).toMatchObject({ state: 'withdrawn' });
    await eventually(
      () =>
        expect(typesOf(id).slice(3)).toEqual([
          'referral.handed-off.v1',
          'referral.enrolled.v1',
          'referral.closed.v1',
          'referral.reopened.v1',
        ]),
      { describe: 'all is told once' },
    );
  });

  it('edges 1, 20, 21: follows a merge of two cases and its taking back, whatever order their streams come in', async () => {
    const [first, second] = [await accept(), await accept()];
    const [goesOn, rests, at] = [randomUUID(), randomUUID(), new Date().toISOString()];
    await opened(goesOn, first);
    await opened(rests, second);
    await becomes(first, { state: 'handed-off', caseId: goesOn });
    await becomes(second, { state: 'handed-off', caseId: rests });
    const merge = { caseId: rests, intoCaseId: goesOn, referralIds: [second], mergedAt: at };
    const both = { caseId: goesOn, referralIds: [first, second] };
    await intake(goesOn, 2, [first]);
    await running.publishCaseEvent(CaseEnded, goesOn, 3, {
      ...both,
      as: 'moved',
      reason: 'left-the-area',
      endedAt: at,
      enteredAt: at,
    });
    await becomes(first, { state: 'closed' });
    expect(await read(second)).toMatchObject({ state: 'handed-off', caseId: rests });
    for (let time = 0; time < 2; time += 1)
      await running.publishCaseEvent(CaseMerged, rests, 2, { ...merge, intakeCompletedAt: at });
    await becomes(second, { state: 'closed', caseId: goesOn, outcomeReason: 'moved' });
    await running.publishCaseEvent(CaseReopened, goesOn, 4, { ...both, reason: 'client-asked', reopenedAt: at });
    await becomes(second, { state: 'enrolled', caseId: goesOn, chargeHold: { status: 'satisfied' } });

    const { intoCaseId: fromCaseId, mergedAt: unmergedAt, ...taken } = merge;
    await running.publishCaseEvent(CaseUnmerged, rests, 3, { ...taken, fromCaseId, unmergedAt });
    await becomes(second, { state: 'handed-off', caseId: rests, chargeHold: { status: 'open' } });
    expect(await running.database.collection('referrals').findOne({ _id: second as never })).toHaveProperty('timerDue');
    await becomes(first, { state: 'enrolled', caseId: goesOn });
  });

  it('lets the rest of a stream through when a case is none of ours or a referral is over', async () => {
    const declined = await running.submit();
    expect((await running.decide(declined, { decision: 'declined', reasons: ['other'] })).status).toBe(200);
    const id = await accept();
    const caseId = randomUUID();
    await opened(caseId, randomUUID());
    await contacted(caseId, 2);
    await intake(caseId, 3, [declined, randomUUID(), id]);
    await becomes(id, { state: 'enrolled' });
    expect(await read(declined)).toMatchObject({ state: 'declined' });
    expect(await running.channel.checkQueue(deadLetterQueue('referral.cases'))).toMatchObject({ messageCount: 0 });
  });
});
