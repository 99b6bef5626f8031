import { bitCountOf, forEachSlot } from './slot-set.js';

/** Bits of the slots whose code is at least that. */
export function bitsOfCodes(codes: Uint8Array, least: number, words: number): Uint32Array {
  return bitsWhere(codes, words, (code) => code >= least);
}

/** Bits of the slots whose code is chosen. */
export function bitsWhere(codes: Uint8Array, words: number, chosen: (code: number) => boolean): Uint32Array {
  const bits = new Uint32Array(words);
  const isChosen = Uint8Array.from({ length: 256 }, (_, code) => (chosen(code) ? 1 : 0));
  for (let slot = 0; slot < codes.length; slot += 1) bits[slot >>> 5]! |= isChosen[codes[slot]!]! << (slot & 31);
  return bits;
}

/** Takes out of `target` what is not in `other`. */
export function keepCommon(target: Uint32Array, other: Uint32Array): void {
  for (let word = 0; word < target.length; word += 1) target[word]! &= other[word]!;
}

/** How often each code stands among the slots whose bit is set. */
export function codeCounts(codes: Uint8Array, bits: Uint32Array, kinds: number): number[] {
  const counts = new Array<number>(kinds).fill(0);
  forEachSlot(bits, (slot) => {
    counts[codes[slot]!]! += 1;
  });
  return counts;
}

/** A part of a query: which services it lets through, and whose facet it belongs to, if any. */
export interface Filter<Facet> {
  facet?: Facet;
  bits: Uint32Array;
}

/** What all filters let through, and what all but those of one facet do. */
export class Narrowed<Facet> {
  readonly all: Uint32Array;
  readonly total: number;

  constructor(private readonly filters: readonly Filter<Facet>[]) {
    this.all = this.common(filters);
    this.total = bitCountOf(this.all);
  }

  /** For counting a facet: what would be found if nothing of this facet were chosen. */
  without(facet: Facet): Uint32Array {
    const others = this.filters.filter((filter) => filter.facet !== facet);
    return others.length === this.filters.length ? this.all : this.common(others);
  }

  private common([first, ...rest]: readonly Filter<Facet>[]): Uint32Array {
    const bits = first!.bits.slice();
    for (const other of rest) keepCommon(bits, other.bits);
    return bits;
  }
}
