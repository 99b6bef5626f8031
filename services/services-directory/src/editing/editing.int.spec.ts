import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { DraftPublished } from '@throughline/shared/contracts';
import { ROLES } from '@throughline/shared/auth';
import { routesOf } from '@throughline/shared/http';
import { eventually } from '@throughline/shared/testing';
import {
  collectServiceEvents,
  startDirectory,
  type CollectedEvents,
  type TestDirectory,
} from '../directory.fixture.js';
import type { HsdsService } from '../domain/hsds.js';
import { mustBeValid, valid } from '../hsds/official-schemas.fixture.js';
import { DraftsRepository } from './drafts.repository.js';
import { etagOf, TestEditor, type DraftAnswer } from './editor.fixture.js';
import { PublishedRecords } from './published-records.js';

jest.setTimeout(60_000);

let directory: TestDirectory;
let services: CollectedEvents;
let drafts: CollectedEvents;
let coordinator: TestEditor;
let provider: TestEditor;
let stranger: TestEditor;
let organizationId: string;

/** Everything from the proposal to the directory, by somebody who may. */
async function published(body: object): Promise<DraftAnswer> {
  const draft = await coordinator.propose(body);
  const answer = await coordinator.review(await coordinator.submit(draft), { decision: 'approve' });
  expect(answer.body).toMatchObject({ status: 'published' });
  return answer;
}

beforeAll(async () => {
  directory = await startDirectory();
  services = await collectServiceEvents(directory.amqpUrl);
  drafts = await collectServiceEvents(directory.amqpUrl, 'draft');
  coordinator = new TestEditor(directory, await directory.token({ sub: 'c', roles: ['coordinator'] }));
  const organization = await published({ kind: 'organization', content: { name: 'Aid', description: 'Helps.' } });
  organizationId = organization.body.recordId;
  provider = new TestEditor(
    directory,
    await directory.token({ sub: 'p', roles: ['provider'], organization: organizationId }),
  );
  stranger = new TestEditor(
    directory,
    await directory.token({ sub: 's', roles: ['provider'], organization: randomUUID() }),
  );
});
afterAll(async () => {
  await services.close();
  await drafts.close();
  await directory.close();
});

const problem = (code: string) => `https://throughline.example/problems/${code}`;

const serviceOf = (more: object = {}) => ({
  organization_id: organizationId,
  name: 'Zither lessons',
  status: 'active',
  ...more,
});

it('a provider proposes, a coordinator returns it, the provider mends it, it is published, and everybody finds it', async () => {
  const location = await published({
    kind: 'location',
    content: {
      location_type: 'physical',
      name: 'Hall',
      latitude: 35.68,
      longitude: -105.94,
      organization_id: organizationId,
    },
  });
  const content = serviceOf({
    schedules: [{ freq: 'WEEKLY', byday: 'MO,WE', opens_at: '09:00', closes_at: '17:00' }],
    service_at_locations: [{ location_id: location.body.recordId, phones: [{ number: '+1 505 555 0100' }] }],
    capacities: [{ unit: { name: 'seats' }, available: 2, maximum: 8, updated: '2026-01-05T16:00:00Z' }],
    cost_options: [{ amount: 0, currency: 'USD' }],
  });
  const begun = await provider.propose({ kind: 'service', content });
  expect(begun).toMatchObject({ status: 201, body: { status: 'draft', change: 'create', organizationId } });
  expect(begun.headers.get('location')).toBe(`/v1/drafts/${begun.body.id}`);
  const returned = await coordinator.review(await provider.submit(begun), {
    decision: 'return',
    comment: 'Say who it is for.',
  });
  expect(returned.body).toMatchObject({
    status: 'returned',
    remarks: [{ by: 'coordinator', decision: 'returned', comment: 'Say who it is for.' }],
  });
  const mended = { ...begun.body.content, description: 'For everybody.' };
  const replaced = await provider.replace(returned, { kind: 'service', content: mended });
  expect(replaced).toMatchObject({ status: 200, body: { content: mended } });
  const done = await coordinator.review(await provider.submit(replaced), { decision: 'approve' });
  expect(done).toMatchObject({ status: 200, body: { status: 'published', allowed: [] } });

  const { recordId } = done.body;
  const { body: service } = await directory.request<HsdsService>('GET', `/hsds/services/${recordId}`);
  mustBeValid(valid('service'), service);
  expect(service).toMatchObject({
    description: 'For everybody.',
    organization: { name: 'Aid' },
    schedules: [{ byday: 'MO,WE' }],
    capacities: [{ available: 2 }],
    service_at_locations: [{ location: { name: 'Hall' } }],
    metadata: [{ last_action_type: 'create', updated_by: 'provider' }],
  });
  await eventually(
    async () => {
      const { body } = await directory.request<{ items: { id: string }[] }>('GET', '/v1/search?text=zither');
      expect(JSON.stringify(body)).toContain(recordId);
    },
    { describe: 'the search finds it' },
  );
  const { body } = await directory.request<{ changes: object[] }>('GET', '/v1/changes?limit=1000');
  expect(body.changes).toContainEqual(expect.objectContaining({ kind: 'service', id: recordId, deleted: false }));
  await eventually(
    () => {
      expect(services.events.map((event) => event.subject)).toContain(recordId);
      expect(drafts.events.map((event) => DraftPublished.read(event.data))).toContainEqual(
        expect.objectContaining({ draftId: done.body.id, kind: 'service', recordId, change: 'create' }),
      );
    },
    { describe: 'both are announced' },
  );
});

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

