import type { HsdsTaxonomy } from '../hsds.js';
import { putFuller } from './by-value.js';
import { keyOf, type Part, type RowReader } from './row-reader.js';

/** Terms are held in memory while a dataset is read. The largest taxonomy in use, that of 211, has some 10,000. */
const MAX_TERMS = 100_000;

/** An attribute without a term has none in JSON, but the table demands one: this one stands for none. */
export const noTermId = (deriveId: (...parts: string[]) => string): string => deriveId('hsds', 'no-term');

/** A term is a record of its own, and waits in the context for the records that carry it. */
export function taxonomyTerm(row: RowReader): Part[] {
  const source = row.required('id', 'taxonomy_id');
  return term(row, source, row.text('vocabulary'), row.text('code') ?? source);
}

/** The term of HSDS 2 and 3, where `taxonomy_id` names the taxonomy and a code is a code. */
export function taxonomyTerm3(row: RowReader): Part[] {
  return term(row, row.required('id'), row.text('taxonomy'), row.text('code'), row.text('taxonomy_id'));
}

function term(row: RowReader, source: string, vocabulary?: string, code?: string, taxonomyId?: string): Part[] {
  const { context } = row;
  const name = row.required('name', 'term');
  const description = row.text('description') ?? name;
  const id = row.idOf('taxonomy_term', source);
  if (id === noTermId(context.deriveId)) return [];
  if (!context.terms.has(id) && context.terms.size >= MAX_TERMS)
    row.reject('too-many-terms', `a dataset has at most ${MAX_TERMS} terms`);
  const parent = row.text('parent_id');
  const parentName = row.text('parent_name');
  const named = taxonomyId === undefined ? undefined : context.taxonomies.get(row.idOf('taxonomy', taxonomyId));
  if (taxonomyId !== undefined && !named) row.note('taxonomy-absent', 'taxonomy_id names a taxonomy that is not there');
  const detail = named ?? (vocabulary ? vocabularyAsTaxonomy(row, vocabulary) : undefined);
  const shared = context.shared.termFor({ taxonomy: vocabulary ?? named?.name, code, name, parentName });
  if (shared) {
    if (shared.id !== id) row.note('term-mapped', `the term is ${shared.name} of ${shared.taxonomy}, and that is used`);
    putFuller(row, context.terms, id, shared);
    return [];
  }
  const language = row.text('language');
  const uri = row.uri('term_uri');
  row.recordId = id;
  putFuller(row, context.terms, id, {
    id,
    ...(code ? { code } : {}),
    name,
    description,
    ...(parent && parent !== '0' ? { parent_id: row.idOf('taxonomy_term', parent) } : {}),
    ...(vocabulary ? { taxonomy: vocabulary } : {}),
    ...(detail ? { taxonomy_detail: detail } : {}),
    ...(language ? { language } : {}),
    ...(uri ? { term_uri: uri } : {}),
  });
  return [];
}

/** Before HSDS 3 a taxonomy is but a name. */
function vocabularyAsTaxonomy(row: RowReader, name: string): HsdsTaxonomy {
  const shared = row.context.shared.taxonomyNamed(name);
  if (shared) return shared;
  const id = row.context.deriveId('hsds', 'taxonomy', name);
  const found = row.context.taxonomies.get(id) ?? { id, name, description: name };
  row.context.taxonomies.set(id, found);
  return found;
}

export function taxonomy(row: RowReader): Part[] {
  const id = row.idOf('taxonomy', row.required('id'));
  const name = row.required('name');
  const description = row.text('description') ?? name;
  const [uri, version] = [row.uri('uri'), row.text('version')];
  const record = { id, name, description, ...(uri ? { uri } : {}), ...(version ? { version } : {}) };
  row.recordId = id;
  putFuller(row, row.context.taxonomies, id, record);
  return [];
}

export function serviceTaxonomy(row: RowReader): Part[] {
  const owner = row.owner('service');
  const term = row.idOf('taxonomy_term', row.required('taxonomy_id', 'taxonomy_term_id'));
  if (!row.context.terms.has(term)) row.reject('term-absent', 'taxonomy_id names a term that is not there');
  const part = termOn(row, owner.slice('service:'.length), term, row.text('taxonomy_detail'));
  return [{ ...part, id: row.idOrDerived() }];
}

/** `services.taxonomy_ids`, which HSDS 1.1 calls deprecated: a comma list of terms. */
export function termsOfDeprecatedColumn(row: RowReader, serviceId: string): Part[] {
  return row.list('taxonomy_ids').flatMap((source) => {
    const term = row.idOf('taxonomy_term', source);
    if (row.context.terms.has(term)) return [termOn(row, serviceId, term)];
    row.note('term-absent', `taxonomy_ids names ${source}, which is not there`);
    return [];
  });
}

/** @param term the id that the dataset has for it; the term itself is put in when all of them are read */
export const termOn = (row: RowReader, serviceId: string, term: string, value?: string): Part => ({
  kind: 'attribute',
  id: row.idWithin(serviceId, 'term', row.context.terms.get(term)!.id),
  owner: keyOf('service', serviceId),
  record: { link_type: 'service_category', link_entity: 'service', value, taxonomy_term: term },
});
