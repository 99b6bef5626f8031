import { randomUUID } from 'node:crypto';
import { eventually } from '@throughline/shared/testing';
import { CORRECTION_TIMER } from '../domain/referral.js';
import { referralBody, startReferral, type RunningReferral } from '../running-referral.fixture.js';
import { referralActs } from './referral-acts.fixture.js';

describe('referrals of which one gives way to another', () => {
  let running: RunningReferral;
  beforeAll(async () => {
    running = await startReferral();
  }, 60_000);
  afterAll(() => running?.close(), 60_000);

  const { read, act, lastEvent } = referralActs(() => running);

  it('edge case 2: replays of a correction get the first answer, and both referrals name each other', async () => {
    const { post, tokens } = running;
    const wrong = await running.submit();
    const body = referralBody({ correctsReferralId: wrong, previousReferralId: wrong });
    const headers = { 'idempotency-key': randomUUID() };
    const answers = [];
    for (let sent = 0; sent < 3; sent += 1)
      answers.push(await post<{ id: string }>('/v1/referrals', tokens.officer, body, headers));
    const right = answers[0]!.body.id;
    expect(answers.map(({ status, body: { id } }) => [status, id])).toEqual(Array(3).fill([201, right]));
    const other = await post('/v1/referrals', tokens.officer, { ...body, district: 'south' }, headers);
    expect(other.body.type).toMatch(/idempotency-key-reused$/);

    expect((await read(wrong)).body).toMatchObject({ state: 'entered-in-error', correctedBy: right });
    expect((await read(right)).body).toMatchObject({ corrects: [wrong], previousReferralId: wrong });
    expect((await lastEvent(wrong, 'referral.corrected')).data).toMatchObject({ correctedBy: right });
    const stranger = await post('/v1/referrals', tokens.officer2, body);
    const nobody = await post('/v1/referrals', tokens.officer2, { ...body, correctsReferralId: randomUUID() });
    for (const { body: problem } of [stranger, nobody])
      expect(problem).toMatchObject({ status: 422, errors: [{ pointer: '#/correctsReferralId' }] });
    expect(stranger.body.detail).toBe(nobody.body.detail);

    const second = await post('/v1/referrals', tokens.officer, referralBody({ correctsReferralId: wrong }));
    expect(second.body).toMatchObject({
      status: 422,
      errors: [{ pointer: '#/correctsReferralId', detail: expect.stringContaining(right) }],
    });
    expect((await post('/v1/referrals', tokens.officer, referralBody({ correctsReferralId: right }))).status).toBe(201);
    expect((await post('/v1/referrals', tokens.officer, body, headers)).body).toMatchObject({ id: right });
  });

  it('tells the other referral of a correction after a crash that came between', async () => {
    const [wrong, right] = [await running.submit(), await running.submit()];
    const { status } = await act(wrong, 'entered-in-error', { reason: 'wrong-person', correctedBy: right });
    expect(status).toBe(200);
    expect((await read(right)).body).toMatchObject({ corrects: [wrong] });
    // as it would be after the first of the two writes
    const referrals = running.database.collection('referrals');
    await referrals.updateOne({ _id: right as never }, { $unset: { 'state.corrects': '' } });
    const timer = { name: CORRECTION_TIMER, dueAt: new Date(0) };
    await referrals.updateOne({ _id: wrong as never }, { $set: { timers: [timer], timerDue: timer.dueAt } });
    await eventually(async () => expect((await read(right)).body).toMatchObject({ corrects: [wrong] }), {
      deadlineMs: 20_000,
      describe: 'the timer tells it',
    });
    await eventually(
      async () => expect(await referrals.findOne({ _id: wrong as never })).toMatchObject({ timers: [] }),
      { describe: 'the timer is gone' },
    );
  });

  it('names the referral that stays, which has to be one that can', async () => {
    const [id, stays] = [await running.submit(), await running.submit()];
    const reason = 'entered-twice';
    expect((await act(id, 'duplicate', { reason })).status).toBe(422);
    for (const duplicateOf of [id, randomUUID()])
      expect((await act(id, 'duplicate', { reason, duplicateOf })).body).toMatchObject({
        status: 422,
        errors: [{ pointer: '#/duplicateOf' }],
      });
    const headers = { 'idempotency-key': randomUUID() };
    const marked = await act(id, 'duplicate', { reason, duplicateOf: stays }, undefined, headers);
    expect(marked.status).toBe(200);
    expect((await read(id)).body).toMatchObject({ state: 'duplicate', duplicateOf: stays });
    expect((await lastEvent(id, 'referral.duplicate-found')).data).toMatchObject({ duplicateOf: stays });
    expect((await act(stays, 'duplicate', { reason, duplicateOf: id })).body).toMatchObject({
      errors: [{ pointer: '#/duplicateOf', detail: expect.stringContaining('duplicate') }],
    });
    expect((await act(stays, 'entered-in-error', { reason: 'test-entry' })).status).toBe(200);
    const again = await act(id, 'duplicate', { reason, duplicateOf: stays }, undefined, headers);
    expect([again.status, again.body]).toEqual([200, marked.body]);
  });

  it('never lets two referrals give way to each other, also when both are said at once', async () => {
    for (const [exit, link, reason] of [
      ['duplicate', 'duplicateOf', 'entered-twice'],
      ['entered-in-error', 'correctedBy', 'wrong-event'],
    ] as const)
      for (let round = 0; round < 3; round += 1) {
        const pair = [await running.submit(), await running.submit()];
        const seen = await Promise.all(pair.map((id) => read(id)));
        await Promise.all(
          pair.map((id, at) =>
            running.post(
              `/v1/referrals/${id}/${exit}`,
              running.tokens.coordinator,
              { reason, [link]: pair[1 - at] },
              {
                'if-match': seen[at]!.etag,
              },
            ),
          ),
        );
        const states = await Promise.all(pair.map(async (id) => (await read(id)).body['state']));
        expect(states).toContain('pending-decision');
      }
  });
});
