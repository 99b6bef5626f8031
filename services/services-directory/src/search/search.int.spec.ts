import { jest } from '@jest/globals';
import type { Collection } from 'mongodb';
import { Preparations } from '@throughline/shared/http';
import { eventually, startTestService, testIssuer, type TestService } from '@throughline/shared/testing';
import { ChangesRepository } from '../changes/changes.repository.js';
import { Consequences } from '../changes/consequences.js';
import { startDirectory, type TestDirectory } from '../directory.fixture.js';
import { DirectoryRecords } from '../records/directory-records.js';
import type { SearchQuery } from '../domain/search/search-query.js';
import { ServicesRepository } from '../services/services.repository.js';
import { servicesDirectory } from '../services-directory.module.js';
import { cuttableRelay, type CuttableRelay } from './cuttable-relay.fixture.js';
import { DirectoryIndex } from './index/directory-index.js';
import { STATE_EDITION } from './index/directory-state.js';
import { search } from './index/search-engine.js';
import { SearchFeed } from './search.feed.js';
import { SearchSnapshots, type Snapshot } from './search-snapshots.repository.js';
import type { SearchAnswer } from './search.schemas.js';

jest.setTimeout(120_000);

let directory: TestDirectory;
/** Another process of the service, on the same database through a relay. */
let replica: TestService;
let relay: CuttableRelay;
let closeIssuer: () => Promise<void>;

beforeAll(async () => {
  directory = await startDirectory();
  const issuer = await testIssuer();
  closeIssuer = () => issuer.close();
  relay = await cuttableRelay(directory.mongodbUrl);
  const starting = startTestService(servicesDirectory, {
    env: { ...issuer.env, MONGODB_URL: relay.url },
    database: new URL(directory.mongodbUrl).pathname.slice(1),
    vhost: decodeURIComponent(new URL(directory.amqpUrl).pathname.slice(1)),
  });
  expect(await directory.import('ilao', 'one')).toMatchObject({ status: 201 });
  replica = await starting;
});
afterAll(async () => {
  await replica.close();
  await relay.close();
  await directory.close();
  await closeIssuer();
});

const get = async (query: string, at: TestService = directory) => {
  const { status, body, text } = await at.request<SearchAnswer>('GET', `/v1/search?${query}`);
  if (status !== 200) throw new Error(`${query}: ${status} ${text}`);
  return body;
};
const post = (body: object) => directory.request<SearchAnswer>('POST', '/v1/search', { body });
const idsOf = ({ items }: SearchAnswer): string[] => items.map(({ service }) => service.id);

async function everyId(at: TestService): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor = ''; ;) {
    const page = await get(`status=active&status=inactive&limit=100${cursor}`, at);
    ids.push(...idsOf(page));
    if (!page.nextCursor) return ids;
    cursor = `&cursor=${page.nextCursor}`;
  }
}

it('every replica hears every change, agrees with the directory, and pages hold each service once', async () => {
  const { body } = await directory.request<{ total_items: number }>('GET', '/hsds/services?minimal=true');
  for (const at of [directory, replica])
    await eventually(async () => expect((await everyId(at)).length).toBe(body.total_items), {
      describe: 'search holds all',
    });
  const [one, two] = [await everyId(directory), await everyId(replica)];
  expect(two).toEqual(one);
  expect(new Set(one).size).toBe(body.total_items);
});

it('a replica whose database is away answers on, and afterwards hears what it has missed', async () => {
  const { items } = await get('text=legal&limit=1');
  const { id } = items[0]!.service;
  const before = (await everyId(replica)).length;
  relay.cut();
  await eventually(async () => expect((await replica.request('GET', '/health/ready')).status).toBe(503), {
    describe: 'the replica misses its database',
  });
  await directory.app.get(ServicesRepository, { strict: false }).withdraw(id);
  await directory.app.get(Consequences, { strict: false }).draw();
  const isGone = async (at: TestService): Promise<void> => {
    const ids = await everyId(at);
    expect(ids).not.toContain(id);
    expect(ids).toHaveLength(before - 1);
  };
  await eventually(() => isGone(directory), { describe: 'the service is gone' });
  expect(await everyId(replica)).toHaveLength(before);
  relay.mend();
  await eventually(() => isGone(replica), { describe: 'the replica has heard of it', deadlineMs: 30_000 });
  // the cursor holds the moment of the question
  const [{ nextCursor: _one, ...one }, { nextCursor: _two, ...two }] = [
    await get('text=legal&limit=100', replica),
    await get('text=legal&limit=100'),
  ];
  expect(one).toEqual(two);
});

