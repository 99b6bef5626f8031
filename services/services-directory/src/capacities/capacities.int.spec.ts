import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { ServiceCapacityUpdated } from '@throughline/shared/contracts';
import { eventually } from '@throughline/shared/testing';
import {
  collectServiceEvents,
  startDirectory,
  type CollectedEvents,
  type TestDirectory,
} from '../directory.fixture.js';
import type { HsdsService } from '../domain/hsds.js';
import { isoDate, wallTimeInZone } from '../domain/search/civil-day.js';
import { ServicesRepository } from '../services/services.repository.js';
import type { CapacityAnswer } from './capacities.schemas.js';

jest.setTimeout(60_000);

let directory: TestDirectory;
let collected: CollectedEvents;
let service: HsdsService;
let path: string;
let provider: string;

beforeAll(async () => {
  directory = await startDirectory();
  collected = await collectServiceEvents(directory.amqpUrl);
  expect((await directory.import('hsds-sample', 'one')).status).toBe(201);
  const { body } = await directory.request<{ contents: HsdsService[] }>('GET', '/hsds/services?full=true');
  service = body.contents.find(({ status }) => status === 'active')!;
  path = `/v1/services/${service.id}`;
  provider = await directory.token({ roles: ['provider'], organization: service.organization.id });
});
afterAll(async () => {
  await collected.close();
  await directory.close();
});

const read = async () => {
  const { headers, body } = await directory.request<CapacityAnswer>('GET', `${path}/capacity`, { token: provider });
  return { etag: headers.get('etag')!, body };
};
const beds = (available: number, maximum = 20) => ({ unit: { name: 'beds' }, available, maximum });
const put = async (capacities: unknown, { token = provider, etag = '' } = {}) =>
  directory.request<CapacityAnswer & { type: string; errors?: { pointer: string }[] }>('PUT', `${path}/capacity`, {
    token,
    headers: { 'if-match': etag || (await read()).etag },
    body: { capacities },
  });
const assure = (key: string, token = provider) =>
  directory.request('POST', `${path}/assurance`, { token, headers: { 'idempotency-key': key } });
const hsds = async () => (await directory.request<HsdsService>('GET', `/hsds/services/${service.id}`)).body;
const typesOf = () =>
  collected.events.filter(({ subject }) => subject === service.id).map(({ type }) => type.split('.').slice(3)[0]);
const found = async (filter: object) => {
  const { body } = await directory.request<{ items: { service: { id: string } }[] }>('POST', '/v1/search', {
    body: { text: service.name, ...filter },
  });
  return body.items.some((hit) => hit.service.id === service.id);
};

it('what a provider counts is published at once: in /hsds, in its history, by event, and to the search', async () => {
  expect(await found({ capacity: ['available'] })).toBe(false);
  const { status, body, headers } = await put([beds(3)]);
  expect(status).toBe(200);
  expect(body).toMatchObject({ serviceId: service.id, capacities: [beds(3)] });
  expect(headers.get('etag')).toBe((await read()).etag);
  const shown = await hsds();
  expect(shown.capacities).toEqual([
    {
      id: expect.any(String),
      unit: { id: expect.any(String), name: 'beds' },
      available: 3,
      maximum: 20,
      updated: body.capacities[0]!.updated,
    },
  ]);
  expect(shown.metadata!.at(-1)).toMatchObject({ field_name: 'capacities', updated_by: 'provider' });
  await eventually(() => expect(typesOf()).toEqual(['published', 'capacity-updated']), { describe: 'it is announced' });
  const event = collected.events.find(({ type }) => type.includes('capacity-updated'))!;
  expect(ServiceCapacityUpdated.read(event.data)).toMatchObject({
    serviceId: service.id,
    capacities: [{ unit: 'beds', available: 3, maximum: 20, updated: body.capacities[0]!.updated }],
  });
  await eventually(async () => expect(await found({ capacity: ['available'] })).toBe(true), {
    describe: 'the search knows of it',
  });
  await put([beds(0), { unit: { name: 'day places' }, available: 0 }]);
  await eventually(async () => expect(await found({ capacity: ['full'] })).toBe(true), {
    describe: 'the search knows that it is full',
  });
  expect((await hsds()).capacities![0]!.id).toBe(shown.capacities![0]!.id);
  expect((await put([])).body.capacities).toEqual([]);
  expect((await hsds()).capacities).toBeUndefined();
});

it('that a record is right makes it fresh, once for each key', async () => {
  expect(await found({ freshness: ['fresh'] })).toBe(false);
  const key = randomUUID();
  expect((await assure(key)).status).toBe(204);
  const today = isoDate(wallTimeInZone(new Date(), 'America/Denver').day);
  expect((await hsds()).assured_date).toBe(today);
  const services = directory.app.get(ServicesRepository);
  const { version } = (await services.find(service.id))!;
  expect((await assure(key)).status).toBe(204);
  expect((await services.find(service.id))!.version).toBe(version);
  await eventually(async () => expect(await found({ freshness: ['fresh'] })).toBe(true), {
    describe: 'the search knows of it',
  });
  expect((await directory.request('POST', `${path}/assurance`, { token: provider })).status).toBe(400);
});

it('two who count at once: the second is told to look again', async () => {
  const { etag } = await read();
  const statuses = await Promise.all([put([beds(1)], { etag }), put([beds(2)], { etag })]);
  expect(statuses.map(({ status }) => status).sort()).toEqual([200, 412]);
  const without = await directory.request('PUT', `${path}/capacity`, { token: provider, body: { capacities: [] } });
  expect(without.status).toBe(428);
});

it.each([
  ['more than there is', [beds(21)], '#/capacities/0/available'],
  ['less than nothing', [beds(-1)], '#/capacities/0/available'],
  ['a half', [beds(0.5)], '#/capacities/0/available'],
  ['a unit twice', [beds(1), { unit: { name: ' Beds ' }, available: 1 }], '#/capacities/1/unit/name'],
  ['no unit', [{ available: 1 }], '#/capacities/0/unit'],
  ['a field that is none', [{ ...beds(1), updated: 'now' }], '#/capacities/0/updated'],
  [
    'too many units',
    Array.from({ length: 21 }, (_, index) => ({ unit: { name: `u${index}` }, available: 1 })),
    '#/capacities',
  ],
])('%s is refused with a pointer', async (_what, capacities, pointer) => {
  const { status, body } = await put(capacities);
  expect([status, body.errors?.[0]?.pointer]).toEqual([422, pointer]);
});

it('a provider touches services of the own organization alone', async () => {
  const stranger = await directory.token({ roles: ['provider'], organization: randomUUID() });
  const nobody = await directory.token({ roles: ['provider'] });
  const { etag } = await read();
  for (const token of [stranger, nobody]) {
    expect((await put([beds(1)], { token, etag })).status).toBe(404);
    expect((await assure(randomUUID(), token)).status).toBe(404);
    expect((await directory.request('GET', `${path}/capacity`, { token })).status).toBe(404);
  }
  expect((await put([beds(1)], { token: await directory.tokenFor('case-manager'), etag })).status).toBe(403);
  expect((await put([beds(5)], { token: await directory.tokenFor('coordinator'), etag })).status).toBe(200);
  expect((await hsds()).metadata!.at(-1)!.updated_by).toBe('coordinator');
  const elsewhere = await directory.request('GET', `/v1/services/${randomUUID()}/capacity`, { token: provider });
  expect(elsewhere.status).toBe(404);
});
