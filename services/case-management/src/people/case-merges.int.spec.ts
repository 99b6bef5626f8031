import { randomUUID } from 'node:crypto';
import { ReferralLinked, ReferralUnlinked } from '@throughline/shared/contracts';
import { eventually } from '@throughline/shared/testing';
import type { CaseAnswer } from '../cases/cases.schemas.js';
import { caseIdOf, REFERRALS_QUEUE } from '../cases/referrals.consumer.js';
import {
  MANAGER,
  PERSON,
  startCaseManagement,
  type ForeignEvent,
  type RunningCaseManagement,
} from '../running-case-management.fixture.js';

let running: RunningCaseManagement;
let tokens: RunningCaseManagement['tokens'];
beforeAll(async () => {
  running = await startCaseManagement();
  tokens = running.tokens;
}, 30_000);
afterAll(() => running?.close());

const OTHER = 'persona:case-manager-2';
const now = (): string => new Date().toISOString();
const linked = (referralId: string, linkedReferralId: string, seq = 3): ForeignEvent => ({
  definition: ReferralLinked,
  subject: referralId,
  seq,
  data: { referralId, linkedReferralId, episodeId: referralId, linkedAt: now() },
});
const unlinked = (referralId: string, linkedReferralId: string, seq = 4): ForeignEvent => ({
  definition: ReferralUnlinked,
  subject: referralId,
  seq,
  data: { referralId, linkedReferralId, unlinkedAt: now() },
});
const read = async (caseId: string, as = tokens.coordinator): Promise<CaseAnswer> =>
  (await running.get<CaseAnswer>(`/v1/cases/${caseId}`, as)).body;
const becomes = (caseId: string, expected: object): Promise<void> =>
  eventually(async () => expect(await read(caseId)).toMatchObject(expected), { describe: 'the case becomes that' });
const act = async (caseId: string, path: string, body: unknown, as = tokens.manager) =>
  running.post(`/v1/cases/${caseId}/${path}`, as, body, {
    'if-match': await running.etagOf(`/v1/cases/${caseId}`, tokens.coordinator),
  });

it('edges 1, 20, 21: makes one case of two, with nothing lost, and two again when the link is taken back', async () => {
  const [first, second] = [await running.openCase(), await running.openCase()];
  await running.assign(first.caseId, MANAGER);
  await running.assign(second.caseId, OTHER);
  const note = 'Meets at the shelter.';
  const met = { occurredAt: now(), mode: 'in-person', reached: true, note };
  expect((await act(second.caseId, 'contacts', met, tokens.manager2)).status).toBe(201);
  const consent = {
    discloser: 'The programme',
    purpose: 'Feedback',
    signature: { name: 'M. Q.', method: 'handwritten' },
    information: ['contacted'],
    agencyId: 'santa-fe-pd',
    rightToRevokeExplained: true,
    expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    signedAt: now(),
  };
  expect((await act(second.caseId, 'consents', consent, tokens.manager2)).status).toBe(201);
  expect((await act(first.caseId, 'contacts', met)).status).toBe(201);
  const before = { first: await read(first.caseId), second: await read(second.caseId) };

  const link = linked(second.referralId, first.referralId);
  for (const event of [link, link]) await running.publish(event);
  await becomes(second.caseId, { state: 'merged', mergedInto: { caseId: first.caseId }, identity: PERSON });
  expect((await read(first.caseId)).referrals.map(({ referralId, mergedFrom }) => [referralId, mergedFrom])).toEqual([
    [first.referralId, undefined],
    [second.referralId, second.caseId],
  ]);
  // who has the case that goes on reads the one that rests, and enters nothing there
  expect((await read(second.caseId, tokens.manager)).contacts).toMatchObject([{ note }]);
  const { body: consents } = await running.get<{ items: object[] }>(
    `/v1/cases/${second.caseId}/consents`,
    tokens.manager,
  );
  expect(consents.items).toMatchObject([{ status: 'active', agencyId: 'santa-fe-pd' }]);
  expect(await act(second.caseId, 'needs', { category: 'food' }, tokens.manager2)).toMatchObject({
    status: 409,
    body: { mergedInto: first.caseId },
  });
  expect((await running.get(`/v1/cases/${first.caseId}`, tokens.manager2)).status).toBe(404);
  expect((await act(first.caseId, 'intake', { completedAt: now() })).status).toBe(200);
  await eventually(
    () =>
      expect(running.eventsOf(first.caseId).at(-1)).toMatchObject({
        type: 'case.intake-completed.v1',
        data: { referralIds: [first.referralId, second.referralId] },
      }),
    { describe: 'intake is told of both referrals' },
  );

  await running.publish(unlinked(second.referralId, first.referralId));
  await becomes(second.caseId, { state: 'contacted' });
  expect(await read(second.caseId)).toEqual(before.second);
  expect((await read(first.caseId)).referrals).toEqual(before.first.referrals);
  expect((await running.get(`/v1/cases/${second.caseId}`, tokens.manager)).status).toBe(404);
  await eventually(() => expect(running.eventsOf(second.caseId)).toHaveLength(5), { describe: 'both are told, once' });
  expect(running.eventsOf(second.caseId).slice(3)).toMatchObject([
    { type: 'case.merged.v1', data: { intoCaseId: first.caseId, referralIds: [second.referralId] } },
    { type: 'case.unmerged.v1', data: { fromCaseId: first.caseId, referralIds: [second.referralId] } },
  ]);
  expect(await running.deadLetters(REFERRALS_QUEUE)).toBe(0);
});

