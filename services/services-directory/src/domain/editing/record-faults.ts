import type { HsdsSchedule } from '../hsds.js';
import { polygonsOf } from '../geography.js';
import { isObject, type EditableRecord, type JsonObject } from './editable-record.js';
import type { RecordFault } from './record-fault.js';
import { scheduleFaults } from './schedule-faults.js';

const MAX_SCHEDULES = 200;
/** To see when a rule ends that is counted takes up to some twenty milliseconds, here and in the search. */
const MAX_COUNTED = 20;
/** A clock elsewhere may be ahead of ours. */
const CLOCKS_DIFFER_MS = 5 * 60_000;
/** Where it is already tomorrow. */
const EARLIEST_ZONE_MS = 14 * 3_600_000;

/**
 * What is wrong with a record whose fields are well formed, each by itself, in the order of its fields.
 * @param record checked by the schema of its kind
 */
export function recordFaults(record: EditableRecord, now: Date): RecordFault[] {
  const faults: RecordFault[] = [];
  const schedulesLookedAt = { all: 0, counted: 0, faulty: false };
  const look = (value: unknown, field: string, path: readonly (string | number)[]): void => {
    if (Array.isArray(value)) value.forEach((one, index) => look(one, field, [...path, index]));
    else if (isObject(value)) {
      const found = field === 'schedules' ? nextSchedule(value, schedulesLookedAt) : faultsOf(value, field, now);
      faults.push(...found.map(({ path: inner, detail }) => ({ path: [...path, ...inner], detail })));
      for (const [name, inner] of Object.entries(value)) look(inner, name, [...path, name]);
    }
  };
  look(record, '', []);
  return faults;
}

/** One faulty schedule is enough to refuse a record: looking for a day for each of many that have none takes long. */
function nextSchedule(
  schedule: JsonObject,
  lookedAt: { all: number; counted: number; faulty: boolean },
): RecordFault[] {
  lookedAt.all += 1;
  if (schedule['count'] !== undefined) lookedAt.counted += 1;
  if (lookedAt.faulty) return [];
  const faults = oneTooMany(lookedAt) ?? scheduleFaults(schedule as unknown as HsdsSchedule);
  lookedAt.faulty = faults.length > 0;
  return faults;
}

function oneTooMany({ all, counted }: { all: number; counted: number }): RecordFault[] | undefined {
  if (all > MAX_SCHEDULES)
    return [{ path: [], detail: `is one too many: a record has at most ${MAX_SCHEDULES} schedules` }];
  if (counted > MAX_COUNTED)
    return [{ path: ['count'], detail: `is one too many: a record has at most ${MAX_COUNTED} schedules with a count` }];
  return undefined;
}

function faultsOf(part: JsonObject, field: string, now: Date): RecordFault[] {
  switch (field) {
    case 'capacities':
      return capacityFaults(part, now);
    case 'service_areas':
      return areaFaults(part);
    case 'cost_options':
      return ordered(part, 'valid_from', 'valid_to');
    case '':
      return [...ordered(part, 'minimum_age', 'maximum_age'), ...positionFaults(part), ...assuranceFaults(part, now)];
    default:
      return [];
  }
}

function capacityFaults({ available, maximum, updated }: JsonObject, now: Date): RecordFault[] {
  const faults: RecordFault[] = [];
  if (maximum !== undefined && (available as number) > (maximum as number))
    faults.push({ path: ['available'], detail: 'is more than maximum' });
  if (updated !== undefined && Date.parse(updated as string) > now.getTime() + CLOCKS_DIFFER_MS)
    faults.push({ path: ['updated'], detail: 'is in the future' });
  return faults;
}

function areaFaults({ extent, extent_type: type }: JsonObject): RecordFault[] {
  if (extent === undefined || typeof type !== 'string' || type.toLowerCase() !== 'geojson') return [];
  return polygonsOf(extent as string).length > 0 ? [] : [{ path: ['extent'], detail: 'holds no polygon of GeoJSON' }];
}

function positionFaults({ latitude, longitude }: JsonObject): RecordFault[] {
  if (latitude !== undefined && longitude === undefined)
    return [{ path: ['longitude'], detail: 'is needed with latitude' }];
  if (longitude !== undefined && latitude === undefined)
    return [{ path: ['latitude'], detail: 'is needed with longitude' }];
  return latitude === 0 && longitude === 0
    ? [{ path: ['latitude'], detail: 'and longitude 0 are in the sea: leave both out where they are not known' }]
    : [];
}

function assuranceFaults({ assured_date: date }: JsonObject, now: Date): RecordFault[] {
  return date !== undefined && Date.parse(date as string) > now.getTime() + EARLIEST_ZONE_MS
    ? [{ path: ['assured_date'], detail: 'is in the future' }]
    : [];
}

const ordered = (part: JsonObject, from: string, to: string): RecordFault[] =>
  part[from] !== undefined && part[to] !== undefined && (part[to] as string | number) < (part[from] as string | number)
    ? [{ path: [to], detail: `is before ${from}` }]
    : [];
