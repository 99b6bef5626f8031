import type { HsdsCapacity } from './hsds.js';

/** How much room there is, counted in one unit. */
export interface RoomFigures {
  unit: { name: string; scheme?: string | undefined; identifier?: string | undefined; uri?: string | undefined };
  available: number;
  maximum?: number | undefined;
  description?: string | undefined;
}

/** Units are the same whose names are, whatever their case. */
export const unitKey = (name: string): string => name.trim().toLowerCase().replace(/\s+/g, ' ');

/**
 * The capacities of a service that has just been counted. A unit that it had before keeps its ids and what a source has
 * said of it; one that is not counted any more goes.
 * @param at when the figures were right
 * @param deriveId a UUID of its parts, the same for the same parts
 */
export function capacitiesCounted(
  before: readonly HsdsCapacity[],
  figures: readonly RoomFigures[],
  { serviceId, at, deriveId }: { serviceId: string; at: Date; deriveId: (...parts: string[]) => string },
): HsdsCapacity[] {
  const known = new Map(before.map((capacity) => [unitKey(capacity.unit.name), capacity]));
  return figures.map(({ unit, available, maximum, description }) => {
    const key = unitKey(unit.name);
    const {
      maximum: _maximum,
      description: _description,
      ...kept
    } = known.get(key) ?? {
      id: deriveId('hsds', 'capacity', serviceId, key),
      unit: { id: deriveId('hsds', 'unit', key) },
    };
    const { scheme, identifier, uri } = unit;
    return {
      ...kept,
      unit: {
        ...kept.unit,
        name: unit.name,
        ...(scheme === undefined ? {} : { scheme }),
        ...(identifier === undefined ? {} : { identifier }),
        ...(uri === undefined ? {} : { uri }),
      },
      available,
      ...(maximum === undefined ? {} : { maximum }),
      ...(description === undefined ? {} : { description }),
      updated: at.toISOString(),
    };
  });
}