it('merges a case that is opened after the link was heard of, whatever the order of the streams', async () => {
  const first = await running.openCase();
  const [referralId, third] = [randomUUID(), randomUUID()];
  const caseId = caseIdOf(referralId);
  const accept = async (id: string): Promise<void> => {
    await running.publish(await running.accepted(id));
    await running.publish(running.submitted(id));
  };
  await running.publish(linked(first.referralId, referralId));
  await eventually(
    async () =>
      expect(await running.database.collection('known_links').countDocuments({ _id: first.referralId as never })).toBe(
        1,
      ),
    { describe: 'the link is known' },
  );
  await accept(referralId);
  await becomes(caseId, { state: 'merged', mergedInto: { caseId: first.caseId } });

  // the taking back before the link that it takes back
  await running.publish(unlinked(third, first.referralId, 4));
  await running.publish(linked(third, first.referralId, 3));
  await accept(third);
  await eventually(
    async () =>
      expect(
        await running.database.collection('known_links').findOne({ _id: third as never }, { projection: { state: 1 } }),
      ).toMatchObject({ state: { linked: [] } }),
    { describe: 'the third stream is through', deadlineMs: 30_000 },
  );
  await becomes(caseIdOf(third), { state: 'opened' });
  expect((await read(first.caseId)).referrals.map((one) => one.referralId)).toEqual([first.referralId, referralId]);
}, 60_000);

it('re-opens no case while the person is served in another one, and names that', async () => {
  const [first, second] = [await running.openCase(), await running.openCase()];
  const end = { as: 'moved', reason: 'left-the-area', endedAt: now() };
  expect((await act(first.caseId, 'end', end, tokens.coordinator)).status).toBe(200);
  await running.publish(linked(second.referralId, first.referralId));
  const reopen = () => act(first.caseId, 'reopening', { reason: 'client-asked' }, tokens.coordinator);
  await eventually(
    async () =>
      expect(await running.database.collection('known_links').countDocuments({ _id: second.referralId as never })).toBe(
        1,
      ),
    { describe: 'the link is known' },
  );
  expect(await reopen()).toMatchObject({ status: 409, body: { caseId: second.caseId } });
  expect((await act(second.caseId, 'end', end, tokens.coordinator)).status).toBe(200);
  expect((await reopen()).status).toBe(200);
});
