import type { HsdsAttribute, HsdsTaxonomy, HsdsTaxonomyTerm } from './hsds.js';

/** A record with these terms as they are now, wherever one of its own attributes carries one of them. */
export function withTerms<Content extends { attributes?: HsdsAttribute[] }>(
  content: Content,
  terms: ReadonlyMap<string, HsdsTaxonomyTerm>,
): Content {
  if (!content.attributes || terms.size === 0) return content;
  return { ...content, attributes: content.attributes.map((attribute) => withTerm(attribute, terms)) };
}

function withTerm(attribute: HsdsAttribute, terms: ReadonlyMap<string, HsdsTaxonomyTerm>): HsdsAttribute {
  const term = attribute.taxonomy_term && terms.get(attribute.taxonomy_term.id);
  return term ? { ...attribute, taxonomy_term: term } : attribute;
}

/** A term with its taxonomy as it is now. The name of the taxonomy goes with it, unless the term called it otherwise. */
export function withTaxonomy(term: HsdsTaxonomyTerm, taxonomies: ReadonlyMap<string, HsdsTaxonomy>): HsdsTaxonomyTerm {
  const before = term.taxonomy_detail;
  const now = before && taxonomies.get(before.id);
  if (!now) return term;
  return { ...term, ...(term.taxonomy === before.name ? { taxonomy: now.name } : {}), taxonomy_detail: now };
}
