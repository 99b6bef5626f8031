import { randomUUID } from 'node:crypto';
import {
  CaseContacted,
  CaseOpened,
  ConsentGiven,
  ConsentRevoked,
  DISCLOSABLE,
  IntakeCompleted,
} from '@throughline/shared/contracts';
import { eventually, type TestService } from '@throughline/shared/testing';
import { AGENCY, referralBody, startReferral, type RunningReferral } from '../running-referral.fixture.js';
import type { OfficerView } from '../referrals/referral-view.schemas.js';
import type { UnitFeedback } from './feedback.schemas.js';

const DAY = 86_400_000;
const A_MINUTE = 60_000;
const ACCEPT = { decision: 'accepted', reasons: ['meets-the-criteria'] };

describe('feedback to police, of two replicas', () => {
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

  const iso = (ms = Date.now()): string => new Date(ms).toISOString();
  const enrol = async (unit?: string, agency = AGENCY): Promise<{ officerId: string; token: string }> => {
    const officerId = `persona:${randomUUID()}`;
    const period = { officerId, activeFrom: '2020-01-01T00:00:00Z', ...(unit !== undefined && { unit }) };
    expect((await running.post(`/v1/agencies/${agency}/officers`, running.tokens.admin, period)).status).toBe(201);
    return { officerId, token: await running.token('officer', { sub: officerId, agency }) };
  };
  const refer = async (token: string, incidentNumber = '26-000417'): Promise<string> => {
    const { status, body } = await running.post<{ id: string }>(
      '/v1/referrals',
      token,
      referralBody({ incidentNumber }),
    );
    expect(status).toBe(201);
    return body.id;
  };
  /** A case that was opened for the referral, in which the person was met and intake is done. */
  const enrolled = async (referralId: string): Promise<string> => {
    expect((await running.decide(referralId, ACCEPT)).status).toBe(200);
    const caseId = randomUUID();
    const at = iso();
    await running.publishCaseEvent(CaseOpened, caseId, 1, {
      caseId,
      referralId,
      pathway: 'arrest-diversion',
      openedAt: at,
    });
    await running.publishCaseEvent(CaseContacted, caseId, 2, { caseId, mode: 'in-person', contactedAt: at });
    const intake = { caseId, referralIds: [referralId], completedAt: '2026-03-05T03:00:00.000Z', enteredAt: at };
    await running.publishCaseEvent(IntakeCompleted, caseId, 3, intake);
    await eventually(
      async () => {
        const { body } = await running.get<{ state: string }>(`/v1/referrals/${referralId}`, running.tokens.prosecutor);
        expect(body.state).toBe('enrolled');
      },
      { describe: 'the referral is enrolled' },
    );
    return caseId;
  };
  const consentIn = (caseId: string, consentId = randomUUID() as string) => {
    const step = { consentId, caseId, agencyId: AGENCY };
    return {
      consentId,
      give: (information = [...DISCLOSABLE], agencyId = AGENCY) =>
        running.publishCaseEvent(ConsentGiven, consentId, 1, {
          ...step,
          agencyId,
          information,
          signedAt: iso(),
          expiresAt: iso(Date.now() + DAY),
        }),
      revoke: () =>
        running.publishCaseEvent(ConsentRevoked, consentId, 2, { ...step, revokedAt: iso(), recordedAt: iso() }),
    };
  };
  const list = async (token: string, query = '', by: TestService | RunningReferral = running) => {
    const { status, body, text } = await by.request<{ items: OfficerView[]; nextCursor?: string }>(
      'GET',
      `/v1/officers/me/referrals?${query}`,
      { token },
    );
    expect({ status, text }).toMatchObject({ status: 200 });
    return body;
  };
  const unitSees = async (token: string, query = '') => {
    const { status, body, text } = await running.get<{ items: UnitFeedback[]; nextCursor?: string }>(
      `/v1/agencies/${AGENCY}/feedback?${query}`,
      token,
    );
    expect({ status, text }).toMatchObject({ status: 200 });
    return body;
  };
  const depart = (officerId: string) =>
    running.post(`/v1/agencies/${AGENCY}/departures`, running.tokens.admin, {
      officerId,
      at: iso(),
      reason: 'retired',
    });

  it('lists to an officer what that officer entered, as it is read by its id, in pages', async () => {
    const [own, other] = [await enrol(), await enrol()];
    const entered: string[] = [];
    for (const number of ['26-1', '26-2', '26-3']) entered.unshift(await refer(own.token, number));
    await refer(other.token);
    const first = await list(own.token, 'limit=2');
    const second = await list(own.token, `limit=2&cursor=${first.nextCursor}`);
    const items = [...first.items, ...second.items];
    expect(items.map(({ id }) => id)).toEqual(entered);
    expect([first.items.length, second.nextCursor]).toEqual([2, undefined]);
    const byId = await running.get<OfficerView>(`/v1/referrals/${entered[0]}`, own.token);
    expect(items[0]).toEqual(byId.body);
    expect(items[0]).toMatchObject({
      status: 'received',
      incidentNumber: '26-3',
      person: { familyName: 'Quintanilla' },
    });
    expect(Object.keys(items[0]!)).not.toEqual(expect.arrayContaining(['state']));

    // neither the cursor of another officer nor the badge of another agency opens anything
    const stranger = await list(other.token, `cursor=${first.nextCursor}`);
    expect(stranger.items.map(({ id }) => id).filter((id) => entered.includes(id))).toEqual([]);
    const elsewhere = await running.token('officer', { sub: own.officerId, agency: 'other-pd' });
    expect(await list(elsewhere)).toEqual({ items: [] });

    const caseId = await enrolled(entered[1]!);
    expect((await list(own.token)).items[1]).not.toHaveProperty('enrolled');
    await consentIn(caseId).give();
    const all = { status: 'received', contacted: true, enrolled: true, intakeDate: '2026-03-04' };
    await eventually(async () => expect((await list(own.token)).items[1]).toMatchObject(all), {
      describe: 'it is told',
    });
    expect((await list(own.token)).items[0]).not.toHaveProperty('contacted');

    const path = '/v1/officers/me/referrals';
    for (const as of [running.tokens.prosecutor, running.tokens.supervisor, running.tokens.coordinator])
      expect((await running.get(path, as)).status).toBe(403);
    expect((await running.get(`${path}?cursor=bm9uc2Vuc2U`, own.token)).status).toBe(400);
    expect((await running.get(`${path}?officer=x`, own.token)).status).toBe(422);
  });

  it('edge 22: goes to a supervisor of the unit when the officer has left, as far as a consent names the agency', async () => {
    const [north, bikes, stays] = [await enrol('North'), await enrol('Bikes'), await enrol('North')];
    const [referral, second, silent] = [await refer(north.token), await refer(bikes.token), await refer(north.token)];
    await refer(stays.token);
    const supervisor = await enrol('North');
    const ofNorth = await running.token('supervisor', { sub: supervisor.officerId });
    const caseId = await enrolled(referral);
    const [told, elsewhere] = [consentIn(caseId), consentIn(await enrolled(second))];
    await told.give(['enrolled']);
    await elsewhere.give([...DISCLOSABLE], 'other-pd');
    await eventually(async () => expect((await list(north.token)).items[1]).toMatchObject({ enrolled: true }), {
      describe: 'the officer is told',
    });
    expect(await unitSees(ofNorth)).toEqual({ items: [] });

    for (const { officerId } of [north, bikes]) expect((await depart(officerId)).status).toBe(200);
    expect((await list(north.token)).items[1]).not.toHaveProperty('enrolled');
    const base = { officerId: north.officerId, unit: 'North', occurredAt: expect.any(String), status: 'received' };
    expect((await unitSees(ofNorth)).items).toEqual([
      { ...base, id: silent },
      { ...base, id: referral, enrolled: true },
    ]);
    const leaving = await enrol('North');
    const noLonger = await running.token('supervisor', { sub: leaving.officerId });
    expect((await unitSees(noLonger)).items).toHaveLength(2);
    expect((await depart(leaving.officerId)).status).toBe(200);
    expect(await unitSees(noLonger)).toEqual({ items: [] });
    // a supervisor without a unit gets that of the whole agency, in pages; a consent that names another agency tells nothing
    const first = await unitSees(running.tokens.supervisor, 'limit=2');
    const rest = await unitSees(running.tokens.supervisor, `limit=2&cursor=${first.nextCursor}`);
    const all = [...first.items, ...rest.items];
    expect(all.map(({ id }) => id).sort()).toEqual([referral, second, silent].sort());
    expect(all.find(({ id }) => id === second)).toEqual({
      ...base,
      id: second,
      officerId: bikes.officerId,
      unit: 'Bikes',
    });

    await told.revoke();
    await eventually(async () => expect((await unitSees(ofNorth)).items[1]).toEqual({ ...base, id: referral }), {
      describe: 'no more is told',
    });
    // whoever comes back has the own feedback again
    const back = { officerId: north.officerId, activeFrom: iso() };
    expect((await running.post(`/v1/agencies/${AGENCY}/officers`, running.tokens.admin, back)).status).toBe(201);
    expect(await unitSees(ofNorth)).toEqual({ items: [] });

    const path = `/v1/agencies/${AGENCY}/feedback`;
    const stranger = await running.token('supervisor', { agency: 'other-pd' });
    for (const as of [stranger, running.tokens.officer, running.tokens.admin, running.tokens.prosecutor])
      expect((await running.get(path, as)).status).toBe(403);
  });

  it('edge 16: stops within a minute of the revocation at every replica, whatever was read before', async () => {
    const officer = await enrol();
    const referral = await refer(officer.token);
    const consent = consentIn(await enrolled(referral));
    const told = async (by: TestService | RunningReferral) => {
      const { body } = await by.request<OfficerView>('GET', `/v1/referrals/${referral}`, { token: officer.token });
      return [body, (await list(officer.token, '', by)).items[0]!].map(({ contacted, enrolled: is, intakeDate }) => [
        contacted,
        is,
        intakeDate,
      ]);
    };
    const nothing = [undefined, undefined, undefined];
    await consent.give();
    for (const by of [running, replica])
      await eventually(async () => expect(await told(by)).toEqual(Array(2).fill([true, true, '2026-03-04'])), {
        describe: 'it is told',
      });
    const revokedAt = performance.now();
    await consent.revoke();
    for (const by of [running, replica])
      await eventually(async () => expect(await told(by)).toEqual([nothing, nothing]), {
        describe: 'no more is told',
        deadlineMs: A_MINUTE,
      });
    expect(performance.now() - revokedAt).toBeLessThan(A_MINUTE);
  });

  it('edge 16: never begins for a consent whose revocation came first', async () => {
    const officer = await enrol();
    const referral = await refer(officer.token);
    const caseId = await enrolled(referral);
    const late = consentIn(caseId);
    const applied = (consentId: string, seq: number) =>
      eventually(
        async () => {
          const known = await running.database.collection('known_cases').findOne({ _id: caseId as never });
          expect(known?.['applied']).toMatchObject({ [consentId]: seq });
        },
        { describe: `event ${seq} of the consent is noted` },
      );
    await late.revoke();
    await applied(late.consentId, 2);
    await late.give();
    const other = consentIn(caseId);
    await other.give(['contacted']);
    await applied(other.consentId, 1);
    await eventually(
      async () => {
        const id = `referral.consents:${late.consentId}`;
        const cursor = await running.database.collection('stream_cursors').findOne({ _id: id as never });
        expect(cursor?.['last']).toBeGreaterThanOrEqual(1);
      },
      { describe: 'the consent was read' },
    );
    const { items } = await list(officer.token);
    expect(items[0]).toMatchObject({ contacted: true });
    expect(items[0]).not.toHaveProperty('enrolled');
  });

  it('goes by what is known while the broker is away: an end by its time, a revocation once any replica has heard of it', async () => {
    const officer = await enrol();
    const referral = await refer(officer.token);
    const caseId = await enrolled(referral);
    const [lasting, ending] = [consentIn(caseId), consentIn(caseId)];
    await lasting.give(['enrolled']);
    await ending.give(['contacted']);
    const cutOff = await running.startReplica({ AMQP_URL: 'amqp://127.0.0.1:1' });
    try {
      const told = async () => {
        const { contacted, enrolled: is, intakeDate } = (await list(officer.token, '', cutOff)).items[0]!;
        return { contacted, enrolled: is, intakeDate };
      };
      const both = { contacted: true, enrolled: true, intakeDate: undefined };
      await eventually(async () => expect(await told()).toEqual(both), { describe: 'the consents are known' });
      // no event tells the end of this one: its time does
      await running.database
        .collection('known_cases')
        .updateOne(
          { _id: caseId as never, 'state.consents.consentId': ending.consentId },
          { $set: { 'state.consents.$.expiresAt': new Date() } },
        );
      expect(await told()).toEqual({ ...both, contacted: undefined });
      // what has not reached this service cannot be known to it: it goes on telling what was consented to last
      await lasting.revoke();
      await eventually(
        async () => expect(await told()).toEqual({ ...both, contacted: undefined, enrolled: undefined }),
        {
          describe: 'another replica has heard of the revocation',
        },
      );
    } finally {
      await cutOff.close();
    }
  });
});
