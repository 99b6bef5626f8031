import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { DraftPublished } from '@throughline/shared/contracts';
import { eventually } from '@throughline/shared/testing';
import { collectServiceEvents, type CollectedEvents, type TestDirectory } from '../directory.fixture.js';
import type { HsdsService } from '../domain/hsds.js';
import { mustBeValid, valid } from '../hsds/official-schemas.fixture.js';
import { DraftsRepository } from './drafts.repository.js';
import { problem, TestEditing, type TestEditor } from './editor.fixture.js';
import { PublishedRecords } from './published-records.js';

jest.setTimeout(60_000);

let directory: TestDirectory;
let services: CollectedEvents;
let drafts: CollectedEvents;
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
  services = await collectServiceEvents(directory.amqpUrl);
  drafts = await collectServiceEvents(directory.amqpUrl, 'draft');
});
afterAll(async () => {
  await services.close();
  await drafts.close();
  await directory.close();
});

/** The change of a service stands in the list of changes, once its consequences are drawn. */
const listed = (id: string, deleted: boolean) =>
  eventually(
    async () => {
      const { body } = await directory.request<{ changes: object[] }>('GET', '/v1/changes?limit=1000');
      expect(body.changes).toContainEqual(expect.objectContaining({ kind: 'service', id, deleted }));
    },
    { describe: 'the change is listed' },
  );

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
  await listed(recordId, false);
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

it('a draft may refer to what other drafts propose, and is published after them', async () => {
  const organization = await coordinator.propose({
    kind: 'organization',
    content: { name: 'New aid', description: 'Begins.', programs: [{ name: 'Winter', description: 'Cold.' }] },
  });
  const owner = organization.body.recordId;
  const [program] = organization.body.content!['programs'] as { id: string }[];
  const location = await coordinator.propose({
    kind: 'location',
    content: { location_type: 'physical', name: 'New hall', organization_id: owner },
  });
  const content = {
    ...{ organization_id: owner, program_id: program!.id, name: 'New zither lessons', status: 'active' },
    service_at_locations: [{ location_id: location.body.recordId }],
  };
  const service = await coordinator.propose({ kind: 'service', content });
  expect(service.status).toBe(201);
  const lost = await coordinator.propose({ kind: 'service', content: { ...content, program_id: randomUUID() } });
  expect(lost).toMatchObject({ status: 422, body: { errors: [{ pointer: '#/content/program_id' }] } });
  // what others propose is not there for a provider
  const strange = serviceOf({ service_at_locations: [{ location_id: location.body.recordId }] });
  expect(await provider.propose({ kind: 'service', content: strange })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '#/content/service_at_locations/0/location_id' }] },
  });

  const submitted = await coordinator.submit(service);
  const early = await coordinator.review(submitted, { decision: 'approve' });
  expect(early).toMatchObject({
    status: 409,
    body: { type: problem('draft-waits'), waitsFor: [organization.body.id, location.body.id] },
  });
  expect(early.body.errors!.map(({ pointer }) => pointer).sort()).toEqual([
    '#/content/organization_id',
    '#/content/program_id',
    '#/content/service_at_locations/0/location_id',
  ]);
  for (const one of [organization, location])
    expect((await coordinator.review(await coordinator.submit(one), { decision: 'approve' })).body.status).toBe(
      'published',
    );
  const done = await coordinator.review(submitted, { decision: 'approve' });
  expect(done.body.status).toBe('published');
  const { body } = await directory.request<HsdsService>('GET', `/hsds/services/${done.body.recordId}`);
  expect(body).toMatchObject({
    organization: { name: 'New aid' },
    program: { name: 'Winter' },
    service_at_locations: [{ location: { name: 'New hall' } }],
  });
});

it('a draft that refers to one that was given up leads nowhere', async () => {
  const location = await provider.propose({
    kind: 'location',
    content: { location_type: 'physical', name: 'Tent', organization_id: organizationId },
  });
  const content = serviceOf({ service_at_locations: [{ location_id: location.body.recordId }] });
  const submitted = await provider.submit(await provider.propose({ kind: 'service', content }));
  expect(submitted.status).toBe(200);
  await provider.discard(location);
  expect(await coordinator.review(submitted, { decision: 'approve' })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '#/content/service_at_locations/0/location_id' }] },
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
  for (const path of [`organizations/${owner.body.recordId}`, `services/${service.body.recordId}`])
    await eventually(
      async () => {
        const { body } = await directory.request<HsdsService>('GET', `/hsds/${path}`);
        expect(body.attributes).toMatchObject([
          { taxonomy_term: { name: 'Warmth', taxonomy: 'Wants', taxonomy_detail: { name: 'Wants' } } },
        ]);
      },
      { describe: 'its new name is shown' },
    );
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
      .slice(0, 4)
      .map((line) => JSON.parse(line) as { id: string })) {
      const { revision, content } = (await coordinator.read(`/v1/${list}/${id}`)).body;
      expect(await coordinator.propose({ kind, recordId: id, revision, content })).toMatchObject({ status: 201 });
      await published({ kind, recordId: id, revision, content });
    }
    expect((await directory.request(`GET`, `/hsds/${list}?format=ndjson`)).text).toBe(before);
  }
});

it('a withdrawal leaves a tombstone, from which a record can come back, and what others refer to stays', async () => {
  const { recordId } = (await published({ kind: 'service', content: serviceOf() })).body;
  const { body: aid } = await coordinator.read(`/v1/organizations/${organizationId}`);
  const leaving = { kind: 'organization', recordId: organizationId, revision: aid.revision, withdrawal: true };
  expect(await provider.propose(leaving)).toMatchObject({ status: 409, body: { type: problem('record-in-use') } });
  const { revision } = (await provider.read(`/v1/services/${recordId}`)).body;
  await published({ kind: 'service', recordId, revision, withdrawal: true });
  expect((await directory.request('GET', `/hsds/services/${recordId}`)).status).toBe(404);
  expect((await provider.read(`/v1/services/${recordId}`)).status).toBe(404);
  await listed(recordId, true);
  await eventually(
    () => expect(services.events.filter(({ subject }) => subject === recordId).at(-1)?.type).toMatch(/withdrawn/),
    { describe: 'it is announced' },
  );
  const back = { kind: 'service', recordId, content: serviceOf({ alert: 'Open again.' }) };
  expect(await stranger.propose(back)).toMatchObject({ status: 404 });
  const proposed = await coordinator.submit(await provider.propose(back));
  await published(back);
  expect((await directory.request<HsdsService>('GET', `/hsds/services/${recordId}`)).body.alert).toBe('Open again.');
  expect(await coordinator.review(proposed, { decision: 'approve' })).toMatchObject({
    body: { type: problem('record-changed') },
  });
  expect((await provider.propose(back)).body.errors).toMatchObject([{ pointer: '#/revision' }]);
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
