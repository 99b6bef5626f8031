import { languageName } from '../../domain/search/fit-vocabulary.js';
import { FACET_VALUES, type FacetValue, type ListedFacet } from '../../domain/search/search-query.js';
import type { DirectoryIndex } from './directory-index.js';
import { bitCountOf, forEachSlot } from './slot-set.js';

/** The most frequent values of a facet among the services whose bit is set, and those that were chosen. */
export function countValues(
  index: DirectoryIndex,
  facet: ListedFacet,
  bits: Uint32Array,
  chosen: readonly string[],
): FacetValue[] {
  const top = mostFrequent(index, facet, bits);
  for (const value of chosen)
    if (!top.some((one) => one.value === value))
      top.push({ value, count: index.facets[facet].get(value)?.countIn(bits) ?? 0 });
  return top.map(({ value, count }) => {
    const label = labelOf(index, facet, value);
    return { value, ...(label === undefined ? {} : { label }), count };
  });
}

interface Counted {
  value: string;
  count: number;
}

/** Fewer hits than this part of all are gone through one by one to count their categories. */
const FEW = 1 / 16;

function mostFrequent(index: DirectoryIndex, facet: ListedFacet, bits: Uint32Array): Counted[] {
  if (facet === 'organization') return organizations(index, bits);
  if (facet === 'category' && bitCountOf(bits) < index.size * FEW) return categories(index, bits);
  const top: Counted[] = [];
  for (const [value, set] of index.facets[facet]) {
    // a set that is smaller than the least of the full list cannot come into it
    if (top.length === FACET_VALUES && set.size < top[FACET_VALUES - 1]!.count) continue;
    enter(top, value, set.countIn(bits));
  }
  return top;
}

/** Of organizations there are thousands, and one to a service: the services are gone through, not the organizations. */
function organizations({ organizations: { numbers, values } }: DirectoryIndex, bits: Uint32Array): Counted[] {
  const counts = new Uint32Array(values.length);
  forEachSlot(bits, (slot) => {
    counts[numbers[slot]!]! += 1;
  });
  return listOf(counts, (number) => values.get(number));
}

function categories({ placed, categoryIds }: DirectoryIndex, bits: Uint32Array): Counted[] {
  const counts = new Uint32Array(categoryIds.length);
  forEachSlot(bits, (slot) => {
    for (const number of placed.get(slot)) counts[number]! += 1;
  });
  return listOf(counts, (number) => categoryIds[number]!);
}

function listOf(counts: Uint32Array, valueOf: (number: number) => string): Counted[] {
  const top: Counted[] = [];
  for (let number = 0; number < counts.length; number += 1) {
    const count = counts[number]!;
    if (count === 0 || (top.length === FACET_VALUES && count < top[FACET_VALUES - 1]!.count)) continue;
    enter(top, valueOf(number), count);
  }
  return top;
}

/** Enters a value into the list of the most frequent, if it belongs there. */
function enter(top: Counted[], value: string, count: number): void {
  const least = top.length === FACET_VALUES ? top[FACET_VALUES - 1]! : undefined;
  if (count === 0 || (least && !precedes(value, count, least))) return;
  if (least) top.pop();
  let at = top.length;
  while (at > 0 && precedes(value, count, top[at - 1]!)) at -= 1;
  top.splice(at, 0, { value, count });
}

const precedes = (value: string, count: number, other: Counted): boolean =>
  count === other.count ? value < other.value : count > other.count;

function labelOf(index: DirectoryIndex, facet: ListedFacet, value: string): string | undefined {
  if (facet === 'category') return index.terms.get(value)?.name;
  if (facet === 'organization') return index.organizationNames.get(value);
  return facet === 'language' ? languageName(value) : undefined;
}
