import { randomUUID } from 'node:crypto';
import { ServiceWithdrawn } from '@throughline/shared/contracts';
import { eventually } from '@throughline/shared/testing';
import { ORGANIZATION } from '../running-case-management.fixture.js';
import { startLinkages, type LinkageAtHand, type RunningLinkages } from './linkages.fixture.js';
import type { LinkageAnswer } from './linkages.schemas.js';

let running: RunningLinkages;
let tokens: RunningLinkages['tokens'];
let serviceId: string;
beforeAll(async () => {
  running = await startLinkages();
  tokens = running.tokens;
  serviceId = running.serviceId;
}, 30_000);
afterAll(() => running?.close());

describe('a linkage', () => {
  it('is requested, accepted, started, paused, resumed and completed, each announced', async () => {
    const linkage = await running.linked();
    const { caseId, needId, id } = linkage;
    for (const body of [
      { status: 'accepted' },
      { status: 'in-progress' },
      { status: 'on-hold' },
      { status: 'in-progress' },
      { status: 'completed', outcome: 'need-met' },
    ])
      expect(await running.set(linkage, tokens.provider, body)).toMatchObject({
        status: 200,
        body: { id, caseId, ...body },
      });

    const { body } = await running.get<LinkageAnswer>(linkage.path, tokens.manager);
    expect(body).toMatchObject({ status: 'completed', outcome: 'need-met', allowed: [] });
    expect(body.history.map(({ status, by }) => `${status} ${by}`)).toEqual([
      'requested requester',
      'accepted responder',
      'in-progress responder',
      'on-hold responder',
      'in-progress responder',
      'completed responder',
    ]);
    const at = (index: number): string | undefined => body.history[index]?.at;
    await eventually(
      () =>
        expect(running.eventsOf(id)).toEqual([
          {
            type: 'linkage.requested.v1',
            seq: 1,
            data: {
              linkageId: id,
              caseId,
              at: at(0),
              needId,
              category: 'legal',
              serviceId,
              organizationId: ORGANIZATION,
            },
          },
          { type: 'linkage.accepted.v1', seq: 2, data: { linkageId: id, caseId, at: at(1) } },
          { type: 'linkage.started.v1', seq: 3, data: { linkageId: id, caseId, at: at(2) } },
          { type: 'linkage.completed.v1', seq: 4, data: { linkageId: id, caseId, at: at(5), outcome: 'need-met' } },
        ]),
      { describe: 'the linkage is announced' },
    );
  });

  it('touches the linkage alone, never the case', async () => {
    const { caseId, needId } = await running.needOf();
    const before = await running.etagOf(`/v1/cases/${caseId}`, tokens.manager);
    await running.created(`/v1/cases/${caseId}/linkages`, tokens.manager, { needId, serviceId });
    expect(await running.etagOf(`/v1/cases/${caseId}`, tokens.manager)).toBe(before);
  });

  it('says where it is, and is made once by a command that is sent twice', async () => {
    const { caseId, needId } = await running.needOf();
    const service = await running.publishService();
    const key = { 'idempotency-key': randomUUID() };
    const ask = (body: object) =>
      running.post<{ id: string }>(`/v1/cases/${caseId}/linkages`, tokens.manager, body, key);
    const first = await ask({ needId, serviceId: service });
    expect(first.headers.get('location')).toBe(`/v1/linkages/${first.body.id}`);
    expect(first.headers.get('etag')).toBe('"1"');

    // the first answer stands, although the service could not be chosen any more
    await running.publish({
      definition: ServiceWithdrawn,
      subject: service,
      seq: 2,
      data: { serviceId: service, withdrawnAt: new Date().toISOString() },
    });
    await eventually(
      async () =>
        expect(
          (await running.post(`/v1/cases/${caseId}/linkages`, tokens.manager, { needId, serviceId: service })).status,
        ).toBe(422),
      { describe: 'the service is withdrawn' },
    );
    const second = await ask({ needId, serviceId: service });
    expect([second.status, second.body]).toEqual([201, first.body]);
    expect(await ask({ needId, serviceId })).toMatchObject({
      status: 422,
      body: { type: expect.stringContaining('idempotency-key-reused') },
    });
    expect(await running.database.collection('linkages').countDocuments({ 'state.caseId': caseId })).toBe(1);
  });

  it('is refused for a need or a service that is not there, or is not active', async () => {
    const { caseId, needId } = await running.needOf();
    const inactive = await running.publishService({ status: 'temporarily closed' });
    const other = await running.needOf();
    for (const [body, code, pointer] of [
      [{ needId: other.needId, serviceId }, 'need-unknown', '#/needId'],
      [{ needId, serviceId: randomUUID() }, 'service-unknown', '#/serviceId'],
      [{ needId, serviceId: inactive }, 'service-unknown', '#/serviceId'],
    ] as const)
      expect(await running.post(`/v1/cases/${caseId}/linkages`, tokens.manager, body)).toMatchObject({
        status: 422,
        body: { type: `https://throughline.example/problems/${code}`, errors: [{ pointer }] },
      });
    expect(await running.database.collection('linkages').countDocuments({ 'state.caseId': caseId })).toBe(0);
  });
});

