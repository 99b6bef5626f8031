import type { HsdsTaxonomyTerm } from '../hsds.js';
import { keyOf, type Part, type RowReader } from './row-reader.js';

/** A term is a record of its own, and waits in the context for the services that carry it. */
export function taxonomyTerm(row: RowReader): Part[] {
  const source = row.required('id');
  const name = row.required('name');
  const vocabulary = row.text('vocabulary');
  const id = row.idOf('taxonomy_term', source);
  const parent = row.text('parent_id');
  const term: HsdsTaxonomyTerm = {
    id,
    code: source,
    name,
    description: name,
    ...(parent && parent !== '0' ? { parent_id: row.idOf('taxonomy_term', parent) } : {}),
    ...(vocabulary ? { taxonomy: vocabulary, taxonomy_detail: taxonomyDetail(row, vocabulary) } : {}),
  };
  row.text('parent_name');
  row.context.terms.set(id, term);
  return [];
}

const taxonomyDetail = (row: RowReader, name: string) => ({
  id: row.context.deriveId('hsds', 'taxonomy', name),
  name,
  description: name,
});

export function serviceTaxonomy(row: RowReader): Part[] {
  const owner = row.owner('service');
  const term = row.context.terms.get(row.idOf('taxonomy_term', row.required('taxonomy_id')));
  if (!term) row.reject('term-absent', 'taxonomy_id names a term that is not there');
  const part = termOn(row, owner.slice('service:'.length), term, row.text('taxonomy_detail'));
  return [{ ...part, id: row.idOrDerived() }];
}

/** `services.taxonomy_ids`, which HSDS 1.1 calls deprecated: a comma list of terms. */
export function termsOfDeprecatedColumn(row: RowReader, serviceId: string): Part[] {
  return (row.text('taxonomy_ids') ?? '').split(/\s*,\s*/).flatMap((source) => {
    if (!source) return [];
    const term = row.context.terms.get(row.idOf('taxonomy_term', source));
    if (term) return [termOn(row, serviceId, term)];
    row.note('term-absent', `taxonomy_ids names ${source}, which is not there`);
    return [];
  });
}

export const termOn = (row: RowReader, serviceId: string, term: HsdsTaxonomyTerm, value?: string): Part => ({
  kind: 'attribute',
  id: row.idWithin(serviceId, 'term', term.id),
  owner: keyOf('service', serviceId),
  record: { link_type: 'service_category', link_entity: 'service', value, taxonomy_term: term },
});
