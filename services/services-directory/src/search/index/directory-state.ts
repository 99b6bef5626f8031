import { deserialize, serialize } from 'node:v8';
import type { ServiceStatus } from '../../domain/hsds.js';
import type { FitAspect } from '../../domain/search/client-fit.js';
import type { Opening } from '../../domain/search/opening.js';
import type { Area } from '../../domain/search/reach.js';
import type { ListedFacet } from '../../domain/search/search-query.js';
import type { PackedState } from './packed-column.js';
import type { ListColumnState } from './shared-lists.js';
import type { ColumnState, SharedState } from './shared-values.js';
import type { TermTreeState } from './term-tree.js';
import type { WordIndexState } from './word-index.js';

/**
 * The edition of what an index holds. It must grow with every change of what is read from a record, of how a row is
 * made, or of `DirectoryState`: what another edition has written is not read. `directory-state.spec.ts` sees to it.
 */
export const STATE_EDITION = 1;

/** All that an index holds, see `DirectoryIndex`. */
export interface DirectoryState {
  columns: {
    ids: (string | undefined)[];
    categoryIds: string[];
    assuredDays: Int32Array;
    roomDays: Int32Array;
    fullDays: Int32Array;
    placesUnknown: Uint8Array;
    vectors: Float64Array;
    moreVectors: Map<number, Float64Array>;
    idOrder: Float64Array;
  };
  organizationNames: Map<string, string>;
  terms: TermTreeState;
  statuses: [ServiceStatus, Uint32Array][];
  facets: Record<ListedFacet, [string, Uint32Array][]>;
  openings: SharedState<Opening>;
  hours: ListColumnState;
  areas: SharedState<Area>;
  areasServed: ListColumnState;
  organizations: ColumnState<string>;
  fit: Record<FitAspect, ColumnState<unknown>>;
  placed: ListColumnState;
  kept: PackedState;
  words: WordIndexState;
}

type Part = ['kept' | 'words', Uint8Array] | [keyof DirectoryState, object];

/** A state in pieces of at most some megabytes, each of which takes a few milliseconds. */
export function* piecesOf({ kept, words, ...others }: DirectoryState): Generator<Buffer> {
  const { blocks, ...places } = kept;
  const { bySlot, ...texts } = words;
  const small = { ...others, kept: { ...places, blocks: [] }, words: { ...texts, bySlot: { ...bySlot, blocks: [] } } };
  for (const part of Object.entries(small) as Part[]) yield serialize(part);
  for (const block of blocks) yield serialize(['kept', block] satisfies Part);
  for (const block of bySlot.blocks) yield serialize(['words', block] satisfies Part);
}

/** Puts the pieces of a state together again, in their order. */
export class StateReader {
  private readonly state: Partial<DirectoryState> = {};

  take(piece: Buffer): void {
    // a view of the piece, which does not begin where numbers may lie: hence the copies
    const [name, value] = deserialize(piece) as Part;
    if (!(value instanceof Uint8Array)) Object.assign(this.state, { [name]: value });
    else this.blocksOf(name).push(value.slice());
  }

  private blocksOf(name: keyof DirectoryState): Uint8Array[] {
    const { kept, words } = this.state;
    return name === 'kept' ? kept!.blocks : words!.bySlot.blocks;
  }

  /** After the last piece. */
  whole(): DirectoryState {
    return this.state as DirectoryState;
  }
}
