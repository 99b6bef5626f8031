import { grown } from './slot-set.js';

/** By number; a number that is not in use has no uses. */
export interface SharedState<Value> {
  keys: string[];
  values: (Value | undefined)[];
  uses: number[];
}

/**
 * Keeps each distinct value once, under a number. What thousands of services have in common (a rule, an age limit, the
 * border of a county) is so asked once in a query, and not once a service.
 */
export class SharedValues<Value> {
  private readonly numbers = new Map<string, number>();
  private values: (Value | undefined)[] = [];
  private keys: string[] = [];
  private uses: number[] = [];
  private readonly free: number[] = [];

  /** So many numbers were ever given out at once: arrays by number have this length. */
  get length(): number {
    return this.values.length;
  }

  /** The number of a value, kept from now on until it is released as often. */
  keep(key: string, make: (number: number) => Value): number {
    const known = this.numbers.get(key);
    if (known !== undefined) {
      this.uses[known]! += 1;
      return known;
    }
    const number = this.free.pop() ?? this.values.length;
    this.numbers.set(key, number);
    this.values[number] = make(number);
    this.keys[number] = key;
    this.uses[number] = 1;
    return number;
  }

  /** Answers whether that was its last use, so that it is gone. */
  release(number: number): boolean {
    this.uses[number]! -= 1;
    if (this.uses[number]! > 0) return false;
    this.numbers.delete(this.keys[number]!);
    this.values[number] = undefined;
    this.keys[number] = '';
    this.free.push(number);
    return true;
  }

  get(number: number): Value {
    return this.values[number] as Value;
  }

  /** One small number for each value, by its number. Those that nobody uses are 0. */
  mapped(of: (value: Value) => number): Uint8Array {
    const results = new Uint8Array(this.values.length);
    for (let number = 0; number < this.values.length; number += 1) {
      const value = this.values[number];
      if (value !== undefined) results[number] = of(value);
    }
    return results;
  }

  state(): SharedState<Value> {
    return { keys: this.keys, values: this.values, uses: this.uses };
  }

  /** Takes over a state, while it holds nothing. */
  restore({ keys, values, uses }: SharedState<Value>): void {
    Object.assign(this, { keys, values, uses });
    for (const [number, key] of keys.entries())
      if (uses[number]! > 0) this.numbers.set(key, number);
      else this.free.push(number);
  }
}

/** Numbers by slot, and what they stand for. */
export interface ColumnState<Value> {
  numbers: Uint32Array;
  values: SharedState<Value>;
}

/** For each slot the number of a shared value. */
export class SharedColumn<Value> {
  readonly values = new SharedValues<Value>();
  numbers: Uint32Array = new Uint32Array(0);

  set(slot: number, value: Value, key = JSON.stringify(value)): void {
    this.numbers = grown(this.numbers, slot + 1);
    this.numbers[slot] = this.values.keep(key, () => value);
  }

  get(slot: number): Value {
    return this.values.get(this.numbers[slot]!);
  }

  clear(slot: number): void {
    this.values.release(this.numbers[slot]!);
  }

  state(): ColumnState<Value> {
    return { numbers: this.numbers, values: this.values.state() };
  }

  restore({ numbers, values }: ColumnState<Value>): void {
    this.numbers = numbers;
    this.values.restore(values);
  }
}
