import { readFileSync } from 'node:fs';
import { derivedId } from '@throughline/shared/persistence';
import { z } from 'zod';
import { SharedTerms, type TaxonomyWithTerms } from '../domain/shared-terms.js';

/** A taxonomy as it stands in `data/taxonomies`, with where it comes from; see `data/README.md`. */
const taxonomyFile = z.strictObject({
  key: z.string(),
  name: z.string(),
  description: z.string(),
  uri: z.url().optional(),
  version: z.string().optional(),
  attribution: z.string(),
  terms: z.array(
    z.strictObject({
      code: z.string().optional(),
      name: z.string(),
      description: z.string().optional(),
      /** Code, or where there is none the name, of a term before this one. */
      parent: z.string().optional(),
    }),
  ),
});

function read(folder: string): TaxonomyWithTerms {
  const path = new URL(`../../data/taxonomies/${folder}/terms.json`, import.meta.url);
  const { key, name, description, uri, version, attribution, terms } = taxonomyFile.parse(
    JSON.parse(readFileSync(path, 'utf8')),
  );
  const taxonomy = {
    id: derivedId('hsds', key),
    name,
    description: `${description}. ${attribution}`,
    ...(uri ? { uri } : {}),
    ...(version ? { version } : {}),
  };
  const ids = new Map<string, string>();
  return {
    taxonomy,
    terms: terms.map(({ parent, code, ...term }) => {
      const id = derivedId('hsds', key, code ?? [parent ?? '', term.name].join('/'));
      const parentId = parent === undefined ? undefined : ids.get(parent);
      if (parent !== undefined && !parentId) throw new Error(`${folder}: ${parent} does not stand before ${term.name}`);
      ids.set(code ?? term.name, id);
      return {
        id,
        ...(code ? { code } : {}),
        name: term.name,
        description: term.description ?? term.name,
        ...(parentId ? { parent_id: parentId } : {}),
        taxonomy: name,
        taxonomy_detail: taxonomy,
      };
    }),
  };
}

/** The taxonomies that every directory begins with. */
export const sharedTerms = new SharedTerms(['open-eligibility', 'samhsa', 'diversion'].map(read));
