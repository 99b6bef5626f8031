import { randomUUID } from 'node:crypto';
import { sealFor } from '@throughline/shared/auth';
import {
  AcceptanceRescinded,
  ChargeRecorded,
  ReferralClosed,
  ReferralEvaluated,
  ReferralHandedOff,
  ReferralWithdrawn,
  type EventDefinition,
} from '@throughline/shared/contracts';
import { eventually } from '@throughline/shared/testing';
import { CompactEncrypt, importJWK } from 'jose';
import {
  PERSON,
  startCaseManagement,
  type ForeignEvent,
  type RunningCaseManagement,
} from '../running-case-management.fixture.js';
import type { CaseAnswer } from './cases.schemas.js';
import { caseIdOf } from './referrals.consumer.js';

const QUEUE = 'case-management.referrals';

let running: RunningCaseManagement;
beforeAll(async () => {
  running = await startCaseManagement();
}, 30_000);
afterAll(() => running?.close());

const casesOf = (caseId: string): Promise<number> =>
  running.database.collection('cases').countDocuments({ _id: caseId as never });
const lastSeqOf = async (referralId: string): Promise<number> => {
  const cursors = running.database.collection('stream_cursors');
  const cursor = await cursors.findOne({ _id: `${QUEUE}:${referralId}` as never });
  return (cursor?.['last'] as number | undefined) ?? 0;
};
const followed = (referralId: string, seq: number): Promise<void> =>
  eventually(async () => expect(await lastSeqOf(referralId)).toBe(seq), { describe: `event ${seq} was followed` });
const handedOff = (referralId: string, seq: number): ForeignEvent => ({
  definition: ReferralHandedOff,
  subject: referralId,
  seq,
  data: { ...(ReferralHandedOff.samples[0] as object), referralId },
});

describe('an accepted referral', () => {
  it('opens a case that holds the identity, and announces it by ids alone', async () => {
    const { referralId, caseId } = await running.openCase();
    const { body } = await running.get<CaseAnswer>(`/v1/cases/${caseId}`, running.tokens.coordinator);
    expect(body).toMatchObject({
      id: caseId,
      state: 'opened',
      identity: PERSON,
      referrals: [{ referralId, pathway: 'arrest-diversion', agencyId: 'santa-fe-pd', district: 'downtown' }],
      contacts: [],
      needs: [],
    });
    await eventually(
      () =>
        expect(running.eventsOf(caseId)).toEqual([
          {
            type: 'case.opened.v1',
            seq: 1,
            data: { caseId, referralId, pathway: 'arrest-diversion', openedAt: body.openedAt },
          },
        ]),
      { describe: 'the case is announced' },
    );
  });

  it('opens one case however often it arrives, also without its seal once that was dropped', async () => {
    const { referralId, caseId } = await running.openCase();
    const { sealed: _dropped, ...data } = (await running.accepted(referralId)).data as Record<string, unknown>;
    await running.publish(await running.accepted(referralId));
    await running.publish({ ...(await running.accepted(referralId)), data });
    await running.publish(handedOff(referralId, 3));
    await followed(referralId, 3);
    // as after a crash between the effect and the cursor, or a replay to a cursor that was lost
    await running.database.collection('stream_cursors').deleteOne({ _id: `${QUEUE}:${referralId}` as never });
    await running.publish(running.submitted(referralId));
    await running.publish({ ...(await running.accepted(referralId)), data });
    await followed(referralId, 2);
    expect(await casesOf(caseId)).toBe(1);
    expect(running.eventsOf(caseId).map(({ type }) => type)).toEqual(['case.opened.v1']);
    expect(await running.deadLetters(QUEUE)).toBe(0);
  });

  it('edge 1: joins the open case of the same person, once, and opens another only when that has ended', async () => {
    const first = await running.openCase();
    const referralId = randomUUID();
    await running.publish(running.submitted(referralId));
    const accepted = await running.accepted(referralId, { linkedReferralIds: [randomUUID(), first.referralId] });
    await running.publish(accepted);
    await followed(referralId, 2);
    await running.database.collection('stream_cursors').deleteOne({ _id: `${QUEUE}:${referralId}` as never });
    await running.publish(running.submitted(referralId));
    await running.publish(accepted);
    await followed(referralId, 2);
    expect(await casesOf(caseIdOf(referralId))).toBe(0);
    const { body } = await running.get<CaseAnswer>(`/v1/cases/${first.caseId}`, running.tokens.coordinator);
    expect(body.referrals.map((one) => one.referralId)).toEqual([first.referralId, referralId]);
    expect(body.identity).toEqual(PERSON);
    await eventually(
      () =>
        expect(running.eventsOf(first.caseId).slice(1)).toMatchObject([
          { type: 'case.referral-joined.v1', seq: 2, data: { caseId: first.caseId, referralId } },
        ]),
      { describe: 'the joining is announced once' },
    );

    await running.database
      .collection('cases')
      .updateOne({ _id: first.caseId as never }, { $set: { 'state.state': 'transitioned' } });
    const back = randomUUID();
    await running.publish(running.submitted(back));
    await running.publish(await running.accepted(back, { linkedReferralIds: [first.referralId, referralId] }));
    await followed(back, 2);
    expect(await casesOf(caseIdOf(back))).toBe(1);
  });

  it('is told of what became of it, to its case manager too, and the case goes on', async () => {
    const { referralId, caseId } = await running.openCase();
    const tell = (definition: EventDefinition, seq: number): Promise<void> =>
      running.publish({
        definition,
        subject: referralId,
        seq,
        data: { ...(definition.samples[0] as object), referralId },
      });
    await tell(AcceptanceRescinded, 3);
    await tell(ChargeRecorded, 4);
    await tell(ReferralClosed, 5);
    await tell(ChargeRecorded, 4);
    await followed(referralId, 5);
    const { body } = await running.get<CaseAnswer>(`/v1/cases/${caseId}`, running.tokens.coordinator);
    expect(body.state).toBe('opened');
    expect(body.referrals).toMatchObject([
      {
        acceptanceRescindedAt: expect.any(String),
        charges: [{ about: 'new-event' }],
        ended: { as: 'closed', reason: 'transitioned' },
      },
    ]);
    const withdrawn = randomUUID();
    await running.publish(running.submitted(withdrawn));
    await running.publish({
      definition: ReferralWithdrawn,
      subject: withdrawn,
      seq: 2,
      data: { ...(ReferralWithdrawn.samples[0] as object), referralId: withdrawn },
    });
    await followed(withdrawn, 2);
    expect(await casesOf(caseIdOf(withdrawn))).toBe(0);
  });

  it('waits for the events before it', async () => {
    const referralId = randomUUID();
    await running.publish({ ...(await running.accepted(referralId)), seq: 3 });
    await running.publish({
      definition: ReferralEvaluated,
      subject: referralId,
      seq: 2,
      data: { ...(ReferralEvaluated.samples[0] as object), referralId },
    });
    expect(await casesOf(caseIdOf(referralId))).toBe(0);
    await running.publish(running.submitted(referralId));
    await followed(referralId, 3);
    expect(await casesOf(caseIdOf(referralId))).toBe(1);
  });

  it.each([
    ['misses its seal', async () => undefined],
    [
      'brings the seal of another referral',
      () => sealFor(running.publicKey, { givenName: 'Canary', familyName: 'Poison' }, { context: randomUUID() }),
    ],
    ['brings a broken seal', async () => 'eyJhbGciOiJFQ0RILUVTK0EyNTZLVyJ9.a2V5.aXY.Y2lwaGVy.dGFn'],
    [
      'brings something else than a person',
      (referralId: string) => sealFor(running.publicKey, { givenName: 'Canary' }, { context: referralId }),
    ],
    [
      'brings what is no JSON',
      async (referralId: string) =>
        new CompactEncrypt(new TextEncoder().encode('Canary Poison'))
          .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', ctx: referralId })
          .encrypt(await importJWK(running.publicKey, 'ECDH-ES+A256KW')),
    ],
  ])('that %s becomes a dead letter, and nothing is half done', async (_what, seal) => {
    const referralId = randomUUID();
    const before = await running.deadLetters(QUEUE);
    await running.publish(running.submitted(referralId));
    await running.publish(await running.accepted(referralId, { sealed: await seal(referralId) }));
    await eventually(async () => expect(await running.deadLetters(QUEUE)).toBe(before + 1), {
      describe: 'there is one more dead letter',
    });
    expect(await casesOf(caseIdOf(referralId))).toBe(0);
    expect(await lastSeqOf(referralId)).toBe(1);
    expect(running.eventsOf(caseIdOf(referralId))).toEqual([]);
    expect(running.logs().join('')).not.toContain('Canary');
  });
});

