import { randomUUID } from 'node:crypto';
import { ServiceWithdrawn } from '@throughline/shared/contracts';
import { eventually } from '@throughline/shared/testing';
import {
  MANAGER,
  ORGANIZATION,
  PERSON,
  startCaseManagement,
  type RunningCaseManagement,
} from '../running-case-management.fixture.js';
import type { LinkageAnswer } from './linkages.schemas.js';

let running: RunningCaseManagement;
let tokens: RunningCaseManagement['tokens'];
let serviceId: string;
beforeAll(async () => {
  running = await startCaseManagement();
  tokens = running.tokens;
  serviceId = await running.publishService();
}, 30_000);
afterAll(() => running?.close());

interface LinkageAtHand {
  caseId: string;
  needId: string;
  id: string;
  path: string;
}

const needOf = async (): Promise<{ caseId: string; needId: string }> => {
  const caseId = await running.assignedCase();
  const needId = await running.created(`/v1/cases/${caseId}/needs`, tokens.manager, {
    category: 'legal',
    goal: 'clear my record',
  });
  return { caseId, needId };
};
const linked = async (service = serviceId): Promise<LinkageAtHand> => {
  const { caseId, needId } = await needOf();
  const id = await running.created(`/v1/cases/${caseId}/linkages`, tokens.manager, { needId, serviceId: service });
  return { caseId, needId, id, path: `/v1/linkages/${id}` };
};
const set = async ({ path }: LinkageAtHand, as: string, body: object, headers: Record<string, string> = {}) =>
  running.post(`${path}/status`, as, body, { 'if-match': await running.etagOf(path, as), ...headers });
const statusOf = async ({ path }: LinkageAtHand): Promise<string> =>
  (await running.get<LinkageAnswer>(path, tokens.manager)).body.status;
const essence = ({ status, body }: { status: number; body: object }): object => {
  const { instance: _path, correlationId: _trace, ...rest } = body as Record<string, unknown>;
  return { status, ...rest };
};

describe('a linkage', () => {
  it('is requested, accepted, started, paused, resumed and completed, each announced', async () => {
    const linkage = await linked();
    const { caseId, needId, id } = linkage;
    for (const body of [
      { status: 'accepted' },
      { status: 'in-progress' },
      { status: 'on-hold' },
      { status: 'in-progress' },
      { status: 'completed', outcome: 'need-met' },
    ])
      expect(await set(linkage, tokens.provider, body)).toMatchObject({ status: 200, body: { id, caseId, ...body } });

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
    const { caseId, needId } = await needOf();
    const before = await running.etagOf(`/v1/cases/${caseId}`, tokens.manager);
    await running.created(`/v1/cases/${caseId}/linkages`, tokens.manager, { needId, serviceId });
    expect(await running.etagOf(`/v1/cases/${caseId}`, tokens.manager)).toBe(before);
  });

  it('says where it is, and is made once by a command that is sent twice', async () => {
    const { caseId, needId } = await needOf();
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
    const { caseId, needId } = await needOf();
    const inactive = await running.publishService({ status: 'temporarily closed' });
    const other = await needOf();
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
    const linkage = await linked();
    for (const [as, body, allowed] of [
      [tokens.provider, { status: 'completed', outcome: 'need-met' }, ['accepted', 'rejected']],
      [tokens.provider, { status: 'canceled', outcome: 'other' }, ['accepted', 'rejected']],
      [tokens.manager, { status: 'accepted' }, ['canceled', 'entered-in-error']],
    ] as const)
      expect(await set(linkage, as, body)).toMatchObject({
        status: 409,
        body: { type: expect.stringContaining('transition-not-allowed'), state: 'requested', allowed },
      });
    expect(await statusOf(linkage)).toBe('requested');
    expect((await set(linkage, tokens.manager, { status: 'canceled', outcome: 'client-chose-otherwise' })).status).toBe(
      200,
    );
    expect(await set(linkage, tokens.provider, { status: 'accepted' })).toMatchObject({
      status: 409,
      body: { allowed: [] },
    });
  });

  it('ends with a reason of the list, or not at all', async () => {
    const linkage = await linked();
    for (const outcome of [undefined, 'because'])
      expect(await set(linkage, tokens.provider, { status: 'rejected', outcome })).toMatchObject({
        status: 422,
        body: {
          type: expect.stringContaining('outcome-required'),
          errors: [{ pointer: '#/outcome' }],
          outcomes: expect.arrayContaining(['no-capacity']),
        },
      });
    expect(await set(linkage, tokens.provider, { status: 'accepted', outcome: 'need-met' })).toMatchObject({
      status: 422,
      body: { type: expect.stringContaining('outcome-not-expected') },
    });
    expect(await statusOf(linkage)).toBe('requested');
  });

  it.each([
    [{ status: 'cancelled' }, '#/status'],
    [{ status: { $ne: 'x' } }, '#/status'],
    [{}, '#/status'],
    [{ status: 'rejected', outcome: 'No capacity!' }, '#/outcome'],
    [{ status: 'accepted', clientName: 'x' }, '#/clientName'],
  ])('refuses %j by its field', async (body, pointer) => {
    untouched ??= await linked();
    expect(await set(untouched, tokens.provider, body)).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  });

  it('needs the version that was read, and is set once by two at a time', async () => {
    const linkage = await linked();
    const status = (headers: Record<string, string>) =>
      running.post(`${linkage.path}/status`, tokens.provider, { status: 'accepted' }, headers);
    expect((await status({})).status).toBe(428);
    expect((await status({ 'if-match': '"9"' })).status).toBe(412);
    const answers = await Promise.all([status({ 'if-match': '"1"' }), status({ 'if-match': '"1"' })]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412]);
  });

  it('is answered like the first time when the command is sent again', async () => {
    const linkage = await linked();
    const headers = { 'if-match': '"1"', 'idempotency-key': randomUUID() };
    const [first, second] = [
      await set(linkage, tokens.provider, { status: 'accepted' }, headers),
      await set(linkage, tokens.provider, { status: 'accepted' }, headers),
    ];
    expect([second.status, second.body]).toEqual([200, first.body]);
    const other = await set(linkage, tokens.provider, { status: 'rejected', outcome: 'no-capacity' }, headers);
    expect(other).toMatchObject({ status: 422, body: { type: expect.stringContaining('idempotency-key-reused') } });
  });
});

