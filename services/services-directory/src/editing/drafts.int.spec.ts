import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { ROLES } from '@throughline/shared/auth';
import { routesOf } from '@throughline/shared/http';
import type { TestDirectory } from '../directory.fixture.js';
import { etagOf, problem, TestEditing, TestEditor } from './editor.fixture.js';

jest.setTimeout(60_000);

let directory: TestDirectory;
let coordinator: TestEditor;
let provider: TestEditor;
let stranger: TestEditor;
let organizationId: string;
let published: TestEditing['published'];
let serviceOf: TestEditing['serviceOf'];

beforeAll(async () => {
  const editing = await TestEditing.start();
  ({ directory, coordinator, provider, stranger, organizationId } = editing);
  published = (body) => editing.published(body);
  serviceOf = (more) => editing.serviceOf(more);
});
afterAll(() => directory.close());

describe('a provider', () => {
  it('sees and changes what belongs to the own organization alone', async () => {
    const { body: own } = await published({ kind: 'service', content: serviceOf() });
    const { body: draft } = await provider.propose({ kind: 'service', content: serviceOf() });
    for (const path of [
      `/v1/services/${own.recordId}`,
      `/v1/organizations/${organizationId}`,
      `/v1/drafts/${draft.id}`,
    ]) {
      expect((await provider.read(path)).status).toBe(200);
      expect((await stranger.read(path)).status).toBe(404);
      expect((await coordinator.read(path)).status).toBe(200);
    }
    const ids = async (editor: TestEditor) =>
      ((await editor.read('/v1/drafts?limit=100')).body as unknown as { items: { id: string }[] }).items.map(
        ({ id }) => id,
      );
    expect(await ids(provider)).toContain(draft.id);
    expect(await ids(stranger)).toEqual([]);
    const { revision, content } = (await provider.read(`/v1/services/${own.recordId}`)).body;
    const change = { kind: 'service', recordId: own.recordId, revision, content };
    expect(await stranger.propose(change)).toMatchObject({ status: 404, body: { type: problem('record-not-found') } });
    const elsewhere = await published({ kind: 'organization', content: { name: 'Other', description: 'Other.' } });
    const moved = { ...content, organization_id: elsewhere.body.recordId };
    expect(await provider.propose({ ...change, content: moved })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '#/content/organization_id', detail: 'is not your organization' }] },
    });
    expect((await coordinator.propose({ ...change, content: moved })).status).toBe(201);
  });

  it('has no hand in taxonomies, in new organizations, and in the review of what it wrote', async () => {
    const named = { name: 'Mine', description: 'Mine.' };
    expect((await provider.propose({ kind: 'taxonomy', content: named })).status).toBe(403);
    expect((await provider.propose({ kind: 'organization', content: named })).status).toBe(403);
    const draft = await provider.submit(await provider.propose({ kind: 'service', content: serviceOf() }));
    expect(await provider.review(draft, { decision: 'approve' })).toMatchObject({
      status: 403,
      body: { type: problem('role-not-permitted') },
    });
    const both = { sub: 'p', roles: ['provider', 'coordinator'] as const, organization: organizationId };
    const promoted = new TestEditor(directory, await directory.token(both));
    expect(await promoted.review(draft, { decision: 'approve' })).toMatchObject({
      status: 403,
      body: { type: problem('own-draft') },
    });
    expect((await coordinator.review(draft, { decision: 'approve' })).status).toBe(200);
  });

  it('without an organization in the token has nothing to edit', async () => {
    const nobody = new TestEditor(directory, await directory.token({ sub: 'n', roles: ['provider'] }));
    expect((await nobody.propose({ kind: 'service', content: serviceOf() })).status).toBe(403);
    expect((await nobody.read('/v1/drafts')).body).toEqual({ items: [] });
    expect((await nobody.read(`/v1/organizations/${organizationId}`)).status).toBe(404);
  });
});

