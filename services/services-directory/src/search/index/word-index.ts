import SearchableMap from 'minisearch/SearchableMap';
import { errorsAllowed, type WordMatch } from '../../domain/search/ranking.js';
import { wordsIn } from '../../domain/words.js';
import { PackedColumn, type PackedState } from './packed-column.js';
import { grown } from './slot-set.js';

/** A word of the directory, with the services that hold it and the fields where it stands there. */
export interface Word {
  text: string;
  number: number;
  /** Ascending; the first `size` count. */
  slots: Uint32Array;
  /** Beside each slot: bit n is field n of `FIELDS`. */
  masks: Uint8Array;
  size: number;
  /** While the words of one service are gathered, the fields where it stands; else 0. */
  collected: number;
}

/** How a typed word is read. */
export interface Reading {
  typed: string;
  /** `none`: nothing in the directory is like it. */
  match: WordMatch | 'none';
  words: { word: Word; match: WordMatch }[];
}

export interface WordIndexState {
  /** By number; those that are not in use are empty. */
  texts: string[];
  bySlot: PackedState;
}

/** Services or words that are taken over at one step. */
const IN_ONE_GO = 2_000;
/** Bits for the fields beside the number of a word in the list of a service. */
const FIELD_BITS = 7;
const SHORTEST_PREFIX = 2;

/** Which services hold which words, over a radix tree that finds beginnings and similar words. */
export class WordIndex {
  private readonly tree = new SearchableMap<Word>();
  /** The same words, since asking a tree for one of them takes ten times as long. */
  private readonly byText = new Map<string, Word>();
  private readonly words: (Word | undefined)[] = [];
  private readonly free: number[] = [];
  /** For each slot its words: number and mask in one. */
  private readonly bySlot = new PackedColumn();

  get size(): number {
    return this.byText.size;
  }

  /**
   * Sets the words of a service; what it held before and holds still is not touched.
   * @param fields the texts of each field, in the order of `FIELDS`
   */
  set(slot: number, fields: readonly (readonly string[])[]): void {
    const before = new Map<number, number>();
    for (const entry of this.entriesOf(slot)) before.set(entry >>> FIELD_BITS, entry & 127);
    const found = this.collect(fields);
    const entries = new Uint32Array(found.length);
    for (const [at, word] of found.entries()) {
      const { number, collected: mask } = word;
      const old = before.get(number);
      if (old === undefined) insert(word, slot, mask);
      else if (old !== mask) word.masks[positionOf(word, slot)] = mask;
      before.delete(number);
      entries[at] = number * 128 + mask;
      word.collected = 0;
    }
    for (const number of before.keys()) this.take(number, slot);
    this.bySlot.set(slot, new Uint8Array(entries.buffer));
  }

  /** The distinct words of some texts, which are marked with the fields where they stand until they are set. */
  private collect(fields: readonly (readonly string[])[]): Word[] {
    const found: Word[] = [];
    for (const [field, texts] of fields.entries())
      for (const text of texts)
        for (const one of wordsIn(text)) {
          const word = this.byText.get(one) ?? this.create(one);
          if (word.collected === 0) found.push(word);
          word.collected |= 1 << field;
        }
    return found;
  }

  remove(slot: number): void {
    for (const entry of this.entriesOf(slot)) this.take(entry >>> FIELD_BITS, slot);
    this.bySlot.clear(slot);
  }

  /** The fields in which a service holds a word; 0 where it does not. */
  maskOf(word: Word, slot: number): number {
    const at = positionOf(word, slot);
    return at < word.size && word.slots[at] === slot ? word.masks[at]! : 0;
  }

  /**
   * Reads a typed word: as it stands and as the beginning of others where there are any, else as a typing error of
   * those that are most like it. So a word that is written right brings nothing that is merely similar.
   */
  read(typed: string): Reading {
    const exact = this.byText.get(typed);
    const words: Reading['words'] = exact ? [{ word: exact, match: 'exact' }] : [];
    for (const word of this.beginningWith(typed)) if (word !== exact) words.push({ word, match: 'prefix' });
    if (words.length > 0) return { typed, match: exact ? 'exact' : 'prefix', words };
    const similar = this.similarTo(typed).map((word) => ({ word, match: 'similar' as const }));
    return { typed, match: similar.length > 0 ? 'similar' : 'none', words: similar };
  }

