import { randomUUID } from 'node:crypto';
import {
  defineEvent,
  ServiceCapacityUpdated,
  ServicePublished,
  ServiceWithdrawn,
  type DataOf,
} from '@throughline/shared/contracts';
import { eventually } from '@throughline/shared/testing';
import { z } from 'zod';
import {
  startCaseManagement,
  type ForeignEvent,
  type RunningCaseManagement,
} from '../running-case-management.fixture.js';
import type { Service } from './known-services.schemas.js';

let running: RunningCaseManagement;
beforeAll(async () => {
  running = await startCaseManagement();
}, 30_000);
afterAll(() => running?.close());

type Details = Partial<DataOf<typeof ServicePublished>>;

const published = (serviceId: string, seq: number, changes: Details = {}): ForeignEvent => ({
  definition: ServicePublished,
  subject: serviceId,
  seq,
  data: { ...(ServicePublished.samples[0] as object), ...changes, serviceId },
});
const withdrawn = (serviceId: string, seq: number): ForeignEvent => ({
  definition: ServiceWithdrawn,
  subject: serviceId,
  seq,
  data: { serviceId, withdrawnAt: new Date().toISOString() },
});
const versionOf = async (serviceId: string): Promise<number> => {
  const record = await running.database.collection('known_services').findOne({ _id: serviceId as never });
  return (record?.['applied'] as Record<string, number> | undefined)?.[serviceId] ?? 0;
};
const applied = (serviceId: string, seq: number): Promise<void> =>
  eventually(async () => expect(await versionOf(serviceId)).toBe(seq), { describe: `event ${seq} is applied` });
const find = async (query: string): Promise<Service[]> =>
  (await running.get<{ items: Service[] }>(`/v1/services?${query}`, running.tokens.manager)).body.items;
const search = async (words: string): Promise<string[]> =>
  (await find(`limit=100&search=${encodeURIComponent(words)}`)).map(({ name }) => name);

