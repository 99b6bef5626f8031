import { Refusal, type FieldError } from '@throughline/shared/domain';
import {
  Bad,
  readBoolean,
  readFormat,
  readInstant,
  readInteger,
  readMetres,
  readPostcode,
  readSearch,
  readUuid,
} from './query-values.js';

/** What selects records. Every filter that is given must hold. */
export interface RecordFilter {
  /** Each must begin a word of the record. */
  words?: string[];
  organizationId?: string;
  taxonomyTermId?: string;
  taxonomyId?: string;
  /** Inclusive: "on or after". */
  modifiedAfter?: Date;
  /** Terms without a parent only. */
  topOnly?: boolean;
  parentId?: string;
  /** As `postcodeOf` writes it. */
  postcode?: string;
  /** Metres from the middle of the postcode. */
  proximity?: number;
}

/** How much of a record a list shows; `full-services` is an organization with its services fully nested. */
export type View = 'list' | 'full' | 'full-services' | 'minimal';

/** What a client asks of a list. */
export interface ListQuery extends RecordFilter {
  page: number;
  perPage: number;
  format: 'json' | 'ndjson';
  view: View;
}

export const DEFAULT_PER_PAGE = 50;
export const MAX_PER_PAGE = 1000;
/** Organizations with all their services are large. */
export const FULL_SERVICES_PER_PAGE = 100;
/** `minimal` should "return all services within one page", says the specification, so its pages are this large. */
export const MINIMAL_PER_PAGE = 50_000;

/** The lists with the parameters that the official openapi.json gives each, for `GET` and for `POST`. */
export const LIST_PARAMETERS = {
  services: [
    ...['search', 'page', 'per_page', 'format', 'taxonomy_term_id', 'taxonomy_id'],
    ...['organization_id', 'modified_after', 'minimal', 'full'],
  ],
  organizations: [
    ...['search', 'full_service', 'full', 'taxonomy_term_id', 'taxonomy_id', 'page', 'per_page', 'format'],
  ],
  service_at_locations: [
    ...['search', 'taxonomy_term_id', 'taxonomy_id', 'organization_id', 'modified_after', 'full'],
    ...['page', 'per_page', 'format', 'postcode', 'proximity'],
  ],
  taxonomies: ['search', 'page', 'per_page', 'format'],
  taxonomy_terms: ['search', 'page', 'per_page', 'format', 'taxonomy_id', 'top_only', 'parent_id'],
} as const satisfies Record<string, readonly string[]>;

export type ListName = keyof typeof LIST_PARAMETERS;

type Raw = Readonly<Record<string, unknown>>;

/**
 * Reads the query of a list, from the query string of `GET` or, for `POST`, also from a JSON body, whose numbers and
 * booleans count as if they were written. A parameter that is unknown, repeated or malformed is an error, because a
 * filter that is silently left out shows a client records that it asked not to see.
 * @throws Refusal `query-invalid` (malformed) that names each parameter with its fault
 */
export function readListQuery(list: ListName, ...sources: readonly Raw[]): ListQuery {
  const values = new Values(LIST_PARAMETERS[list], sources);
  const words = values.take('search', readSearch);
  const page = values.take('page', (value) => readInteger(value, Number.MAX_SAFE_INTEGER)) ?? 1;
  const format = values.take('format', readFormat) ?? 'json';
  const filter = {
    words,
    taxonomyTermId: values.take('taxonomy_term_id', readUuid),
    taxonomyId: values.take('taxonomy_id', readUuid),
    organizationId: values.take('organization_id', readUuid),
    modifiedAfter: values.take('modified_after', readInstant),
    parentId: values.take('parent_id', readUuid),
    topOnly: values.take('top_only', readBoolean),
    postcode: values.take('postcode', readPostcode),
    proximity: values.take('proximity', readMetres),
  };
  const minimal = values.take('minimal', readBoolean) ?? false;
  const full = values.take('full', readBoolean) ?? false;
  const fullService = values.take('full_service', readBoolean) ?? false;
  const view: View = minimal ? 'minimal' : fullService ? 'full-services' : full ? 'full' : 'list';
  const most = {
    minimal: MINIMAL_PER_PAGE,
    'full-services': FULL_SERVICES_PER_PAGE,
    full: MAX_PER_PAGE,
    list: MAX_PER_PAGE,
  };
  const perPage = values.take('per_page', (value) => readInteger(value, most[view]));
  if (minimal && full) values.fault('full', 'full and minimal exclude each other');
  if (filter.proximity !== undefined && !values.has('postcode'))
    values.fault('proximity', 'proximity is counted from a postcode, which is not given');
  if (format === 'ndjson' && (values.has('page') || values.has('per_page')))
    values.fault('format', 'ndjson is all results without pages: leave page and per_page out');
  values.assertGood();
  return {
    page,
    perPage: perPage ?? (minimal ? MINIMAL_PER_PAGE : DEFAULT_PER_PAGE),
    format,
    view,
    ...Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)),
  };
}

/** Reads the one parameter of `GET /organizations/{id}`. @throws Refusal as `readListQuery` */
export function readFullService(raw: Raw): boolean {
  const values = new Values(['full_service'], [raw]);
  const fullService = values.take('full_service', readBoolean) ?? false;
  values.assertGood();
  return fullService;
}

/** Refuses any parameter, for what takes none. @throws Refusal as `readListQuery` */
export const assertNoParameters = (raw: Raw): void => new Values([], [raw]).assertGood();

/** The parameters of one request, by name, and what is wrong with them. */
class Values {
  private readonly given: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  private readonly errors: FieldError[] = [];

  constructor(allowed: readonly string[], sources: readonly Raw[]) {
    for (const [name, value] of sources.flatMap((source) => Object.entries(source))) {
      if (!allowed.includes(name)) this.fault(name, 'is no parameter here');
      else if (name in this.given) this.fault(name, `${name} is given more than once`);
      else this.given[name] = value;
    }
  }

  has(name: string): boolean {
    return name in this.given;
  }

  take<T>(name: string, read: (value: string) => T | Bad): T | undefined {
    const value = this.given[name];
    if (value === undefined) return undefined;
    const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
    const result =
      typeof text === 'string'
        ? read(text)
        : new Bad(Array.isArray(text) ? 'is given more than once' : 'is no single value');
    if (!(result instanceof Bad)) return result;
    this.fault(name, `${name} ${result.detail}`);
    return undefined;
  }

  fault(name: string, detail: string): void {
    if (this.errors.length < MAX_ERRORS) this.errors.push({ pointer: `#/${pointed(name)}`, detail });
  }

  assertGood(): void {
    if (this.errors.length === 0) return;
    throw new Refusal('malformed', 'query-invalid', 'the query asks for something that cannot be answered here', {
      errors: this.errors,
    });
  }
}

const MAX_ERRORS = 50;

/** A name as a JSON pointer writes it (RFC 6901), cut where it is input of absurd length. */
const pointed = (name: string): string => name.slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1');