describe('two editors at once', () => {
  it('of one draft: the second is told', async () => {
    const draft = await provider.propose({ kind: 'service', content: serviceOf() });
    const body = { kind: 'service', content: serviceOf({ alert: 'Moved.' }) };
    expect((await provider.replace(draft, body)).status).toBe(200);
    expect(await coordinator.replace(draft, body)).toMatchObject({
      status: 412,
      body: { type: problem('version-mismatch') },
    });
    const { status } = await directory.request('POST', `/v1/drafts/${draft.body.id}/submission`, {
      token: provider.token,
      headers: { 'idempotency-key': 'k' },
    });
    expect(status).toBe(428);
  });

  it('of one record: what was begun from an earlier one is not published over it', async () => {
    const { recordId } = (await published({ kind: 'service', content: serviceOf() })).body;
    const read = await coordinator.read(`/v1/services/${recordId}`);
    expect(etagOf(read)).toBe(`"${read.body.revision}"`);
    const { revision, content } = read.body;
    const change = (more: object) => ({ kind: 'service', recordId, revision, content: { ...content, ...more } });
    const early = await coordinator.submit(await coordinator.propose(change({ alert: 'First.' })));
    const late = await coordinator.submit(await coordinator.propose(change({ alert: 'Second.' })));
    expect((await coordinator.review(early, { decision: 'approve' })).status).toBe(200);
    const changed = { status: 409, body: { type: problem('record-changed'), kind: 'service', recordId } };
    expect(await coordinator.review(late, { decision: 'approve' })).toMatchObject(changed);
    expect(await coordinator.propose(change({ alert: 'Third.' }))).toMatchObject(changed);
    // what the service shows is no part of what is edited: an other name of the organization is in nobody's way
    const { body: now } = await coordinator.read(`/v1/services/${recordId}`);
    const pending = await coordinator.submit(await coordinator.propose({ ...change({}), revision: now.revision }));
    const { body: aid } = await coordinator.read(`/v1/organizations/${organizationId}`);
    const renamed = { ...aid.content, description: randomUUID() };
    await published({ kind: 'organization', recordId: organizationId, revision: aid.revision, content: renamed });
    expect((await coordinator.review(pending, { decision: 'approve' })).status).toBe(200);
  });
});

it('a request that is sent again is carried out once', async () => {
  const body = { kind: 'service', content: serviceOf() };
  const [key, again] = [randomUUID(), randomUUID()];
  const first = await provider.propose(body, key);
  expect((await provider.propose(body, key)).body).toEqual(first.body);
  expect((await provider.propose({ ...body, content: serviceOf({ alert: 'x' }) }, key)).status).toBe(422);
  const submitted = await provider.submit(first, again);
  expect((await provider.submit(first, again)).body).toEqual(submitted.body);
  const done = await coordinator.review(submitted, { decision: 'approve' }, key);
  expect((await coordinator.review(submitted, { decision: 'approve' }, key)).body).toEqual(done.body);
  expect(await coordinator.discard(done)).toMatchObject({
    status: 409,
    body: { type: problem('transition-not-allowed'), state: 'published', allowed: [] },
  });
});

it('what is wrong is refused with a pointer to each field, and nothing is kept', async () => {
  const faults = {
    name: '',
    status: 'open',
    colour: 'red',
    minimum_age: -1,
    url: 'javascript:alert(1)',
    schedules: [{ freq: 'WEEKLY', byday: 'XX', count: 1e9, interval: 0 }],
    capacities: [{ unit: { name: 'beds' }, available: -1, updated: 'now' }],
  };
  const wrong = await provider.propose({ kind: 'service', content: serviceOf(faults) });
  expect(wrong.status).toBe(422);
  expect(wrong.body.errors?.map(({ pointer }) => pointer.slice('#/content/'.length)).sort()).toEqual([
    'capacities/0/available',
    'capacities/0/updated',
    'colour',
    'minimum_age',
    'name',
    'schedules/0/byday',
    'schedules/0/count',
    'schedules/0/interval',
    'status',
    'url',
  ]);
  const lost = await provider.propose({
    kind: 'service',
    content: serviceOf({
      program_id: randomUUID(),
      attributes: [{ taxonomy_term_id: randomUUID() }],
      service_at_locations: [{ location_id: randomUUID() }],
    }),
  });
  expect(lost.body.errors).toEqual([
    { pointer: '#/content/program_id', detail: 'names no program of this directory' },
    { pointer: '#/content/service_at_locations/0/location_id', detail: 'names no location of this directory' },
    { pointer: '#/content/attributes/0/taxonomy_term_id', detail: 'names no taxonomy term of this directory' },
  ]);
  const taken = await provider.propose({
    kind: 'service',
    content: serviceOf({ phones: [{ id: randomUUID(), number: '1' }] }),
  });
  expect(taken.body.errors).toMatchObject([{ pointer: '#/content/phones/0/id' }]);
  const moon = { location_type: 'physical', latitude: 384_400, longitude: 0, organization_id: organizationId };
  expect((await provider.propose({ kind: 'location', content: moon })).body.errors).toMatchObject([
    { pointer: '#/content/latitude' },
  ]);
});

it('no route is open to a role that it does not name', async () => {
  const routes = routesOf(directory.app).filter(({ access }) => !access.public);
  expect(routes.map(({ path }) => path)).toContain('/v1/drafts/:id/review');
  for (const role of ROLES) {
    const token = await directory.token({ sub: role, roles: [role], organization: organizationId });
    for (const { method, path } of routes.filter(({ access }) => !access.roles.includes(role))) {
      const { status } = await directory.request(method, path.replaceAll(/:\w+/g, organizationId), { token });
      expect([role, method, path, status]).toEqual([role, method, path, 403]);
    }
  }
});