describe('who sees a linkage', () => {
  it('a provider sees what it is asked for, and not of whom', async () => {
    const { id, caseId, needId, path } = await linked();
    const { body, text } = await running.get<LinkageAnswer>(path, tokens.provider);
    expect(Object.keys(body).sort()).toEqual(
      'allowed caseId category history id needId organizationId requestedAt serviceId serviceName status'.split(' '),
    );
    expect(body).toMatchObject({ id, caseId, needId, category: 'legal', allowed: ['accepted', 'rejected'] });
    const { text: list } = await running.get('/v1/linkages?limit=100', tokens.provider);
    for (const secret of [...Object.values(PERSON).flat(), 'clear my record', MANAGER]) {
      expect(text).not.toContain(secret);
      expect(list).not.toContain(secret);
    }
  });

  it('another organization, one without any, and another case manager are told that there is none', async () => {
    const linkage = await linked();
    for (const as of [tokens.provider2, tokens.stray, tokens.manager2]) {
      const [foreign, unknown] = [
        await running.get(linkage.path, as),
        await running.get(`/v1/linkages/${randomUUID()}`, as),
      ];
      expect(foreign.status).toBe(404);
      expect(essence(foreign)).toEqual(essence(unknown));
      // a wrong version would be 412 to somebody who may see it
      for (const version of ['"1"', '"9"']) {
        const attempt = await running.post(
          `${linkage.path}/status`,
          as,
          { status: 'accepted' },
          { 'if-match': version },
        );
        expect(essence(attempt)).toEqual(essence(unknown));
      }
      const { body } = await running.get<{ items: LinkageAnswer[] }>('/v1/linkages?limit=100', as);
      expect(body.items).toEqual([]);
    }
    expect(await statusOf(linkage)).toBe('requested');
  });

  it('a case that changes hands takes its linkages along', async () => {
    const linkage = await linked();
    expect((await running.assign(linkage.caseId, 'persona:case-manager-4')).status).toBe(200);
    const next = await running.token('case-manager', 'persona:case-manager-4');
    expect((await running.get(linkage.path, tokens.manager)).status).toBe(404);
    expect(await set(linkage, next, { status: 'canceled', outcome: 'need-already-met' })).toMatchObject({
      status: 200,
    });
  });

  it('no other role does', async () => {
    const { path } = await linked();
    for (const role of ['prosecutor', 'coordinator', 'analyst', 'auditor', 'integrator', 'admin'] as const)
      expect((await running.get(path, await running.token(role))).status).toBe(403);
  });
});

describe('the list', () => {
  it('goes page by page, oldest first, and by status', async () => {
    const organizationId = `organization-${randomUUID()}`;
    const as = await running.token('provider', 'persona:provider-5', { organization: organizationId });
    const service = await running.publishService({ organizationId });
    const linkages: LinkageAtHand[] = [];
    for (let index = 0; index < 5; index += 1) linkages.push(await linked(service));
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query: string = cursor === undefined ? '' : `&cursor=${cursor}`;
      const { body } = await running.get<{ items: LinkageAnswer[]; nextCursor?: string }>(
        `/v1/linkages?limit=2${query}`,
        as,
      );
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(linkages.map(({ id }) => id));

    const second = linkages[1];
    if (second) expect((await set(second, as, { status: 'accepted' })).status).toBe(200);
    const { body } = await running.get<{ items: LinkageAnswer[] }>('/v1/linkages?status=accepted', as);
    expect(body.items.map(({ id, allowed }) => ({ id, allowed }))).toEqual([
      { id: second?.id, allowed: ['in-progress', 'on-hold', 'completed', 'failed'] },
    ]);

    const mine = await running.get<{ items: LinkageAnswer[] }>('/v1/linkages?limit=100', tokens.manager);
    expect(mine.body.items.map(({ id }) => id)).toEqual(expect.arrayContaining(seen));
    expect(mine.body.items.every(({ allowed }) => !allowed.includes('accepted'))).toBe(true);
  });

  it.each(['status=done', 'status[$ne]=x', 'organizationId=organization-1', 'limit=1000'])(
    'refuses ?%s',
    async (query) => {
      expect((await running.get(`/v1/linkages?${query}`, tokens.provider)).status).toBe(422);
    },
  );
});
