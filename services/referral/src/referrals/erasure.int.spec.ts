import { randomUUID } from 'node:crypto';
import { CaseOpened, IntakeCompleted } from '@throughline/shared/contracts';
import { KeyEncryptionKeys, PersonKey } from '@throughline/shared/personal-data';
import { eventually } from '@throughline/shared/testing';
import { serialize } from 'bson';
import { referralBody, startReferral, type RunningReferral } from '../running-referral.fixture.js';

type Json = Record<string, unknown>;

const CANARIES = ['Zephyrine', 'Quackenbosh', 'Zeph-the-canary', '26-CANARY-7', 'Canary Row 12'];
const PERSON = {
  incidentNumber: '26-CANARY-7',
  place: 'Canary Row 12',
  person: { givenName: 'Zephyrine', familyName: 'Quackenbosh', birthDate: '1987-09-30', aliases: ['Zeph-the-canary'] },
};
const BECAUSE = { reason: 'requested-by-person' };

describe('erasing a person', () => {
  let running: RunningReferral;

  beforeAll(async () => {
    running = await startReferral();
  }, 60_000);
  afterAll(() => running?.close(), 60_000);

  const read = async (id: string, as = running.tokens.coordinator) => running.get<Json>(`/v1/referrals/${id}`, as);
  const document = async (id: string) =>
    (await running.database.collection('referrals').findOne({ _id: id as never })) as unknown as {
      state: { personKeyId: string; confidential: string };
    };
  const erase = async (id: string, body: Json = BECAUSE, headers: Record<string, string> = {}) => {
    const { headers: seen } = await read(id);
    const condition = { 'if-match': seen.get('etag') ?? '', ...headers };
    return running.post<Json>(`/v1/referrals/${id}/erasure`, running.tokens.coordinator, body, condition);
  };
  const typesOf = (id: string): string[] => running.eventsOf(id).map(({ type }) => type);
  const accept = async (id: string): Promise<void> => {
    const accepted = { decision: 'accepted', reasons: ['meets-the-criteria'] };
    expect((await running.decide(id, accepted)).status).toBe(200);
  };
  const handOff = async (id: string): Promise<string> => {
    const caseId = randomUUID();
    const openedAt = new Date().toISOString();
    await running.publishCaseEvent(CaseOpened, caseId, 1, {
      caseId,
      referralId: id,
      pathway: 'arrest-diversion',
      openedAt,
    });
    await eventually(async () => expect((await read(id)).body).toMatchObject({ state: 'handed-off' }), {
      describe: 'it is handed off',
    });
    return caseId;
  };

  /** Every byte of every document of the database, as it is stored. */
  const everything = async (): Promise<string> => {
    const collections = await running.database.db!.listCollections().toArray();
    const documents = collections.map(({ name }) => running.database.collection(name).find().toArray());
    return (await Promise.all(documents))
      .flat()
      .map((one) => Buffer.from(serialize(one)).toString('utf8'))
      .join('\n');
  };

  it('leaves nothing that anybody could read, with the key of the service in hand, and keeps what is counted', async () => {
    const id = await running.submit(PERSON);
    await accept(id);
    const { state } = await document(id);
    const context = `referral:${id}:confidential`;
    const opened = async (): Promise<unknown[]> => {
      const keys = new KeyEncryptionKeys(running.keyEncryptionKey);
      const records = await running.database
        .collection('person_keys')
        .find({ wrapped: { $exists: true } })
        .toArray();
      return records.flatMap((record) => {
        const { _id, ...wrapped } = record as unknown as { _id: string; kek: string; wrapped: string };
        const key = new PersonKey(state.personKeyId, keys.unwrap(wrapped, `person-key:${_id}`));
        try {
          return [key.decrypt(state.confidential, context)];
        } catch {
          return [];
        }
      });
    };
    expect(await opened()).toEqual([PERSON]);
    const before = await everything();
    for (const canary of CANARIES) expect(before).not.toContain(canary);

    const caseId = await handOff(id);
    await running.publishCaseEvent(IntakeCompleted, caseId, 2, {
      caseId,
      referralIds: [id],
      completedAt: new Date().toISOString(),
      enteredAt: new Date().toISOString(),
    });
    await eventually(async () => expect((await read(id)).body).toMatchObject({ state: 'enrolled' }), {
      describe: 'it is enrolled',
    });
    const shown = (await read(id)).body;
    expect(shown).toMatchObject(PERSON);

    const { status, body, headers } = await erase(id);
    expect({ status, body, etag: headers.get('etag') }).toEqual({
      status: 200,
      body: { id, erasedAt: expect.any(String) },
      etag: '"5"',
    });
    expect(await opened()).toEqual([]);
    const after = await everything();
    for (const canary of [...CANARIES, state.confidential]) expect(after).not.toContain(canary);
    expect(running.logs().join('')).not.toMatch(new RegExp(CANARIES.join('|')));

    expect((await document(id)).state).not.toHaveProperty('blindKeys');

    const { person: _person, incidentNumber: _number, place: _place, ...kept } = shown;
    expect((await read(id)).body).toEqual({
      ...kept,
      erased: true,
      erasure: { by: 'persona:coordinator', at: body['erasedAt'], reason: 'requested-by-person' },
    });
    const toOfficer = (await read(id, running.tokens.officer)).body;
    expect(toOfficer).toMatchObject({ status: 'received', erased: true, district: 'downtown' });
    expect(toOfficer).not.toHaveProperty('erasure');
    const list = await running.get<{ items: Json[] }>('/v1/referrals?limit=100', running.tokens.coordinator);
    const item = list.body.items.find((one) => one['id'] === id);
    expect(item).toMatchObject({ erased: true, state: 'enrolled' });
    expect(item).not.toHaveProperty('initials');
    expect(await running.database.collection('person_keys').findOne({ _id: state.personKeyId as never })).toEqual({
      _id: state.personKeyId,
      erased: { by: 'persona:coordinator', at: new Date(String(body['erasedAt'])), reason: 'requested-by-person' },
    });
    await eventually(() => expect(typesOf(id)).toContain('referral.person-erased.v1'), { describe: 'it is told' });
    expect(running.eventsOf(id).at(-1)?.data).toEqual({ referralId: id, ...BECAUSE, erasedAt: body['erasedAt'] });
  });

  it('happens once: asked again, also under another key or for another reason, the first one stands', async () => {
    const id = await running.submit({ personAgrees: false });
    const headers = { 'idempotency-key': randomUUID() };
    const first = await erase(id, BECAUSE, headers);
    expect((await erase(id, BECAUSE, headers)).body).toEqual(first.body);
    expect((await erase(id, { reason: 'court-order' })).body).toEqual(first.body);
    expect((await read(id)).body).toMatchObject({ erasure: BECAUSE });
    const open = await running.submit();
    const link = { token: running.tokens.coordinator, body: { verdict: 'same-person' } };
    expect((await running.request('PUT', `/v1/referrals/${id}/links/${open}`, link)).status).toBe(200);
    expect((await erase(id, BECAUSE, headers)).body).toEqual(first.body);
    expect((await erase(id)).body).toMatchObject({ status: 409, referralId: open });
    await eventually(() => expect(typesOf(id)).toContain('referral.person-erased.v1'), { describe: 'it is told' });
    expect(typesOf(id).filter((type) => type === 'referral.person-erased.v1')).toHaveLength(1);
  });

  it('leaves what was answered before, and refuses what the state refuses in the words of the state', async () => {
    const { decide, post, tokens } = running;
    const declined = await running.submit({ personAgrees: false });
    expect((await erase(declined)).status).toBe(200);
    const accepted = { decision: 'accepted', reasons: ['meets-the-criteria'] };
    expect((await decide(declined, accepted)).body).toMatchObject({ status: 409, state: 'declined-by-person' });

    const id = await running.submit();
    const seen = { 'if-match': (await read(id)).headers.get('etag') ?? '', 'idempotency-key': randomUUID() };
    const first = await post(`/v1/referrals/${id}/decision`, tokens.prosecutor, accepted, seen);
    const leave = { reason: 'declined-later' };
    const left = await post(`/v1/referrals/${id}/declined-by-person`, tokens.coordinator, leave, {
      'if-match': (await read(id)).headers.get('etag') ?? '',
    });
    expect([first.status, left.status]).toEqual([200, 200]);
    expect((await erase(id, { ...BECAUSE, despiteOpenHold: true })).status).toBe(200);
    const again = await post(`/v1/referrals/${id}/decision`, tokens.prosecutor, accepted, seen);
    expect([again.status, again.body]).toEqual([200, first.body]);
  });

  it('waits until nobody needs to know who it is, and for an open hold unless that is said', async () => {
    const id = await running.submit();
    expect((await erase(id)).body).toMatchObject({ status: 409, state: 'pending-decision' });
    await accept(id);
    const accepted = await erase(id);
    expect(accepted.body).toMatchObject({ status: 409, state: 'accepted' });
    expect(accepted.body['type']).toMatch(/identity-still-needed$/);
    await handOff(id);
    const held = await erase(id);
    expect([held.status, held.body['type']]).toEqual([409, expect.stringMatching(/charge-hold-open$/)]);
    expect((await read(id)).body).toMatchObject({ person: referralBody()['person'] as Json });
    expect((await erase(id, { ...BECAUSE, despiteOpenHold: true })).status).toBe(200);
    expect((await read(id)).body).toMatchObject({ erased: true, chargeHold: { status: 'open' } });
  });

  it('takes every referral that a human linked as the same person, and none of them while one still needs a name', async () => {
    const one = await running.submit({ ...PERSON, personAgrees: false });
    const same = await running.submit(PERSON);
    const stranger = await running.submit({ personAgrees: false });
    const link = await running.request('PUT', `/v1/referrals/${one}/links/${same}`, {
      token: running.tokens.coordinator,
      body: { verdict: 'same-person' },
    });
    expect(link.status).toBe(200);
    const early = await erase(one);
    expect(early.body).toMatchObject({ status: 409, referralId: same, state: 'pending-decision' });
    expect((await read(one)).body).toMatchObject(PERSON);
    expect((await running.decide(same, { decision: 'declined', reasons: ['other'] })).status).toBe(200);
    expect((await erase(one)).status).toBe(200);
    for (const id of [one, same]) {
      expect((await read(id)).body).toMatchObject({ erased: true, erasure: BECAUSE });
      await eventually(() => expect(typesOf(id)).toContain('referral.person-erased.v1'), { describe: 'it is told' });
    }
    expect((await read(stranger)).body).toHaveProperty('person');
    for (const canary of CANARIES) expect(await everything()).not.toContain(canary);
  });

  it('is for coordinators alone, on what they have seen', async () => {
    const id = await running.submit({ personAgrees: false });
    const path = `/v1/referrals/${id}/erasure`;
    const { post, tokens } = running;
    for (const as of [tokens.officer, tokens.supervisor, tokens.prosecutor, tokens.admin, tokens.analyst])
      expect((await post(path, as, BECAUSE, { 'if-match': '"1"' })).status).toBe(403);
    expect((await post(path, tokens.coordinator, BECAUSE)).status).toBe(428);
    expect((await post(path, tokens.coordinator, BECAUSE, { 'if-match': '"9"' })).status).toBe(412);
    for (const body of [{}, { reason: 'because' }, { ...BECAUSE, despiteOpenHold: 1 }, { ...BECAUSE, who: 'me' }])
      expect((await post(path, tokens.coordinator, body, { 'if-match': '"1"' })).status).toBe(422);
    const nowhere = `/v1/referrals/${randomUUID()}/erasure`;
    expect((await post(nowhere, tokens.coordinator, BECAUSE, { 'if-match': '"1"' })).status).toBe(404);
    expect((await read(id)).body).toHaveProperty('person');
  });

  it('wraps keys anew for an administrator', async () => {
    const path = '/v1/operations/person-keys/rotation';
    expect((await running.post(path, running.tokens.admin, undefined)).body).toEqual({ rotated: 0, remaining: 0 });
    expect((await running.post(path, running.tokens.coordinator, undefined)).status).toBe(403);
  });
});