  *beginningWith(typed: string): Generator<Word> {
    if (typed.length < SHORTEST_PREFIX) return;
    for (const [, word] of this.tree.atPrefix(typed)) yield word;
  }

  /**
   * The words with the fewest errors, of as many as a word of that length may have: a letter too many, too few or wrong
   * (Levenshtein) is one, and so are two neighbours that changed places.
   */
  similarTo(typed: string): Word[] {
    const allowed = errorsAllowed(typed);
    if (allowed === 0) return [];
    const found: { word: Word; errors: number }[] = [];
    for (const [, [word, errors]] of this.tree.fuzzyGet(typed, allowed)) if (errors > 0) found.push({ word, errors });
    for (let at = 1; at < typed.length; at += 1) {
      const swapped = typed.slice(0, at - 1) + typed[at]! + typed[at - 1]! + typed.slice(at + 1);
      const word = swapped === typed ? undefined : this.byText.get(swapped);
      if (word) found.push({ word, errors: 1 });
    }
    const fewest = Math.min(...found.map(({ errors }) => errors));
    return [...new Set(found.filter(({ errors }) => errors === fewest).map(({ word }) => word))];
  }

  state(): WordIndexState {
    const texts = Array.from(this.words, (word) => word?.text ?? '');
    return { texts, bySlot: this.bySlot.state() };
  }

  /** Takes over a state, some of it at each step, while it holds nothing. */
  *restore({ texts, bySlot }: WordIndexState): Generator<void> {
    this.bySlot.restore(bySlot);
    const sizes = new Uint32Array(texts.length);
    const { length } = bySlot.places.size;
    yield* inSteps(length, (slot) => {
      for (const entry of this.entriesOf(slot)) sizes[entry >>> FIELD_BITS]! += 1;
    });
    yield* inSteps(texts.length, (number) => {
      if (texts[number]) this.add(texts[number], number, sizes[number]!);
      else this.free.push(number);
    });
    yield* inSteps(length, (slot) => {
      for (const entry of this.entriesOf(slot)) append(this.words[entry >>> FIELD_BITS]!, slot, entry & 127);
    });
  }

  private entriesOf(slot: number): Uint32Array {
    const { buffer, byteOffset, byteLength } = this.bySlot.get(slot);
    return new Uint32Array(buffer, byteOffset, byteLength / 4);
  }

  private create(text: string): Word {
    return this.add(text, this.free.pop() ?? this.words.length, 2);
  }

  /** @param room services that it may be in before its row has to grow */
  private add(text: string, number: number, room: number): Word {
    const word: Word = {
      text,
      number,
      slots: new Uint32Array(room),
      masks: new Uint8Array(room),
      size: 0,
      collected: 0,
    };
    this.words[number] = word;
    this.tree.set(text, word);
    this.byText.set(text, word);
    return word;
  }

  private take(number: number, slot: number): void {
    const word = this.words[number]!;
    const at = positionOf(word, slot);
    word.slots.copyWithin(at, at + 1, word.size);
    word.masks.copyWithin(at, at + 1, word.size);
    word.size -= 1;
    if (word.size > 0) return;
    this.tree.delete(word.text);
    this.byText.delete(word.text);
    this.words[number] = undefined;
    this.free.push(number);
  }
}

function* inSteps(count: number, work: (at: number) => void): Generator<void> {
  for (let at = 0; at < count; at += 1) {
    work(at);
    if (at % IN_ONE_GO === IN_ONE_GO - 1) yield;
  }
}

/** Adds a slot that comes after all others, where there is room for it. */
function append(word: Word, slot: number, mask: number): void {
  word.slots[word.size] = slot;
  word.masks[word.size] = mask;
  word.size += 1;
}

function insert(word: Word, slot: number, mask: number): void {
  word.slots = grown(word.slots, word.size + 1);
  word.masks = grown(word.masks, word.size + 1);
  const at = word.size === 0 || word.slots[word.size - 1]! < slot ? word.size : positionOf(word, slot);
  word.slots.copyWithin(at + 1, at, word.size);
  word.masks.copyWithin(at + 1, at, word.size);
  word.slots[at] = slot;
  word.masks[at] = mask;
  word.size += 1;
}

/** Where a slot stands among those of a word, or would stand. */
function positionOf({ slots, size }: Word, slot: number): number {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (slots[middle]! < slot) low = middle + 1;
    else high = middle;
  }
  return low;
}
