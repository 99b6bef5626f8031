import { Refusal, type FieldError } from '@throughline/shared/domain';
import { isUuid } from './uuid.js';
import { wordsOf } from './words.js';

/** What a client asks of the list of services. Every filter that is given must hold. */
export interface ServiceQuery {
  page: number;
  perPage: number;
  format: 'json' | 'ndjson';
  view: 'list' | 'full' | 'minimal';
  /** Each must begin a word of the service. */
  words?: string[];
  organizationId?: string;
  taxonomyTermId?: string;
  taxonomyId?: string;
  /** Inclusive: "on or after". */
  modifiedAfter?: Date;
}

export const DEFAULT_PER_PAGE = 50;
export const MAX_PER_PAGE = 1000;
/** `minimal` should "return all services within one page", says the specification, so its pages are this large. */
export const MINIMAL_PER_PAGE = 50_000;
const MAX_SEARCH_WORDS = 20;

type Raw = Readonly<Record<string, unknown>>;

/** Either the value or, as a `Bad`, what is wrong with it. */
class Bad {
  constructor(readonly detail: string) {}
}

/**
 * Reads the query string of `GET /hsds/services`: the ten parameters that the official openapi.json gives it and no
 * other. A parameter that is unknown, repeated or malformed is an error, because a filter that is silently left out
 * shows a client services that it asked not to see.
 * @throws Refusal `query-invalid` (malformed) that names each parameter with its fault
 */
export function readServiceQuery(raw: Raw): ServiceQuery {
  const errors: FieldError[] = [];
  const known = new Set<string>();
  const take = <T>(name: string, read: (value: string) => T | Bad): T | undefined => {
    known.add(name);
    const value = raw[name];
    if (value === undefined) return undefined;
    const result = typeof value === 'string' ? read(value) : new Bad('is given more than once');
    if (!(result instanceof Bad)) return result;
    errors.push({ pointer: `#/${name}`, detail: `${name} ${result.detail}` });
    return undefined;
  };

  const words = take('search', readSearch);
  const page = take('page', (value) => readInteger(value, Number.MAX_SAFE_INTEGER)) ?? 1;
  const format = take('format', readFormat) ?? 'json';
  const taxonomyTermId = take('taxonomy_term_id', readUuid);
  const taxonomyId = take('taxonomy_id', readUuid);
  const organizationId = take('organization_id', readUuid);
  const modifiedAfter = take('modified_after', readInstant);
  const minimal = take('minimal', readBoolean) ?? false;
  const full = take('full', readBoolean) ?? false;
  const perPage = take('per_page', (value) => readInteger(value, minimal ? MINIMAL_PER_PAGE : MAX_PER_PAGE));
  if (minimal && full) errors.push({ pointer: '#/full', detail: 'full and minimal exclude each other' });
  if (format === 'ndjson' && (raw['page'] !== undefined || raw['per_page'] !== undefined))
    errors.push({ pointer: '#/format', detail: 'ndjson is all results without pages: leave page and per_page out' });
  for (const name of Object.keys(raw).filter((one) => !known.has(one)))
    errors.push({ pointer: `#/${name}`, detail: 'is no parameter of this list' });
  if (errors.length > 0)
    throw new Refusal('malformed', 'query-invalid', 'the query asks for something that this list cannot answer', {
      errors,
    });

  return {
    page,
    perPage: perPage ?? (minimal ? MINIMAL_PER_PAGE : DEFAULT_PER_PAGE),
    format,
    view: minimal ? 'minimal' : full ? 'full' : 'list',
    ...(words ? { words } : {}),
    ...(organizationId ? { organizationId } : {}),
    ...(taxonomyTermId ? { taxonomyTermId } : {}),
    ...(taxonomyId ? { taxonomyId } : {}),
    ...(modifiedAfter ? { modifiedAfter } : {}),
  };
}

function readSearch(value: string): string[] | Bad {
  const words = wordsOf(value);
  if (words.length === 0) return new Bad('holds no letter and no digit');
  return words.length > MAX_SEARCH_WORDS ? new Bad(`holds more than ${MAX_SEARCH_WORDS} words`) : words;
}

function readInteger(value: string, max: number): number | Bad {
  const number = /^\d{1,16}$/.test(value) ? Number(value) : 0;
  return number >= 1 && number <= max ? number : new Bad(`is a whole number from 1 to ${max}`);
}

function readBoolean(value: string): boolean | Bad {
  return value === 'true' || value === 'false' ? value === 'true' : new Bad('is true or false');
}

function readFormat(value: string): 'json' | 'ndjson' | Bad {
  return value === 'json' || value === 'ndjson' ? value : new Bad('is json or ndjson');
}

function readUuid(value: string): string | Bad {
  return isUuid(value) ? value.toLowerCase() : new Bad('is a UUID, as every HSDS identifier');
}

const INSTANT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2}(?:\.\d{1,9})?))?)?\s?(Z|[+-]?\d{2}:?\d{2})?$/i;

/**
 * A date, or a date and time with any offset; without an offset it is UTC. A `+` that a client forgot to encode arrives
 * as a space, and `2026-01-05T10:00:00 05:00` can mean nothing else.
 */
function readInstant(value: string): Date | Bad {
  const bad = new Bad('is an ISO 8601 date or date-time, for example 2026-01-05T10:00:00Z');
  const match = INSTANT.exec(value.trim());
  if (!match) return bad;
  const [, date, time = '00:00', seconds = '00', zone = 'Z'] = match;
  const digits = zone.replace(/[+:-]/g, '');
  const offset = /^z$/i.test(zone)
    ? 'Z'
    : `${zone.startsWith('-') ? '-' : '+'}${digits.slice(0, 2)}:${digits.slice(2)}`;
  const [whole = '00', fraction = '0'] = seconds.split('.');
  const instant = new Date(`${date}T${time}:${whole}.${fraction.slice(0, 3).padEnd(3, '0')}${offset}`);
  const dayExists = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(instant.getTime()) || Number.isNaN(dayExists.getTime())) return bad;
  return dayExists.toISOString().startsWith(date!) ? instant : bad;
}
