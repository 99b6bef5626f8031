import { SharedValues, type SharedState } from './shared-values.js';
import { grown } from './slot-set.js';

/**
 * Keeps each distinct list of numbers once, under a number, all of them in one row: a query goes through tens of
 * thousands, which would be slow if each lay somewhere else in memory.
 */
export class SharedLists {
  private readonly lists = new SharedValues<readonly number[]>();
  private items = new Uint32Array(0);
  private starts = new Uint32Array(0);
  private ends = new Uint32Array(0);
  private used = 0;
  private live = 0;

  get length(): number {
    return this.lists.length;
  }

  /** The number of a list, kept from now on until it is released as often. */
  keep(list: readonly number[]): number {
    let isNew = false;
    const number = this.lists.keep(list.join(), () => {
      isNew = true;
      return list;
    });
    if (isNew) {
      this.live += list.length;
      this.starts = grown(this.starts, number + 1);
      this.ends = grown(this.ends, number + 1);
      if (this.used > 1024 && this.used > 2 * this.live) this.moveTogether();
      else this.place(number, list);
    }
    return number;
  }

  release(number: number): void {
    const { length } = this.lists.get(number);
    if (this.lists.release(number)) this.live -= length;
  }

  get(number: number): readonly number[] {
    return this.lists.get(number);
  }

  /** One small number for each list, which is the part of `items` between two places. */
  mapped(of: (items: Uint32Array, from: number, to: number) => number): Uint8Array {
    const results = new Uint8Array(this.length);
    for (let number = 0; number < results.length; number += 1)
      results[number] = of(this.items, this.starts[number]!, this.ends[number]!);
    return results;
  }

  state(): SharedState<readonly number[]> {
    return this.lists.state();
  }

  restore(state: SharedState<readonly number[]>): void {
    this.lists.restore(state);
    const { length } = this;
    [this.starts, this.ends] = [new Uint32Array(length), new Uint32Array(length)];
    for (let number = 0; number < length; number += 1) {
      const list = this.lists.get(number) ?? [];
      this.place(number, list);
      this.live += list.length;
    }
  }

  private place(number: number, list: readonly number[]): void {
    this.items = grown(this.items, this.used + list.length);
    this.items.set(list, this.used);
    this.starts[number] = this.used;
    this.ends[number] = this.used += list.length;
  }

  /** Closes the gaps that released lists have left. */
  private moveTogether(): void {
    this.used = 0;
    this.starts.fill(0);
    this.ends.fill(0);
    for (let number = 0; number < this.length; number += 1) this.place(number, this.lists.get(number) ?? []);
  }
}

export interface ListColumnState {
  numbers: Uint32Array;
  isSet: Uint8Array;
  lists: SharedState<readonly number[]>;
}

/** For each slot the number of a shared list. */
export class ListColumn {
  readonly lists = new SharedLists();
  numbers = new Uint32Array(0);
  private isSet = new Uint8Array(0);

  has(slot: number): boolean {
    return this.isSet[slot] === 1;
  }

  /** Sets the list of a slot, in place of the one that it has. */
  set(slot: number, list: readonly number[]): void {
    const number = this.lists.keep(list);
    this.clear(slot);
    this.numbers = grown(this.numbers, slot + 1);
    this.isSet = grown(this.isSet, slot + 1);
    this.numbers[slot] = number;
    this.isSet[slot] = 1;
  }

  get(slot: number): readonly number[] {
    return this.lists.get(this.numbers[slot]!);
  }

  clear(slot: number): void {
    if (!this.has(slot)) return;
    this.lists.release(this.numbers[slot]!);
    this.isSet[slot] = 0;
  }

  state(): ListColumnState {
    return { numbers: this.numbers, isSet: this.isSet, lists: this.lists.state() };
  }

  restore({ numbers, isSet, lists }: ListColumnState): void {
    Object.assign(this, { numbers, isSet });
    this.lists.restore(lists);
  }
}