it('words may be cut short or mistyped, and the answer says how it read them', async () => {
  const right = await get('text=bankruptcy');
  expect(right.total).toBeGreaterThan(0);
  expect(right.words).toEqual([
    { typed: 'bankruptcy', match: 'exact', readAs: expect.arrayContaining(['bankruptcy']) },
  ]);
  expect((await get('text=bankru')).total).toBeGreaterThanOrEqual(right.total);
  const mistyped = await get('text=bankrutpcy');
  expect(mistyped).toMatchObject({ total: right.total, didYouMean: 'bankruptcy' });
  expect(mistyped.words).toEqual([{ typed: 'bankrutpcy', match: 'similar', readAs: ['bankruptcy'] }]);
  expect(await get('text=xqzwvbnm')).toMatchObject({ total: 0, items: [], words: [{ match: 'none' }] });
});

it('a score is the sum of its reasons', async () => {
  const { items } = await get('text=legal%20clinic');
  expect(items.length).toBeGreaterThan(3);
  for (const { score, why } of items) {
    expect(why.reduce((sum, { points }) => sum + points, 0)).toBe(score);
    expect(why[0]!.reason).toMatch(/^“(legal|clinic)” (stands|begins)/);
  }
});

it('says what fits a client, what does not, and what nobody knows, and keeps nothing of it', async () => {
  const client = { age: 41.25, canPay: 0, languages: ['Klingonese'], populations: { veterans: true } };
  const { status, body } = await post({ text: 'legal', client, fit: 'any', limit: 100 });
  expect(status).toBe(200);
  const reasons = body.items.flatMap(({ fit }) => fit!.reasons);
  expect(new Set(reasons.map(({ aspect }) => aspect))).toEqual(new Set(['age', 'cost', 'language', 'population']));
  expect(reasons).toContainEqual({ aspect: 'cost', verdict: 'yes', reason: 'is free' });
  expect(reasons).toContainEqual({ aspect: 'age', verdict: 'unknown', reason: 'names no ages' });
  const verdicts = Object.fromEntries(body.facets['fit']!.map(({ value, count }) => [value, count]));
  expect(verdicts['yes']! + verdicts['no']! + verdicts['unknown']!).toBe(body.total);
  expect(JSON.stringify(body)).not.toContain('41.25');
  expect([...directory.logs(), ...replica.logs()].join('')).not.toMatch(/41\.25|Klingonese/);
});

it('facets count what there would be without their own choice', async () => {
  const all = await get('text=legal');
  const cost = all.facets['cost']!;
  const free = cost.find(({ value }) => value === 'free')!;
  const chosen = await get('text=legal&cost=free');
  expect(chosen.total).toBe(free.count);
  expect(chosen.facets['cost']).toEqual(cost);
});

it('completes what somebody is typing', async () => {
  const { status, body } = await directory.request('GET', '/v1/search/suggestions?text=free%20lega');
  expect(status).toBe(200);
  expect(body).toMatchObject({ completions: expect.arrayContaining(['free legal']) });
});

it.each([
  ['GET', 'latitude=41.8', '#/latitude'],
  ['GET', 'latitude=410&longitude=1', '#/latitude'],
  ['GET', 'latitude=Infinity&longitude=1', '#/latitude'],
  ['GET', 'openAt=tomorrow', '#/openAt'],
  ['GET', 'limit=101', '#/limit'],
  ['GET', 'cost=cheap', '#/cost/0'],
  ['GET', 'area=Cook', '#/area'],
  ['GET', 'age=40', '#/age'],
  ['GET', `text=${'a%20b%20c%20d%20e%20f%20g%20'.repeat(3)}h%20i%20j%20k%20l%20m`, '#/text'],
  ['POST', { client: { age: -1 } }, '#/client/age'],
  ['POST', { client: { name: 'Jane' } }, '#/client/name'],
  ['POST', { near: { latitude: 1, longitude: 1, withinKm: 0 } }, '#/near/withinKm'],
] as const)('%s %j is refused with the field that is wrong', async (method, input, pointer) => {
  const { status, body } =
    method === 'GET'
      ? await directory.request<{ errors: { pointer: string }[] }>('GET', `/v1/search?${input}`)
      : await directory.request<{ errors: { pointer: string }[] }>('POST', '/v1/search', { body: input });
  expect(status).toBe(422);
  expect(body.errors.map((error) => error.pointer)).toContain(pointer);
});

it('a cursor that is none is refused', async () => {
  expect(await directory.request('GET', '/v1/search?cursor=abc')).toMatchObject({
    status: 400,
    body: { type: expect.stringMatching(/cursor-malformed$/) },
  });
});

