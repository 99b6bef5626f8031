import { isUuid } from './uuid.js';
import { wordsOf } from './words.js';

/** Readers of the values of one query parameter each: either the value or, as a `Bad`, what is wrong with it. */
export class Bad {
  constructor(readonly detail: string) {}
}

const MAX_SEARCH_WORDS = 20;
const MAX_PROXIMITY_METRES = 20_100_000;

export function readSearch(value: string): string[] | Bad {
  const words = wordsOf(value);
  if (words.length === 0) return new Bad('holds no letter and no digit');
  return words.length > MAX_SEARCH_WORDS ? new Bad(`holds more than ${MAX_SEARCH_WORDS} words`) : words;
}

export function readInteger(value: string, max: number): number | Bad {
  const number = /^\d{1,16}$/.test(value) ? Number(value) : 0;
  return number >= 1 && number <= max ? number : new Bad(`is a whole number from 1 to ${max}`);
}

export function readBoolean(value: string): boolean | Bad {
  return value === 'true' || value === 'false' ? value === 'true' : new Bad('is true or false');
}

export function readFormat(value: string): 'json' | 'ndjson' | Bad {
  return value === 'json' || value === 'ndjson' ? value : new Bad('is json or ndjson');
}

export function readUuid(value: string): string | Bad {
  return isUuid(value) ? value.toLowerCase() : new Bad('is a UUID, as every HSDS identifier');
}

const INSTANT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2}(?:\.\d{1,9})?))?)?\s?(Z|[+-]?\d{2}:?\d{2})?$/i;

/**
 * A date, or a date and time with any offset; without an offset it is UTC. A `+` that a client forgot to encode arrives
 * as a space, and `2026-01-05T10:00:00 05:00` can mean nothing else.
 */
export function readInstant(value: string): Date | Bad {
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

/** A postcode of any country: letters, digits, spaces and hyphens. */
export function readPostcode(value: string): string | Bad {
  const postcode = postcodeOf(value);
  return /^[\p{L}\p{N}]{2,12}$/u.test(postcode) ? postcode : new Bad('is a postcode, for example 60601');
}

/** A postcode as it is compared: without spaces, hyphens and case; of a ZIP+4 code the first five digits. */
export function postcodeOf(text: string): string {
  const plain = text.trim().replace(/^(\d{5})-\d{4}$/, '$1');
  return plain.replace(/[\s-]/g, '').toUpperCase();
}

/** Metres, at most half way round the world. */
export function readMetres(value: string): number | Bad {
  const metres = /^\d{1,8}(\.\d{1,6})?$/.test(value.trim()) ? Number(value) : 0;
  return metres > 0 && metres <= MAX_PROXIMITY_METRES
    ? metres
    : new Bad(`is a number of metres above 0 and up to ${MAX_PROXIMITY_METRES}`);
}