describe('the services of the directory', () => {
  it('are found by name, category, city and provider, all words together, by their beginnings', async () => {
    const chicago = [{ city: 'Chicago' }];
    for (const changes of [
      { name: 'Zebra Housing Counsel', categories: ['housing'], places: chicago, organizationName: 'Okapi Trust' },
      {
        name: 'Zebra Expungement',
        categories: ['legal'],
        places: [{ city: 'Española' }],
        organizationName: 'Okapi Trust',
      },
      { name: 'Zebra Meals', categories: ['food'], places: chicago, organizationName: 'Quokka' },
    ])
      await running.publishService(changes);
    expect(await search('zebra')).toEqual(['Zebra Expungement', 'Zebra Housing Counsel', 'Zebra Meals']);
    expect(await search('ZEBRA  expu')).toEqual(['Zebra Expungement']);
    expect(await search('zebra chicago')).toEqual(['Zebra Housing Counsel', 'Zebra Meals']);
    expect(await search('espanola zebra')).toEqual(['Zebra Expungement']);
    expect(await search('okapi housing')).toEqual(['Zebra Housing Counsel']);
    expect(await search('zebra lion')).toEqual([]);
    expect(await search('!?')).toEqual([]);
    expect(await search('.*')).toEqual([]);
  });

  it('are shown with what a referrer must know, public data alone', async () => {
    const serviceId = await running.publishService({ name: 'Unicorn desk' });
    const sample = ServicePublished.samples[0] as DataOf<typeof ServicePublished>;
    const { serviceId: _id, status: _status, publishedAt: _time, ...details } = sample;
    expect(await find('search=unicorn')).toEqual([
      { ...details, id: serviceId, name: 'Unicorn desk', organizationId: 'organization-1' },
    ]);
  });

  it('are shown with how much room they have', async () => {
    const id = await running.publishService({ name: 'Vacancy' });
    const sample = ServiceCapacityUpdated.samples[0] as DataOf<typeof ServiceCapacityUpdated>;
    await running.publish({
      definition: ServiceCapacityUpdated,
      subject: id,
      seq: 2,
      data: { ...sample, serviceId: id },
    });
    await applied(id, 2);
    await running.publish(published(id, 3, { name: 'Vacancy house' }));
    await applied(id, 3);
    expect((await find('search=vacancy')).map(({ name, capacities }) => [name, capacities])).toEqual([
      ['Vacancy house', sample.capacities],
    ]);
  });

  it('are listed page by page, by name', async () => {
    for (const letter of ['c', 'a', 'e', 'b', 'd']) await running.publishService({ name: `Pager ${letter}` });
    const names: string[] = [];
    let cursor: string | undefined;
    do {
      const query: string = cursor === undefined ? '' : `&cursor=${cursor}`;
      const { body } = await running.get<{ items: Service[]; nextCursor?: string }>(
        `/v1/services?search=pager&limit=2${query}`,
        running.tokens.coordinator,
      );
      names.push(...body.items.map(({ name }) => name));
      cursor = body.nextCursor;
    } while (cursor !== undefined);
    expect(names).toEqual(['Pager a', 'Pager b', 'Pager c', 'Pager d', 'Pager e']);
  });

  it('change, close and disappear with the events of the directory', async () => {
    const id = randomUUID();
    await running.publish(published(id, 1, { name: 'Walrus' }));
    await applied(id, 1);
    expect(await search('walrus')).toEqual(['Walrus']);
    await running.publish(published(id, 2, { name: 'Narwhal' }));
    await applied(id, 2);
    expect([await search('walrus'), await search('narwhal')]).toEqual([[], ['Narwhal']]);
    await running.publish(published(id, 3, { name: 'Narwhal', status: 'temporarily closed' }));
    await applied(id, 3);
    expect(await search('narwhal')).toEqual([]);
    await running.publish(published(id, 4, { name: 'Narwhal' }));
    await applied(id, 4);
    expect(await search('narwhal')).toEqual(['Narwhal']);
    await running.publish(withdrawn(id, 5));
    await applied(id, 5);
    expect(await search('narwhal')).toEqual([]);
  });

  it('end up the same in whatever order and however often the events come, unknown ones among them', async () => {
    const id = randomUUID();
    const events = [
      {
        definition: defineEvent('service.assured', 1, { summary: 'x', schema: z.object({}), samples: [{}] }),
        subject: id,
        seq: 1,
        data: {},
      },
      published(id, 2, { name: 'Gecko one' }),
      withdrawn(id, 3),
      published(id, 4, { name: 'Gecko two' }),
    ];
    for (const index of [3, 1, 1, 2, 0, 3, 2]) await running.publish(events[index]!);
    await applied(id, 4);
    expect(await search('gecko')).toEqual(['Gecko two']);
    expect(await running.deadLetters('case-management.services')).toBe(0);
  });

  it('are known by name where they are withdrawn, even when that overtakes their announcement', async () => {
    const id = randomUUID();
    await running.publish(withdrawn(id, 2));
    await running.publish(published(id, 1, { name: 'Ibex' }));
    await applied(id, 2);
    const record = await running.database.collection('known_services').findOne({ _id: id as never });
    expect(record?.['state']).toMatchObject({ listed: false, details: { name: 'Ibex' } });
  });
});

describe('who may look', () => {
  it.each([
    ['coordinator', 200],
    ['case-manager', 200],
    ['provider', 403],
    ['prosecutor', 403],
    ['officer', 404],
  ] as const)('%s: %i', async (role, status) => {
    expect((await running.get('/v1/services', await running.token(role))).status).toBe(status);
  });

  it.each([
    ['search=', 422],
    [`search=${'x'.repeat(201)}`, 422],
    ['search[$ne]=x', 422],
    ['near=here', 422],
    [`cursor=${Buffer.from('[1,"x"]').toString('base64url')}`, 400],
  ])('?%s is refused with %i', async (query, status) => {
    expect((await running.get(`/v1/services?${query}`, running.tokens.manager)).status).toBe(status);
  });
});