it('what is edited in a taxonomy is seen in its terms, and in whatever carries them', async () => {
  const taxonomy = (await published({ kind: 'taxonomy', content: { name: 'Needs', description: 'Of people.' } })).body;
  const root = { taxonomy_id: taxonomy.recordId, name: 'Warmth', description: 'Warmth.' };
  const term = (await published({ kind: 'taxonomy_term', content: root })).body;
  expect(
    (await coordinator.propose({ kind: 'taxonomy_term', content: { ...root, taxonomy_id: undefined } })).body,
  ).toMatchObject({
    errors: [{ pointer: '#/content/taxonomy_id' }],
  });
  const inCircle = { ...root, parent_id: term.recordId };
  const change = { kind: 'taxonomy_term', recordId: term.recordId };
  const { revision } = (await coordinator.read(`/v1/taxonomy_terms/${term.recordId}`)).body;
  expect((await coordinator.propose({ ...change, revision, content: inCircle })).body.errors).toMatchObject([
    { pointer: '#/content/parent_id' },
  ]);
  const attributes = [{ taxonomy_term_id: term.recordId, link_entity: 'organization' }];
  const owner = await published({
    kind: 'organization',
    content: { name: 'Stoves', description: 'Stoves.', attributes },
  });
  const service = await published({ kind: 'service', content: serviceOf({ attributes }) });
  const { body: before } = await coordinator.read(`/v1/taxonomies/${taxonomy.recordId}`);
  const renamed = { ...before.content, name: 'Wants' };
  await published({ kind: 'taxonomy', recordId: taxonomy.recordId, revision: before.revision, content: renamed });
  for (const path of [`organizations/${owner.body.recordId}`, `services/${service.body.recordId}`]) {
    const { body } = await directory.request<HsdsService>('GET', `/hsds/${path}`);
    expect(body.attributes).toMatchObject([
      { taxonomy_term: { name: 'Warmth', taxonomy: 'Wants', taxonomy_detail: { name: 'Wants' } } },
    ]);
  }
  const { body: shown } = await directory.request('GET', `/hsds/taxonomy_terms/${term.recordId}`);
  mustBeValid(valid('taxonomy_term'), shown);
  const leaving = { ...change, revision, withdrawal: true };
  expect((await coordinator.propose(leaving)).body).toMatchObject({ usedBy: { services: 1, organizations: 1 } });
});

it('what an import has brought can be edited as it is, and stays so', async () => {
  expect((await directory.import('hsds-sample', randomUUID())).status).toBe(201);
  for (const [list, kind] of [
    ['services', 'service'],
    ['organizations', 'organization'],
    ['taxonomy_terms', 'taxonomy_term'],
  ] as const) {
    const before = (await directory.request(`GET`, `/hsds/${list}?format=ndjson`)).text;
    for (const { id } of before
      .trim()
      .split('\n')
      .slice(0, 8)
      .map((line) => JSON.parse(line) as { id: string })) {
      const { revision, content } = (await coordinator.read(`/v1/${list}/${id}`)).body;
      expect(await coordinator.propose({ kind, recordId: id, revision, content })).toMatchObject({ status: 201 });
      await published({ kind, recordId: id, revision, content });
    }
    expect((await directory.request(`GET`, `/hsds/${list}?format=ndjson`)).text).toBe(before);
  }
});

