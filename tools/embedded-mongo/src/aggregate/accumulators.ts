/** The accumulators of `$group`: values in, one value out. */
import { fitsInt, fitsLong, isInteger, toDecimal } from '../bson/arithmetic.js';
import { compare, isNumber, toDouble, type Numeric } from '../bson/compare.js';
import { Decimal, addDecimals, divideDecimals, exactDecimal } from '../bson/decimal.js';
import { keyOf } from '../bson/key.js';
import { Double, isNull, type Doc, type Value } from '../bson/values.js';
import { mergeInto } from '../expression/arrays.js';

export interface Accumulator {
  add(v: Value | undefined): void;
  result(): Value;
}

/** A sum in twice the precision of a double, as the server keeps it, so that the order of addition does not show. */
class Sum {
  #integers = 0n;
  #high = 0;
  #low = 0;
  #special = 0;
  #decimal?: Decimal;
  #widest: 'int' | 'long' | 'double' = 'int';
  count = 0;

  add(v: Numeric): void {
    this.count += 1;
    if (v instanceof Decimal) this.#decimal = this.#decimal ? addDecimals(this.#decimal, v) : v;
    else if (isInteger(v)) {
      this.#integers += BigInt(v);
      if (typeof v === 'bigint' && this.#widest === 'int') this.#widest = 'long';
    } else {
      this.#widest = 'double';
      this.#addDouble(v.value);
    }
  }

  #addDouble(n: number): void {
    if (!Number.isFinite(n)) {
      this.#special += n;
      return;
    }
    const sum = this.#high + n;
    const part = sum - this.#high;
    this.#low += this.#high - (sum - part) + (n - part);
    this.#high = sum;
  }

  #asDouble(): number {
    if (this.#special !== 0) return this.#special;
    const whole = Number(this.#integers);
    const rest = Number(this.#integers - BigInt(whole));
    const sum = this.#high + whole;
    const part = sum - this.#high;
    return sum + (this.#low + (this.#high - (sum - part) + (whole - part)) + rest);
  }

  #asDecimal(): Decimal {
    const plain = this.#widest === 'double' ? exactDecimal(this.#asDouble()) : toDecimal(this.#integers);
    return addDecimals(this.#decimal!, plain);
  }

  total(): Numeric {
    if (this.#decimal) return this.#asDecimal();
    if (this.#widest === 'double') return new Double(this.#asDouble());
    if (this.#widest === 'int' && fitsInt(this.#integers)) return Number(this.#integers);
    return fitsLong(this.#integers) ? this.#integers : new Double(Number(this.#integers));
  }

  mean(): Numeric | null {
    if (!this.count) return null;
    if (this.#decimal) return divideDecimals(this.#asDecimal(), toDecimal(this.count));
    return new Double(this.#asDouble() / this.count);
  }
}

const summing = (result: (s: Sum) => Value) => (): Accumulator => {
  const sum = new Sum();
  return {
    add: (v) => {
      if (isNumber(v)) sum.add(v);
    },
    result: () => result(sum),
  };
};

const extreme = (wins: (c: number) => boolean) => (): Accumulator => {
  let best: Value | undefined;
  return {
    add: (v) => {
      if (!isNull(v) && (best === undefined || wins(compare(v, best)))) best = v;
    },
    result: () => best ?? null,
  };
};

function first(): Accumulator {
  let [seen, value]: [boolean, Value | undefined] = [false, undefined];
  return {
    add: (v) => {
      if (!seen) [seen, value] = [true, v];
    },
    result: () => value ?? null,
  };
}

function last(): Accumulator {
  let value: Value | undefined;
  return { add: (v) => void (value = v), result: () => value ?? null };
}

function push(): Accumulator {
  const list: Value[] = [];
  return {
    add: (v) => {
      if (v !== undefined) list.push(v);
    },
    result: () => list,
  };
}

function addToSet(): Accumulator {
  const set = new Map<string, Value>();
  return {
    add: (v) => {
      if (v === undefined) return;
      const key = keyOf(v);
      if (!set.has(key)) set.set(key, v);
    },
    result: () => [...set.values()],
  };
}

function mergeObjects(): Accumulator {
  const out: Doc = new Map();
  return { add: (v) => mergeInto(out, v), result: () => out };
}

/** Welford's method over numbers as doubles; null where there are too few. */
const deviation = (least: number) => (): Accumulator => {
  let [n, mean, squares] = [0, 0, 0];
  return {
    add: (v) => {
      if (!isNumber(v)) return;
      const x = toDouble(v);
      n += 1;
      const delta = x - mean;
      mean += delta / n;
      squares += delta * (x - mean);
    },
    result: () => (n < least ? null : new Double(Math.sqrt(squares / (n - least + 1)))),
  };
};

export const ACCUMULATORS: Record<string, () => Accumulator> = {
  $sum: summing((s) => s.total()),
  $avg: summing((s) => s.mean()),
  $min: extreme((c) => c < 0),
  $max: extreme((c) => c > 0),
  $first: first,
  $last: last,
  $push: push,
  $addToSet: addToSet,
  $mergeObjects: mergeObjects,
  $stdDevPop: deviation(1),
  $stdDevSamp: deviation(2),
};
