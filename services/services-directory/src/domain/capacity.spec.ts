import { capacitiesCounted } from './capacity.js';

const at = new Date('2026-01-05T16:00:00Z');
const how = { serviceId: 's', at, deriveId: (...parts: string[]) => parts.join('/') };
const beds = {
  id: 'c',
  unit: { id: 'u', name: 'Beds', scheme: 'site' },
  available: 3,
  maximum: 20,
  description: 'For women',
  updated: '2025-01-01T00:00:00Z',
  attributes: [{ id: 'a', value: 'x' }],
};

describe('the capacities of a service that was counted', () => {
  it('keep the ids of units that there were, and what a source has said of them', () => {
    expect(capacitiesCounted([beds], [{ unit: { name: ' beds' }, available: 0, maximum: 20 }], how)).toEqual([
      {
        id: 'c',
        unit: { id: 'u', name: ' beds', scheme: 'site' },
        available: 0,
        maximum: 20,
        updated: '2026-01-05T16:00:00.000Z',
        attributes: [{ id: 'a', value: 'x' }],
      },
    ]);
  });

  it('get the same id for a unit in every service', () => {
    const [one, other] = ['s', 't'].map(
      (serviceId) => capacitiesCounted([], [{ unit: { name: 'Places' }, available: 1 }], { ...how, serviceId })[0]!,
    );
    expect(one!.unit).toEqual({ id: 'hsds/unit/places', name: 'Places' });
    expect(other!.unit.id).toBe(one!.unit.id);
    expect(other!.id).not.toBe(one!.id);
  });

  it('lose a unit that is not counted any more', () => {
    expect(capacitiesCounted([beds], [], how)).toEqual([]);
  });
});