describe('the status', () => {
  let untouched: LinkageAtHand | undefined;

  it('is set by each party for itself, and 409 names what it may do', async () => {
    const linkage = await running.linked();
    for (const [as, body, allowed] of [
      [tokens.provider, { status: 'completed', outcome: 'need-met' }, ['accepted', 'rejected']],
      [tokens.provider, { status: 'canceled', outcome: 'other' }, ['accepted', 'rejected']],
      [tokens.manager, { status: 'accepted' }, ['canceled', 'entered-in-error']],
    ] as const)
      expect(await running.set(linkage, as, body)).toMatchObject({
        status: 409,
        body: { type: expect.stringContaining('transition-not-allowed'), state: 'requested', allowed },
      });
    expect(await running.statusOf(linkage)).toBe('requested');
    expect(
      (await running.set(linkage, tokens.manager, { status: 'canceled', outcome: 'client-chose-otherwise' })).status,
    ).toBe(200);
    expect(await running.set(linkage, tokens.provider, { status: 'accepted' })).toMatchObject({
      status: 409,
      body: { allowed: [] },
    });
  });

  it('ends with a reason of the list, or not at all', async () => {
    const linkage = await running.linked();
    for (const outcome of [undefined, 'because'])
      expect(await running.set(linkage, tokens.provider, { status: 'rejected', outcome })).toMatchObject({
        status: 422,
        body: {
          type: expect.stringContaining('outcome-required'),
          errors: [{ pointer: '#/outcome' }],
          outcomes: expect.arrayContaining(['no-capacity']),
        },
      });
    expect(await running.set(linkage, tokens.provider, { status: 'accepted', outcome: 'need-met' })).toMatchObject({
      status: 422,
      body: { type: expect.stringContaining('outcome-not-expected') },
    });
    expect(await running.statusOf(linkage)).toBe('requested');
  });

  it.each([
    [{ status: 'cancelled' }, '#/status'],
    [{ status: { $ne: 'x' } }, '#/status'],
    [{}, '#/status'],
    [{ status: 'rejected', outcome: 'No capacity!' }, '#/outcome'],
    [{ status: 'accepted', clientName: 'x' }, '#/clientName'],
  ])('refuses %j by its field', async (body, pointer) => {
    untouched ??= await running.linked();
    expect(await running.set(untouched, tokens.provider, body)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer }] },
    });
  });

  it('needs the version that was read, and is set once by two at a time', async () => {
    const linkage = await running.linked();
    const status = (headers: Record<string, string>) =>
      running.post(`${linkage.path}/status`, tokens.provider, { status: 'accepted' }, headers);
    expect((await status({})).status).toBe(428);
    expect((await status({ 'if-match': '"9"' })).status).toBe(412);
    const answers = await Promise.all([status({ 'if-match': '"1"' }), status({ 'if-match': '"1"' })]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412]);
  });

  it('is answered like the first time when the command is sent again', async () => {
    const linkage = await running.linked();
    const headers = { 'if-match': '"1"', 'idempotency-key': randomUUID() };
    const [first, second] = [
      await running.set(linkage, tokens.provider, { status: 'accepted' }, headers),
      await running.set(linkage, tokens.provider, { status: 'accepted' }, headers),
    ];
    expect([second.status, second.body]).toEqual([200, first.body]);
    const other = await running.set(linkage, tokens.provider, { status: 'rejected', outcome: 'no-capacity' }, headers);
    expect(other).toMatchObject({ status: 422, body: { type: expect.stringContaining('idempotency-key-reused') } });
  });
});
