import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { ServicePublished } from '@throughline/shared/contracts';
import { eventually } from '@throughline/shared/testing';
import {
  collectServiceEvents,
  startDirectory,
  type CollectedEvents,
  type TestDirectory,
} from '../directory.fixture.js';
import type { HsdsService } from '../domain/hsds.js';
import type { HsdsServiceAtLocationFull } from '../domain/views.js';
import { DirectoryRecords } from '../records/directory-records.js';
import { ServicesRepository } from '../services/services.repository.js';
import { ChangesRepository } from './changes.repository.js';
import { Consequences } from './consequences.js';

jest.setTimeout(60_000);

let directory: TestDirectory;
let records: DirectoryRecords;
let services: ServicesRepository;
let consequences: Consequences;
let collected: CollectedEvents;

const organization = (id: string, name: string) => ({ id, name, description: name });

describe('what a service shows is part of it', () => {
  const id = randomUUID();
  const ids = { organization: randomUUID(), other: randomUUID(), location: randomUUID(), term: randomUUID() };
  const term = (name: string) => ({ id: ids.term, name, description: name });
  const location = (name: string, organizationId?: string) => ({
    id: ids.location,
    location_type: 'physical' as const,
    name,
    ...(organizationId ? { organization_id: organizationId } : {}),
  });
  const from = { dataset: 'test' };
  const service = async () => (await directory.request<HsdsService>('GET', `/hsds/services/${id}`)).body;
  const announced = () => collected.events.filter((event) => event.subject === id).map((event) => event.data);

  /** The service after a change elsewhere: modified, announced once more, and found by `modified_after`. */
  async function modifiedBy(act: () => Promise<unknown>): Promise<HsdsService> {
    const before = await service();
    const events = announced().length;
    await act();
    await consequences.draw();
    const after = await service();
    expect(after.last_modified > before.last_modified).toBe(true);
    await eventually(() => expect(announced()).toHaveLength(events + 1), { describe: 'the service is announced' });
    const path = `/hsds/service_at_locations?modified_after=${after.last_modified}&full=true`;
    const places = (await directory.request<{ contents: HsdsServiceAtLocationFull[] }>('GET', path)).body.contents;
    expect(places.map((place) => place.service.id)).toEqual([id]);
    return after;
  }

  beforeAll(async () => {
    directory = await startDirectory();
    collected = await collectServiceEvents(directory.amqpUrl);
    records = directory.app.get(DirectoryRecords);
    services = directory.app.get(ServicesRepository);
    consequences = directory.app.get(Consequences);
    await records.organizations.save(organization(ids.organization, 'Aid'), from);
    await records.organizations.save(organization(ids.other, 'Other'), from);
    await records.locations.save(location('Hall'), from);
    const content = {
      id,
      name: 'Desk',
      status: 'active' as const,
      service_at_locations: [{ id: randomUUID(), location: location('Hall') }],
      attributes: [{ id: randomUUID(), taxonomy_term: term('Law') }],
    };
    await services.publish({ content, organization: organization(ids.organization, 'Aid'), ...from }, 'test');
    await consequences.draw();
    await eventually(() => expect(announced()).toHaveLength(1), { describe: 'the service is announced' });
  });

  afterAll(async () => {
    await collected.close();
    await directory.close();
  });

  it('its organization', async () => {
    const after = await modifiedBy(() => records.organizations.save(organization(ids.organization, 'New Aid'), from));
    expect(after.organization.name).toBe('New Aid');
    expect(ServicePublished.read(announced().at(-1)!).organizationName).toBe('New Aid');
  });

  it('its location', async () => {
    const after = await modifiedBy(() => records.locations.save(location('Town hall'), from));
    expect(after.service_at_locations?.map((place) => place.location?.name)).toEqual(['Town hall']);
  });

  it('a location that its organization gains, and one that it loses', async () => {
    const gained = await modifiedBy(() => records.locations.save(location('Town hall', ids.organization), from));
    expect(gained.organization.locations).toHaveLength(1);
    const lost = await modifiedBy(() => records.locations.save(location('Town hall', ids.other), from));
    expect(lost.organization.locations).toBeUndefined();
  });

  it('a term that it carries', async () => {
    const after = await modifiedBy(() => records.terms.save(term('Legal'), from));
    expect(after.attributes?.[0]?.taxonomy_term?.name).toBe('Legal');
  });

  it('a term that stands in a part of it, of its location or of its organization', async () => {
    const carried = { id: randomUUID(), name: 'Parking', description: 'Parking' };
    const phones = [{ id: randomUUID(), number: '1', attributes: [{ id: randomUUID(), taxonomy_term: carried }] }];
    await modifiedBy(() => records.locations.save({ ...location('Town hall', ids.other), phones }, from));
    await modifiedBy(() => records.organizations.save({ ...organization(ids.organization, 'New Aid'), phones }, from));
    const { organization: shown, last_modified: _time, ...content } = await service();
    await services.publish({ content: { ...content, phones }, organization: shown, ...from }, 'parts');
    await records.terms.save(carried, from);
    await consequences.draw();
    await records.terms.save({ ...carried, name: 'Free parking' }, from);
    await consequences.draw();
    const after = await service();
    const termsOf = (of: typeof phones | HsdsService['phones']) => of?.[0]?.attributes?.[0]?.taxonomy_term?.name;
    expect(
      [after, after.organization, after.service_at_locations![0]!.location!].map(({ phones: of }) => termsOf(of)),
    ).toEqual(['Free parking', 'Free parking', 'Free parking']);
    await records.organizations.save(organization(ids.organization, 'New Aid'), from);
    await consequences.draw();
  });

  it('also where they are drawn before the rest, as an import does with what is new', async () => {
    const gained = { ...location('Annex', ids.organization), id: randomUUID() };
    const shownByNone = { ...location('Shed', randomUUID()), id: randomUUID() };
    const changes = directory.app.get(ChangesRepository);
    const after = await modifiedBy(async () => {
      await records.locations.save(gained, from);
      await records.locations.save(shownByNone, from);
      const last = await changes.last();
      await consequences.drawOfNew(async () => undefined);
      expect(await changes.after(last, 10)).toMatchObject([{ kind: 'location', id: shownByNone.id }]);
    });
    expect(after.organization.locations?.map(({ name }) => name)).toEqual(['Annex']);
  });

  it('and nothing else', async () => {
    const before = await service();
    await records.organizations.save(organization(randomUUID(), 'Stranger'), from);
    await records.organizations.save(organization(ids.organization, 'New Aid'), from);
    await consequences.draw();
    expect(await service()).toEqual(before);
  });

  it('a service that loses a place leaves a tombstone of it', async () => {
    const changes = directory.app.get(ChangesRepository);
    const last = await changes.last();
    const [place] = (await service()).service_at_locations!;
    const { service_at_locations: _places, organization: shown, last_modified: _time, ...content } = await service();
    await services.publish({ content, organization: shown, ...from }, 'test-2');
    await consequences.draw();
    expect((await directory.request('GET', `/hsds/service_at_locations/${place!.id}`)).status).toBe(404);
    expect(await changes.after(last, 10)).toMatchObject([
      { kind: 'service', id },
      { kind: 'service_at_location', id: place!.id },
    ]);
  });
});
