import { randomUUID } from 'node:crypto';
import { essence, MANAGER, PERSON } from '../running-case-management.fixture.js';
import { GOAL, startLinkages, type LinkageAtHand, type RunningLinkages } from './linkages.fixture.js';
import type { LinkageAnswer } from './linkages.schemas.js';

let running: RunningLinkages;
let tokens: RunningLinkages['tokens'];
beforeAll(async () => {
  running = await startLinkages();
  tokens = running.tokens;
}, 30_000);
afterAll(() => running?.close());

describe('who sees a linkage', () => {
  it('a provider sees what it is asked for, and not of whom', async () => {
    const { id, caseId, needId, path } = await running.linked();
    const { body, text } = await running.get<LinkageAnswer>(path, tokens.provider);
    expect(Object.keys(body).sort()).toEqual(
      'allowed caseId category history id needId organizationId requestedAt serviceId serviceName status'.split(' '),
    );
    expect(body).toMatchObject({ id, caseId, needId, category: 'legal', allowed: ['accepted', 'rejected'] });
    const { text: list } = await running.get('/v1/linkages?limit=100', tokens.provider);
    for (const secret of [...Object.values(PERSON).flat(), GOAL, MANAGER]) {
      expect(text).not.toContain(secret);
      expect(list).not.toContain(secret);
    }
  });

  it('another organization, one without any, and another case manager are told that there is none', async () => {
    const linkage = await running.linked();
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
    expect(await running.statusOf(linkage)).toBe('requested');
  });

  it('a case that changes hands takes its linkages along', async () => {
    const linkage = await running.linked();
    expect((await running.assign(linkage.caseId, 'persona:case-manager-4')).status).toBe(200);
    const next = await running.token('case-manager', 'persona:case-manager-4');
    expect((await running.get(linkage.path, tokens.manager)).status).toBe(404);
    expect(await running.set(linkage, next, { status: 'canceled', outcome: 'need-already-met' })).toMatchObject({
      status: 200,
    });
  });

  it('no other role does', async () => {
    const { path } = await running.linked();
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
    for (let index = 0; index < 5; index += 1) linkages.push(await running.linked(service));
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
    if (second) expect((await running.set(second, as, { status: 'accepted' })).status).toBe(200);
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
