import type { HsdsTaxonomy, HsdsTaxonomyTerm, HsdsUnit } from '../hsds.js';
import type { SharedTerms } from '../shared-terms.js';
import type { Part, RowReader, ValueKind } from './row-reader.js';

/**
 * Terms, taxonomies and units stand by value in the records that carry them. While a dataset is read the rows name them by
 * id, and when all is read they are put in, so that nothing depends on which row or file came first.
 */

type Carried = HsdsTaxonomy | HsdsTaxonomyTerm | HsdsUnit;

/**
 * Puts a record into its place. Of several of one id one that every directory has is taken, or else the fuller one,
 * whichever comes first.
 * @throws RowRejected for the second and all further ones
 */
export function putFuller<Value extends Carried>(row: RowReader, place: Map<string, Value>, id: string, value: Value) {
  const { shared } = row.context;
  const before = place.get(id);
  if (before === undefined || shared.has(value.id) || (!shared.has(before.id) && isFuller(value, before)))
    place.set(id, value);
  if (before !== undefined)
    row.reject('id-repeated', 'another row has the same id, and the fuller one of them was taken');
}

/** Where both have as many fields the text decides, since anything that does not depend on the order may. */
function isFuller(one: Carried, other: Carried): boolean {
  const fields = Object.keys(one).length - Object.keys(other).length;
  return fields > 0 || (fields === 0 && JSON.stringify(one) > JSON.stringify(other));
}

/** What was read of them, by the ids of the dataset. */
export interface ReadValues {
  taxonomies: Map<string, HsdsTaxonomy>;
  terms: Map<string, HsdsTaxonomyTerm>;
  units: Map<string, HsdsUnit>;
  /** Those that every directory has, and that no dataset changes. */
  shared: Pick<SharedTerms, 'has'>;
}

/** Terms with their taxonomies as they came to be, and below the terms that stand in the places of their parents. */
export function settleTerms({ terms, taxonomies, shared }: Omit<ReadValues, 'units'>): void {
  for (const [id, term] of terms) {
    if (shared.has(term.id)) continue;
    const { taxonomy_detail: detail, parent_id: parent } = term;
    const [taxonomy, above] = [
      detail && taxonomies.get(detail.id),
      parent === undefined ? undefined : terms.get(parent),
    ];
    terms.set(id, {
      ...term,
      ...(above ? { parent_id: above.id } : {}),
      ...(taxonomy ? { taxonomy_detail: taxonomy } : {}),
    });
  }
}

const FIELDS = { attribute: 'taxonomy_term', service_capacity: 'unit' } as const;

/** The fields of a part, with what it carries in the place of its id. */
export function withCarried({ kind, record }: Part, { terms, units }: ReadValues): Record<string, unknown> {
  const field = FIELDS[kind as keyof typeof FIELDS] as (typeof FIELDS)[keyof typeof FIELDS] | undefined;
  const id = field && record[field];
  if (typeof id !== 'string') return record;
  return { ...record, [field!]: field === 'unit' ? units.get(id) : terms.get(id) };
}

/** As a part, so that what describes it can be put into it. */
export const asPart = (kind: ValueKind, { id, ...record }: Carried): Part => ({ kind, id, record: { ...record } });
