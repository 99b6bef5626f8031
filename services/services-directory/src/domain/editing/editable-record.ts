import type { HsdsProgram, HsdsTaxonomy, HsdsTaxonomyTerm } from '../hsds.js';
import type { LinkedServiceContent } from '../record-links.js';

/** The kinds of records that are edited: schedules, capacities, contacts and the like are parts of them, as in HSDS. */
export const EDITED_KINDS = ['organization', 'service', 'location', 'taxonomy', 'taxonomy_term'] as const;
export type EditedKind = (typeof EDITED_KINDS)[number];

/** A part of a record in JSON. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * A record as it is edited: HSDS, with the official reference fields in the places of what they refer to
 * (`organization_id`, `location_id`, `program_id`, `taxonomy_term_id`, `taxonomy_id`), and without its history.
 */
export type EditableRecord = JsonObject & { readonly id: string };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The record as it is edited, of the record as it is kept. */
export function editableOf(kind: EditedKind, content: { id: string }, organizationId?: string): EditableRecord {
  if (kind === 'service') {
    const { id, program, ...rest } = content as LinkedServiceContent;
    return {
      id,
      ...(organizationId ? { organization_id: organizationId } : {}),
      ...(program ? { program_id: program.id } : {}),
      ...(plain(rest) as JsonObject),
    };
  }
  if (kind === 'taxonomy_term') {
    const { id, taxonomy: _name, taxonomy_detail: detail, ...rest } = content as HsdsTaxonomyTerm;
    return { id, ...(detail ? { taxonomy_id: detail.id } : {}), ...(plain(rest) as JsonObject) };
  }
  return plain(content) as EditableRecord;
}

/** Without history, and with the ids of terms in their places. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([field, inner]): [string, unknown][] => {
      if (field === 'metadata' || inner === undefined) return [];
      if (field === 'taxonomy_term') return [['taxonomy_term_id', (inner as HsdsTaxonomyTerm).id]];
      return [[field, plain(inner)]];
    }),
  );
}

/** What the reference fields of a record refer to, by id. */
export interface Referred {
  terms: ReadonlyMap<string, HsdsTaxonomyTerm>;
  taxonomies: ReadonlyMap<string, HsdsTaxonomy>;
  /** Of the organization of a service. */
  programs: ReadonlyMap<string, HsdsProgram>;
}

/**
 * The record as it is kept, of the record as it is edited.
 * @param before the record as it was: what has kept its id keeps the history that a source brought with it
 * @throws Error where a reference is to nothing: they are looked at before
 */
export function keptOf(
  kind: EditedKind,
  record: EditableRecord,
  { terms, taxonomies, programs }: Referred,
  before?: object,
): { id: string } {
  const partsBefore = new Map<unknown, JsonObject>();
  collectParts(before, partsBefore);
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve);
    if (!isObject(value)) return value;
    const entries = Object.entries(value).map(([field, inner]): [string, unknown] =>
      field === 'taxonomy_term_id' ? ['taxonomy_term', referred(terms, inner)] : [field, resolve(inner)],
    );
    return likeBefore(Object.fromEntries(entries), partsBefore.get(value['id']));
  };
  const { program_id: program, organization_id: organization, taxonomy_id: taxonomy, ...rest } = record;
  const resolved = resolve(rest) as JsonObject;
  const detail = taxonomy === undefined ? undefined : referred(taxonomies, taxonomy);
  const kept = {
    ...resolved,
    ...(program === undefined ? {} : { program: referred(programs, program) }),
    ...(kind === 'location' && organization !== undefined ? { organization_id: organization } : {}),
    ...(detail ? { taxonomy: detail.name, taxonomy_detail: detail } : {}),
  };
  return likeBefore(kept, partsBefore.get(record.id)) as { id: string };
}

/**
 * A part in the order of fields that it had, with the history that it had: what nobody has changed is the same text, and
 * so not taken for changed.
 */
function likeBefore(part: JsonObject, before: JsonObject | undefined): JsonObject {
  if (!before) return part;
  const { metadata } = before;
  const whole: JsonObject = metadata === undefined ? part : { ...part, metadata };
  const known = Object.keys(before).filter((field) => field in whole);
  return Object.fromEntries([...known, ...Object.keys(whole)].map((field) => [field, whole[field]]));
}

function referred<T>(records: ReadonlyMap<string, T>, id: unknown): T {
  const record = records.get(id as string);
  if (!record) throw new Error(`there is no record ${String(id)} to refer to`);
  return record;
}

function collectParts(value: unknown, parts: Map<unknown, JsonObject>): void {
  if (Array.isArray(value)) value.forEach((one) => collectParts(one, parts));
  else if (isObject(value)) {
    if (value['id'] !== undefined) parts.set(value['id'], value);
    for (const [field, inner] of Object.entries(value)) if (field !== 'metadata') collectParts(inner, parts);
  }
}