describe('personal data', () => {
  it('is nowhere in the clear: not at rest, in events, in logs or in metrics', async () => {
    const caseId = await running.assignedCase();
    const note = 'met at the Zafarano shelter';
    const goal = 'sleep in my own bed';
    const { manager } = running.tokens;
    await running.created(`/v1/cases/${caseId}/contacts`, manager, {
      occurredAt: new Date().toISOString(),
      mode: 'in-person',
      reached: true,
      note,
    });
    await running.created(`/v1/cases/${caseId}/needs`, manager, { category: 'housing', goal });
    await eventually(() => expect(running.eventsOf(caseId)).toHaveLength(4), { describe: 'the events arrived' });

    const places: Record<string, string> = {
      events: JSON.stringify(running.allEvents()),
      logs: running.logs().join(''),
      metrics: (await running.request('GET', '/metrics')).text,
    };
    for (const { collectionName } of await running.database
      .listCollections()
      .then((found) => found.map(({ name }) => ({ collectionName: name }))))
      places[collectionName] = JSON.stringify(await running.database.collection(collectionName).find().toArray());
    expect(Object.keys(places)).toEqual(expect.arrayContaining(['cases', 'event_log', 'stream_cursors']));
    for (const secret of [...Object.values(PERSON).flat(), note, goal, 'Zafarano'])
      for (const [place, text] of Object.entries(places))
        expect({ place, has: text.includes(secret) }).toEqual({ place, has: false });
  });

  it('does not open when it is copied into another case', async () => {
    const [one, other] = [await running.openCase(), await running.openCase()];
    const cases = running.database.collection('cases');
    const stolen = await cases.findOne({ _id: one.caseId as never });
    await cases.updateOne(
      { _id: other.caseId as never },
      { $set: { 'state.identity': (stolen?.['state'] as { identity: string }).identity } },
    );
    const { status, text } = await running.get(`/v1/cases/${other.caseId}`, running.tokens.coordinator);
    expect(status).toBe(500);
    expect(text).not.toContain(PERSON.familyName);
  });
});