describe('a start', () => {
  const of = <Provider>(type: new (...args: never[]) => Provider): Provider =>
    directory.app.get(type, { strict: false });
  const collection = () => (of(SearchSnapshots) as unknown as { collection: Collection<{ _id: string }> }).collection;
  const everything: SearchQuery = {
    areas: [],
    reach: 'maybe',
    fit: 'any',
    statuses: ['active', 'inactive'],
    choices: {},
    text: 'legal',
  };

  /** What is found in an index, in its order, and counted. */
  function answer(index: DirectoryIndex) {
    const { hits, total, facets } = search(index, everything, new Date(0), 'UTC', { limit: 1000 });
    return { total, facets, hits: hits.map(({ slot, score }) => `${score} ${index.ids[slot]}`) };
  }

  /** Builds the index of a process that starts now; answers whether it had to read the services. */
  async function started() {
    const services = of(ServicesRepository);
    const read = jest.spyOn(services, 'batches');
    const index = new DirectoryIndex();
    const parts = [of(DirectoryRecords), of(ChangesRepository), of(SearchSnapshots)] as const;
    const feed = new SearchFeed(index, services, ...parts, new Preparations());
    feed.onApplicationBootstrap();
    await eventually(async () => expect(feed.isBuilt).toBe(true), { describe: 'the index is built' });
    await feed.beforeApplicationShutdown();
    const readServices = read.mock.calls.length > 0;
    read.mockRestore();
    return { index, readServices };
  }

  const newest = async (): Promise<Snapshot> => {
    const found = await of(SearchSnapshots).newest();
    if (!found) throw new Error('there is no snapshot');
    return found;
  };

  it('reads a snapshot and what has changed since, and agrees with the others', async () => {
    const { place } = await eventually(newest, { describe: 'a snapshot is written', deadlineMs: 30_000 });
    const { items } = await get('text=legal&limit=2');
    const [gone, changed] = items.map(({ service }) => service.id);
    const services = of(ServicesRepository);
    await services.withdraw(gone!);
    const { content, organizationId } = (await services.find(changed!))!;
    const organization = (await of(DirectoryRecords).organizationsWithLocations([organizationId])).get(organizationId)!;
    await services.publish({ content: { ...content, name: 'Legal Zymurgy' }, organization }, 'test');
    await of(Consequences).draw();
    const { index, readServices } = await started();
    expect(readServices).toBe(false);
    expect((await newest()).place).toBe(place);
    await eventually(async () => expect(answer(of(DirectoryIndex))).toEqual(answer(index)), {
      describe: 'all have heard of the changes',
    });
    expect(index.size).toBe((await everyId(directory)).length);
    expect(answer(index).total).toBeGreaterThan(50);
    expect(index.words.read('zymurgy').match).toBe('exact');
  });

  /** From here on nobody else writes snapshots. */
  const stopOthers = async () => {
    for (const { app } of [directory, replica])
      await app.get(SearchFeed, { strict: false }).beforeApplicationShutdown();
  };

  it.each<[string, (snapshot: Snapshot) => Promise<unknown>]>([
    ['misses a chunk', ({ snapshot, chunks }) => collection().deleteOne({ _id: `${snapshot}/${chunks - 1}` })],
    ['is damaged', ({ snapshot }) => change(`${snapshot}/0`, { data: Buffer.from('damaged') })],
    ['is of an older edition', () => change('newest', { 'newest.edition': STATE_EDITION - 1 })],
    ['is of another directory', () => change('newest', { 'newest.list': 'another' })],
    ['is ahead of the list of changes', () => change('newest', { 'newest.place': 1e9 })],
  ])('reads the records where the snapshot %s', async (_, spoil) => {
    await stopOthers();
    const docs = await collection().find({}).toArray();
    await spoil(await newest());
    const { index, readServices } = await started();
    expect(readServices).toBe(true);
    expect(answer(index)).toEqual(answer(of(DirectoryIndex)));
    await collection().deleteMany({});
    await collection().insertMany(docs);
    expect((await started()).readServices).toBe(false);
  });

  const change = (id: string, fields: object) => collection().updateOne({ _id: id }, { $set: fields });

  it('does not write a snapshot while another process does', async () => {
    const before = await newest();
    await change('newest', { busyUntil: new Date(Date.now() + 60_000) });
    expect(await of(SearchSnapshots).write(before, [Buffer.from('one')])).toBe(false);
    expect(await newest()).toEqual(before);
    await change('newest', { busyUntil: new Date(0) });
    expect(await of(SearchSnapshots).write({ ...before, edition: 0 }, [Buffer.from('two')])).toBe(true);
    expect(await newest()).toMatchObject({ edition: 0, chunks: 1 });
    expect(await collection().countDocuments({})).toBe(2);
  });
});
