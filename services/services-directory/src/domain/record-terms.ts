import type { HsdsAttribute, HsdsTaxonomy, HsdsTaxonomyTerm } from './hsds.js';

/** A record with these terms as they are now, wherever one of its parts carries one of them. */
export function withTerms<Content extends object>(
  content: Content,
  terms: ReadonlyMap<string, HsdsTaxonomyTerm>,
): Content {
  return terms.size === 0 ? content : (renewed(content, terms) as Content);
}

/** The same value where it carries none of them. */
function renewed(value: unknown, terms: ReadonlyMap<string, HsdsTaxonomyTerm>): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => renewed(item, terms));
    return items.some((item, at) => item !== value[at]) ? items : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  let copy: Record<string, unknown> | undefined;
  for (const [field, inner] of Object.entries(value)) {
    const now = field === 'taxonomy_term' ? termNow(inner as HsdsTaxonomyTerm, terms) : renewed(inner, terms);
    if (now !== inner) (copy ??= { ...value })[field] = now;
  }
  return copy ?? value;
}

const termNow = (term: HsdsTaxonomyTerm, terms: ReadonlyMap<string, HsdsTaxonomyTerm>): HsdsTaxonomyTerm =>
  terms.get(term.id) ?? term;

/** The ids of the terms that a record and its parts carry, each once. */
export function carriedTermIds(content: object): string[] {
  const ids = new Set<string>();
  const collect = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(collect);
    else if (typeof value === 'object' && value !== null) {
      const { taxonomy_term: term } = value as HsdsAttribute;
      if (term) ids.add(term.id);
      Object.values(value).forEach(collect);
    }
  };
  collect(content);
  return [...ids];
}

/** A term with its taxonomy as it is now. The name of the taxonomy goes with it, unless the term called it otherwise. */
export function withTaxonomy(term: HsdsTaxonomyTerm, taxonomies: ReadonlyMap<string, HsdsTaxonomy>): HsdsTaxonomyTerm {
  const before = term.taxonomy_detail;
  const now = before && taxonomies.get(before.id);
  if (!now) return term;
  return { ...term, ...(term.taxonomy === before.name ? { taxonomy: now.name } : {}), taxonomy_detail: now };
}