it('no route is open to a role that it does not name', async () => {
  const routes = routesOf(directory.app).filter(({ access }) => !access.public);
  expect(routes.map(({ path }) => path)).toContain('/v1/drafts/:id/review');
  for (const role of ROLES) {
    const token = await directory.token({ sub: role, roles: [role], organization: organizationId });
    for (const { method, path, access } of routes) {
      const { status } = await directory.request(method, path.replaceAll(/:\w+/g, organizationId), { token });
      expect([role, method, path, status === 403 || status === 401]).toEqual([
        role,
        method,
        path,
        !access.roles.includes(role),
      ]);
    }
  }
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

it('a withdrawal leaves a tombstone, and what others refer to stays', async () => {
  const { recordId } = (await published({ kind: 'service', content: serviceOf() })).body;
  const { body: aid } = await coordinator.read(`/v1/organizations/${organizationId}`);
  const leaving = { kind: 'organization', recordId: organizationId, revision: aid.revision, withdrawal: true };
  expect(await provider.propose(leaving)).toMatchObject({ status: 409, body: { type: problem('record-in-use') } });
  const { revision } = (await provider.read(`/v1/services/${recordId}`)).body;
  await published({ kind: 'service', recordId, revision, withdrawal: true });
  expect((await directory.request('GET', `/hsds/services/${recordId}`)).status).toBe(404);
  expect((await provider.read(`/v1/services/${recordId}`)).status).toBe(404);
  const { body } = await directory.request<{ changes: object[] }>('GET', '/v1/changes?limit=1000');
  expect(body.changes).toContainEqual(expect.objectContaining({ kind: 'service', id: recordId, deleted: true }));
  await eventually(
    () => expect(services.events.filter(({ subject }) => subject === recordId).at(-1)?.type).toMatch(/withdrawn/),
    { describe: 'it is announced' },
  );
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

describe('a process that dies between two writes of a publication', () => {
  it('leaves a draft that another one publishes, once, or returns where the record has changed', async () => {
    const records = directory.app.get(PublishedRecords);
    const write = records.write.bind(records);
    const dies = jest.spyOn(records, 'write');
    const approved = async (recordId: string, alert: string, dying: typeof write) => {
      const { revision, content } = (await coordinator.read(`/v1/services/${recordId}`)).body;
      const body = { kind: 'service', recordId, revision, content: { ...content, alert } };
      const draft = await coordinator.submit(await coordinator.propose(body));
      dies.mockImplementationOnce(dying);
      expect((await coordinator.review(draft, { decision: 'approve' })).status).toBe(500);
      expect((await coordinator.read(`/v1/drafts/${draft.body.id}`)).body.status).toBe('approved');
      return draft.body.id;
    };
    const ids = [];
    for (const name of ['A', 'B', 'C'])
      ids.push((await published({ kind: 'service', content: serviceOf({ name }) })).body.recordId);
    const change = async (recordId: string, alert: string) => {
      const { revision, content } = (await coordinator.read(`/v1/services/${recordId}`)).body;
      await published({ kind: 'service', recordId, revision, content: { ...content, alert } });
    };
    const before: typeof write = () => Promise.reject(new Error('killed before the record is written'));
    const after: typeof write = async (...args) => {
      await write(...args);
      throw new Error('killed after the record is written');
    };
    const open = await approved(ids[0]!, 'one', before);
    const written = await approved(ids[1]!, 'two', after);
    const overtaken = await approved(ids[2]!, 'three', before);
    await change(ids[1]!, 'two and a half');
    await change(ids[2]!, 'four');

    const { model } = directory.app.get(DraftsRepository);
    const past = new Date(0);
    const timers = [{ name: 'publish', dueAt: past }];
    await model.collection.updateMany({ 'state.status': 'approved' }, { $set: { timers, timerDue: past } } as never);
    const status = async (id: string) => (await coordinator.read(`/v1/drafts/${id}`)).body;
    await eventually(
      async () => {
        expect(await status(open)).toMatchObject({ status: 'published' });
        expect(await status(written)).toMatchObject({ status: 'published' });
        expect(await status(overtaken)).toMatchObject({ status: 'returned', remarks: [{}, { by: 'directory' }] });
      },
      { describe: 'somebody goes on', deadlineMs: 20_000 },
    );
    const alerts = await Promise.all(
      ids.map(async (id) => (await directory.request<HsdsService>('GET', `/hsds/services/${id}`)).body.alert),
    );
    expect(alerts).toEqual(['one', 'two and a half', 'four']);
  });
});
