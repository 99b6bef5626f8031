import { Refusal } from '@throughline/shared/domain';
import type { HsdsTaxonomy, HsdsTaxonomyTerm, HsdsUnit } from '../domain/hsds.js';
import { assembleCarried, type PartTree } from '../domain/import/assemble.js';
import { asPart, settleTerms, type ReadValues } from '../domain/import/by-value.js';
import { keyOf, type Part, type PartKind, type ValueKind } from '../domain/import/row-reader.js';
import type { PartSpool } from './part-spool.js';

/** So many parts of one batch of records are more than any honest dataset has, and as many as memory may hold. */
const MAX_PARTS = 200_000;

/**
 * Everything that belongs in these records, at any depth. Only parts of the kinds given are asked for parts of theirs.
 * @param values what parts carry by value
 * @throws Refusal `record-too-large` where that is more than memory may hold
 */
export async function treeOf(
  parts: PartSpool,
  roots: readonly Part[],
  ownerKinds: ReadonlySet<PartKind>,
  values: ReadValues,
): Promise<PartTree> {
  const children = new Map<string, Part[]>();
  const singles = new Map<string, Part>();
  let frontier: readonly Part[] = roots;
  let count = 0;
  while (frontier.length > 0) {
    const linked = await parts.byKeys([...new Set(frontier.flatMap(linkedKeys))].filter((key) => !singles.has(key)));
    for (const part of linked) singles.set(keyOf(part.kind, part.id), part);
    const owners = [...frontier, ...linked].map((part) => keyOf(part.kind, part.id));
    const asked = owners.filter((key) => !children.has(key));
    for (const key of asked) children.set(key, []);
    const found = await parts.childrenOf(asked);
    count += found.length;
    if (count > MAX_PARTS)
      throw new Refusal(
        'invalid',
        'record-too-large',
        'some records that belong together are more than memory may hold',
      );
    for (const part of found) children.get(part.owner!)!.push(part);
    frontier = found.filter((part) => ownerKinds.has(part.kind) || linkedKeys(part).length > 0);
  }
  return { childrenOf: (key) => children.get(key) ?? [], find: (key) => singles.get(key), values };
}

/** What a part refers to without owning it: a service its programme, a service at a location that location. */
function linkedKeys({ record }: Part): string[] {
  const { program_id: program, location_id: location } = record as { program_id?: string; location_id?: string };
  return [...(program ? [keyOf('program', program)] : []), ...(location ? [keyOf('location', location)] : [])];
}

/** So many of them are described at once. */
const DESCRIBED_TOGETHER = 500;

/** Puts what describes taxonomies, terms and units into them. They are in memory, and their own records come first. */
export async function describe(parts: PartSpool, values: ReadValues, ownerKinds: ReadonlySet<PartKind>): Promise<void> {
  await describeAll<HsdsTaxonomy>('taxonomy', values.taxonomies, parts, values, ownerKinds);
  settleTerms(values);
  await describeAll<HsdsTaxonomyTerm>('taxonomy_term', values.terms, parts, values, ownerKinds);
  await describeAll<HsdsUnit>('unit', values.units, parts, values, ownerKinds);
}

async function describeAll<Value extends HsdsTaxonomy | HsdsTaxonomyTerm | HsdsUnit>(
  kind: ValueKind,
  place: Map<string, Value>,
  parts: PartSpool,
  values: ReadValues,
  ownerKinds: ReadonlySet<PartKind>,
): Promise<void> {
  if (!ownerKinds.has(kind)) return;
  const own = [...place.values()].flatMap((value) => (values.shared.has(value.id) ? [] : [asPart(kind, value)]));
  for (let first = 0; first < own.length; first += DESCRIBED_TOGETHER) {
    const roots = own.slice(first, first + DESCRIBED_TOGETHER);
    const tree = await treeOf(parts, roots, ownerKinds, values);
    for (const root of roots) place.set(root.id, assembleCarried<Value>(root, tree));
  }
}
