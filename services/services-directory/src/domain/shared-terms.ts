import type { HsdsTaxonomy, HsdsTaxonomyTerm } from './hsds.js';

/** A taxonomy with its terms, parents before their children. */
export interface TaxonomyWithTerms {
  taxonomy: HsdsTaxonomy;
  terms: readonly HsdsTaxonomyTerm[];
}

/** What a dataset says of a term. */
export interface TermToMatch {
  /** Name of the taxonomy. */
  taxonomy?: string | undefined;
  code?: string | undefined;
  name: string;
  /** Name of the term above it. */
  parentName?: string | undefined;
}

const plain = (text: string): string => text.trim().toLowerCase().replace(/\s+/g, ' ');

/**
 * The taxonomies that every directory has. A term of a dataset that is one of theirs is recognised, so that services of
 * all datasets are found by the same term:
 *
 * - in a taxonomy of the same name: by its code, or by its name where only one term has it (below that parent, if one is
 *   named);
 * - where the dataset names no taxonomy: by its name together with the name of its parent.
 *
 * A term of any other taxonomy, AIRS/211 among them, is left as it is: its codes mean nothing here.
 */
export class SharedTerms {
  private readonly byTaxonomy: ReadonlyMap<string, TaxonomyWithTerms>;
  private readonly ids: ReadonlySet<string>;
  private readonly names: ReadonlyMap<string, HsdsTaxonomyTerm>;

  constructor(readonly taxonomies: readonly TaxonomyWithTerms[]) {
    this.byTaxonomy = new Map(taxonomies.map((one) => [plain(one.taxonomy.name), one]));
    this.ids = new Set(taxonomies.flatMap(({ taxonomy, terms }) => [taxonomy.id, ...terms.map(({ id }) => id)]));
    this.names = new Map(taxonomies.flatMap(({ terms }) => terms.map((term) => [term.id, term])));
  }

  /** Whether a taxonomy or a term of this id is among them. */
  has(id: string): boolean {
    return this.ids.has(id);
  }

  taxonomyNamed(name: string): HsdsTaxonomy | undefined {
    return this.byTaxonomy.get(plain(name))?.taxonomy;
  }

  termFor({ taxonomy, code, name, parentName }: TermToMatch): HsdsTaxonomyTerm | undefined {
    if (taxonomy === undefined) {
      if (!parentName) return undefined;
      return only(this.taxonomies.flatMap(({ terms }) => this.named(terms, name, parentName)));
    }
    const terms = this.byTaxonomy.get(plain(taxonomy))?.terms ?? [];
    return terms.find((term) => code && term.code === code) ?? only(this.named(terms, name, parentName));
  }

  private named(terms: readonly HsdsTaxonomyTerm[], name: string, parentName?: string): HsdsTaxonomyTerm[] {
    return terms.filter((term) => {
      if (plain(term.name) !== plain(name)) return false;
      const parent = term.parent_id ? this.names.get(term.parent_id) : undefined;
      return !parentName || (parent !== undefined && plain(parent.name) === plain(parentName));
    });
  }
}

const only = <T>(found: readonly T[]): T | undefined => (found.length === 1 ? found[0] : undefined);
