import type { HsdsAttribute, HsdsServiceContent, HsdsTaxonomyTerm } from './hsds.js';

/** A service with these terms as they are now, wherever one of its own attributes carries one of them. */
export function withTerms(
  content: HsdsServiceContent,
  terms: ReadonlyMap<string, HsdsTaxonomyTerm>,
): HsdsServiceContent {
  if (!content.attributes || terms.size === 0) return content;
  return { ...content, attributes: content.attributes.map((attribute) => withTerm(attribute, terms)) };
}

function withTerm(attribute: HsdsAttribute, terms: ReadonlyMap<string, HsdsTaxonomyTerm>): HsdsAttribute {
  const term = attribute.taxonomy_term && terms.get(attribute.taxonomy_term.id);
  return term ? { ...attribute, taxonomy_term: term } : attribute;
}
