import { eventually } from '@throughline/shared/testing';
import type { Confidential } from '../domain/referral.js';
import { AGENCY, referralBody, startReferral, type RunningReferral } from '../running-referral.fixture.js';
import type { CandidatesView, PersonView } from './matching.schemas.js';

const MARISOL: Confidential['person'] = {
  givenName: 'Marisol',
  familyName: 'Quintanilla Baca',
  birthDate: '1991-07-04',
  aliases: ['Luz Archuleta'],
};

describe('persons', () => {
  let running: RunningReferral;
  beforeAll(async () => {
    running = await startReferral();
  }, 60_000);
  afterAll(() => running?.close(), 60_000);

  /** A referral of a person by one of the two officers. */
  const refer = async (person: Confidential['person'], changes: object = {}, as = running.tokens.officer) => {
    const { status, body } = await running.post<{ id: string }>(
      '/v1/referrals',
      as,
      referralBody({ person, ...changes }),
    );
    expect(status).toBe(201);
    return body.id;
  };
  const candidatesOf = async (id: string): Promise<CandidatesView> => {
    const { status, body } = await running.get<CandidatesView>(
      `/v1/referrals/${id}/candidates`,
      running.tokens.coordinator,
    );
    expect(status).toBe(200);
    return body;
  };
  const idsOf = async (id: string): Promise<string[]> => (await candidatesOf(id)).items.map((item) => item.id);
  const put = (id: string, other: string, verdict: string, token = running.tokens.coordinator) =>
    running.request<PersonView & { type?: string; referralIds?: string[] }>(
      'PUT',
      `/v1/referrals/${id}/links/${other}`,
      {
        token,
        body: { verdict },
      },
    );
  const remove = (id: string, other: string) =>
    running.request<PersonView>('DELETE', `/v1/referrals/${id}/links/${other}`, { token: running.tokens.coordinator });
  const linksOf = async (id: string): Promise<PersonView> =>
    (await running.get<PersonView>(`/v1/referrals/${id}/links`, running.tokens.prosecutor)).body;
  const stored = (...ids: string[]) =>
    running.database
      .collection('referrals')
      .find({ _id: { $in: ids as never[] } }, { projection: { 'state.links': 1 }, sort: { _id: 1 } })
      .toArray();

  it('edge 1 and 3: two officers refer one person; a human links them, both are credited, and officers never learn of it', async () => {
    const first = await refer(MARISOL);
    const second = await refer(
      { givenName: 'Mari', familyName: 'Qintanilla', birthDate: '1991-04-07' },
      { incidentNumber: '26-000500' },
      running.tokens.officer2,
    );
    const byAlias = await refer({ givenName: 'Luz', familyName: 'Archuleta', birthDate: '1991-07-04' });
    const stranger = await refer({ givenName: 'Teodoro', familyName: 'Quintanilla', birthDate: '1968-11-30' });

    const found = await candidatesOf(first);
    expect(found.leftOut).toEqual([]);
    expect(found.items.map(({ id }) => id).sort()).toEqual([second, byAlias].sort());
    expect(found.items.find(({ id }) => id === second)).toEqual({
      id: second,
      agencyId: AGENCY,
      officerId: 'persona:officer-2',
      pathway: 'arrest-diversion',
      district: 'downtown',
      occurredAt: expect.any(String),
      state: 'pending-decision',
      initials: 'M. Q.',
      score: expect.any(Number),
      reasons: [
        { code: 'family-similar', bits: expect.any(Number), sentence: expect.any(String) },
        { code: 'given-nickname', bits: expect.any(Number), sentence: expect.any(String) },
        { code: 'birth-swapped', bits: expect.any(Number), sentence: 'Day and month of birth are swapped.' },
      ],
    });
    expect(await idsOf(second)).toContain(first);
    expect(await idsOf(stranger)).toEqual([]);

    const officerSees = async () => [
      await running.get(`/v1/referrals/${first}`, running.tokens.officer),
      await running.get(`/v1/referrals/${second}`, running.tokens.officer2),
    ];
    const before = await officerSees();
    const said = await put(first, second, 'same-person');
    expect(said.status).toBe(200);
    expect(said.body.referrals.map(({ id, officerId }) => [id, officerId]).sort()).toEqual(
      [
        [first, 'persona:officer'],
        [second, 'persona:officer-2'],
      ].sort(),
    );
    expect(said.body.episodes).toHaveLength(1);
    expect(said.body.verdicts).toMatchObject([{ verdict: 'same-person', by: 'persona:coordinator' }]);
    expect(await linksOf(second)).toEqual(said.body);
    // said from the other side: the same verdict, once
    expect((await put(second, first, 'same-person')).body).toEqual(said.body);
    expect(await idsOf(first)).toEqual([byAlias]);

    const holder = first < second ? second : first;
    await eventually(() => expect(running.eventsOf(holder)).toHaveLength(3), { describe: 'the link is announced' });
    expect(running.eventsOf(holder)[2]).toEqual({
      type: 'referral.linked.v1',
      seq: 3,
      data: {
        referralId: holder,
        linkedReferralId: holder === first ? second : first,
        episodeId: said.body.episodes[0]?.id,
        linkedAt: said.body.verdicts[0]?.at,
      },
    });

    const after = await officerSees();
    expect(after.map(({ status, text, headers }) => [status, text, headers.get('etag')])).toEqual(
      before.map(({ status, text, headers }) => [status, text, headers.get('etag')]),
    );
    // nothing is overwritten: each still says what its officer entered
    const read = await running.get<{ person: unknown }>(`/v1/referrals/${second}`, running.tokens.coordinator);
    expect(read.body.person).toEqual({ givenName: 'Mari', familyName: 'Qintanilla', birthDate: '1991-04-07' });
  });

  it('edge 20 and 21: unlinking restores both exactly, keeps who did what, and offers them again', async () => {
    const person = { givenName: 'Concepcion', familyName: 'Abeyta', birthDate: '1979-02-11' };
    const [one, two, three] = [
      await refer(person),
      await refer(person),
      await refer({ ...person, givenName: 'Concha' }),
    ];
    await put(one, two, 'same-person');
    const before = {
      links: await linksOf(one),
      third: await linksOf(three),
      candidates: await candidatesOf(one),
      stored: await stored(one, two, three),
    };
    expect((await put(two, three, 'same-person')).body.referrals).toHaveLength(3);
    expect((await candidatesOf(one)).items).toEqual([]);

    const removed = await remove(three, two);
    expect(removed.status).toBe(200);
    const { verdicts, ...rest } = await linksOf(one);
    expect(rest).toEqual({ referrals: before.links.referrals, episodes: before.links.episodes });
    expect(verdicts.filter(({ withdrawnAt }) => withdrawnAt === undefined)).toEqual(before.links.verdicts);
    expect(verdicts.find(({ withdrawnAt }) => withdrawnAt !== undefined)).toMatchObject({
      verdict: 'same-person',
      by: 'persona:coordinator',
      withdrawnBy: 'persona:coordinator',
    });
    expect((await linksOf(three)).referrals).toEqual(before.third.referrals);
    expect(await candidatesOf(one)).toEqual(before.candidates);
    const links = (docs: unknown[]) => docs.map((doc) => (doc as { state: { links?: unknown[] } }).state.links ?? []);
    expect(links(await stored(one, two, three))).toEqual(links(before.stored));
    const holder = two < three ? three : two;
    await eventually(() => expect(running.eventsOf(holder).at(-1)?.type).toBe('referral.unlinked.v1'), {
      describe: 'the unlinking is announced',
    });
    expect((await remove(three, two)).status).toBe(404);
  });

  it('remembers that two are not the same, and refuses what contradicts it', async () => {
    const person = { givenName: 'Lorenzo', familyName: 'Tafoya', birthDate: '1984-05-05' };
    const [one, two, three] = [await refer(person), await refer(person), await refer(person)];
    expect((await put(one, two, 'different-people')).status).toBe(200);
    expect(await idsOf(one)).toEqual([three]);
    expect(await idsOf(two)).toEqual([three]);
    expect((await linksOf(one)).referrals.map(({ id }) => id)).toEqual([one]);
    await put(one, three, 'same-person');
    const refused = await put(two, three, 'same-person');
    expect([refused.status, refused.body.type]).toEqual([409, expect.stringMatching(/said-to-be-different$/)]);
    expect(refused.body.referralIds?.sort()).toEqual([one, two].sort());
    // what was said of one referral holds for the whole person
    expect(await idsOf(three)).toEqual([]);
    expect((await put(one, two, 'same-person')).body.referrals).toHaveLength(3);
  });

  it('keeps no two verdicts that contradict each other, also when both are said at once', async () => {
    for (let round = 0; round < 4; round += 1) {
      const person = { givenName: 'Ramona', familyName: 'Ulibarri', birthDate: '1975-02-28' };
      const [one, two, three] = [await refer(person), await refer(person), await refer(person)];
      expect((await put(one, two, 'different-people')).status).toBe(200);
      const said = await Promise.all([put(one, three, 'same-person'), put(two, three, 'same-person')]);
      expect(said.map(({ status }) => status)).toContain(409);
      expect((await linksOf(one)).referrals.map(({ id }) => id)).not.toContain(two);
    }
  });

  it('edge 15: back after a year is a new episode, which names the one before', async () => {
    const person = { givenName: 'Eloisa', familyName: 'Trujillo', birthDate: '1988-09-19' };
    const old = await refer(person, { occurredAt: new Date(Date.now() - 400 * 86_400_000).toISOString() });
    const back = await refer(person);
    const { body } = await put(back, old, 'same-person');
    expect(body.episodes.map(({ id, referralIds, previousEpisodeId }) => [id, referralIds, previousEpisodeId])).toEqual(
      [
        [old, [old], undefined],
        [back, [back], old],
      ],
    );
  });

  it('shows none of it to police and to nobody else who has no part in it, and refuses bad requests by name', async () => {
    const [one, two] = [await refer(MARISOL), await refer(MARISOL)];
    const { tokens } = running;
    const both = await running.token('coordinator', { roles: ['coordinator', 'officer'] });
    for (const token of [tokens.officer, tokens.supervisor, both])
      for (const path of ['candidates', 'links'])
        expect((await running.get(`/v1/referrals/${one}/${path}`, token)).status).toBe(404);
    expect((await put(one, two, 'same-person', tokens.officer)).status).toBe(404);
    expect((await put(one, two, 'same-person', tokens.prosecutor)).status).toBe(403);
    expect((await running.get(`/v1/referrals/${one}/candidates`, tokens.analyst)).status).toBe(403);
    const unknown = '0b8f6b52-6a0e-5c7e-9c7e-2f0d5f3e9a99';
    expect((await put(one, unknown, 'same-person')).status).toBe(404);
    expect((await put(unknown, one, 'same-person')).status).toBe(404);
    expect((await put(one, one, 'same-person')).status).toBe(422);
    const bad = await running.request<{ errors: unknown }>('PUT', `/v1/referrals/${one}/links/${two}`, {
      token: tokens.coordinator,
      body: { verdict: 'perhaps' },
    });
    expect([bad.status, bad.body.errors]).toEqual([422, [{ pointer: '#/verdict', detail: expect.any(String) }]]);
  });

  it('says what it left out when very many share a key', async () => {
    const person = { givenName: 'Ysidra', familyName: 'Zamora', birthDate: '1961-12-24' };
    const [one, two] = [await refer(person), await refer(person)];
    const crowd = await running.database.collection('referrals').findOne({ _id: one as never });
    const copies = Array.from({ length: 201 }, (_, n) => ({
      ...crowd,
      _id: `crowd-${n}` as never,
      state: { ...(crowd?.['state'] as object), status: 'duplicate' },
    }));
    expect((await candidatesOf(one)).leftOut).toEqual([]);
    await running.database.collection('referrals').insertMany(copies as never[]);
    const { leftOut } = await candidatesOf(two);
    expect(leftOut).toContainEqual({
      kind: 'birth-date',
      compared: 200,
      sentence: 'Many referrals share the date of birth; only the latest 200 of them were compared.',
    });
  });

  it('leaves no readable name and no date of birth in the database', async () => {
    await refer(MARISOL);
    const texts: string[] = [];
    for (const { name } of await running.database.listCollections())
      texts.push(JSON.stringify(await running.database.collection(name).find().toArray()));
    const all = texts.join('\n').toLowerCase();
    expect(all).toContain('blindkeys');
    for (const word of ['marisol', 'quintanilla', 'archuleta', '1991-07-04', 'kntn|', '1991|'])
      expect([word, all.includes(word)]).toEqual([word, false]);
  });
});
