import { Decimal128 } from 'bson';

/**
 * IEEE 754-2008 decimal128, kept as the sixteen bytes that came in and read as digits only when something computes.
 * `coefficient * 10^exponent`, or one of the three specials.
 */
export class Decimal {
  #parts?: { coefficient: bigint; exponent: number };
  constructor(readonly raw: Decimal128) {}

  static of(coefficient: bigint, exponent: number): Decimal {
    const [c, e] = fit(coefficient, exponent);
    return Decimal.parse(`${c}E${e}`);
  }
  /** Throws a RangeError when the text is no decimal of 34 digits. */
  static parse(text: string): Decimal {
    return new Decimal(Decimal128.fromStringWithRounding(text));
  }
  get text(): string {
    return this.raw.toString();
  }
  get isNaN(): boolean {
    return (this.raw.bytes[15]! & 0x7c) === 0x7c;
  }
  get isNegative(): boolean {
    return (this.raw.bytes[15]! & 0x80) !== 0;
  }
  get isInfinite(): boolean {
    return (this.raw.bytes[15]! & 0x7c) === 0x78;
  }
  get parts(): { coefficient: bigint; exponent: number } {
    return (this.#parts ??= read(this.text));
  }
  /** The nearest double. */
  get double(): number {
    return Number(this.text);
  }
}

function read(text: string): { coefficient: bigint; exponent: number } {
  const m = /^([+-]?)(\d*)\.?(\d*)(?:E([+-]?\d+))?$/i.exec(text)!;
  const coefficient = BigInt(`${m[2]}${m[3]}` || '0');
  return { coefficient: m[1] === '-' ? -coefficient : coefficient, exponent: Number(m[4] ?? 0) - m[3]!.length };
}

const LIMIT = 10n ** 34n;
const abs = (n: bigint): bigint => (n < 0n ? -n : n);

/** At most 34 digits, rounded half to even as the server does. */
function fit(c: bigint, e: number): [bigint, number] {
  let digits = abs(c);
  const extra = digits.toString().length - 34;
  if (extra <= 0) return [c, e];
  const unit = 10n ** BigInt(extra);
  const rest = digits % unit;
  digits /= unit;
  if (rest * 2n > unit || (rest * 2n === unit && digits % 2n === 1n)) digits += 1n;
  return digits === LIMIT ? fit(c < 0n ? -digits : digits, e + extra) : [c < 0n ? -digits : digits, e + extra];
}

const align = (a: Decimal, b: Decimal): [bigint, bigint, number] => {
  const e = Math.min(a.parts.exponent, b.parts.exponent);
  const scale = (d: Decimal): bigint => d.parts.coefficient * 10n ** BigInt(d.parts.exponent - e);
  return [scale(a), scale(b), e];
};

const special = (f: (x: number, y: number) => number, a: Decimal, b: Decimal): Decimal | undefined => {
  const plain = (d: Decimal): boolean => !d.isNaN && !d.isInfinite;
  if (plain(a) && plain(b)) return undefined;
  const n = (d: Decimal): number => (d.isNaN ? NaN : d.isInfinite ? (d.isNegative ? -Infinity : Infinity) : d.double);
  return Decimal.parse(String(f(n(a), n(b))));
};

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const s = special((x, y) => x + y, a, b);
  if (s) return s;
  const [x, y, e] = align(a, b);
  return Decimal.of(x + y, e);
}
export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return (
    special((x, y) => x * y, a, b) ??
    Decimal.of(a.parts.coefficient * b.parts.coefficient, a.parts.exponent + b.parts.exponent)
  );
}
/** Quotient to 34 digits; the caller has excluded a divisor of zero. */
export function divideDecimals(a: Decimal, b: Decimal): Decimal {
  const s = special((x, y) => x / y, a, b);
  if (s) return s;
  let c = a.parts.coefficient;
  let e = a.parts.exponent - b.parts.exponent;
  if (c % b.parts.coefficient !== 0n) {
    const grow = 40 + abs(b.parts.coefficient).toString().length - abs(c).toString().length;
    if (grow > 0) {
      c *= 10n ** BigInt(grow);
      e -= grow;
    }
  }
  let q = c / b.parts.coefficient;
  while (e < a.parts.exponent - b.parts.exponent && q !== 0n && q % 10n === 0n) {
    q /= 10n;
    e += 1;
  }
  return Decimal.of(q, e);
}
export function modDecimals(a: Decimal, b: Decimal): Decimal {
  const s = special((x, y) => x % y, a, b);
  if (s) return s;
  const [x, y, e] = align(a, b);
  return Decimal.of(x % y, e);
}

/** A double as a decimal: fifteen significant digits, as the server converts for arithmetic. */
export function decimalFromDouble(n: number): Decimal {
  if (!Number.isFinite(n)) return Decimal.parse(Number.isNaN(n) ? 'NaN' : n > 0 ? 'Infinity' : '-Infinity');
  if (n === 0) return Decimal.parse(Object.is(n, -0) ? '-0' : '0');
  return Decimal.parse(n.toPrecision(15));
}

/** A double as a decimal as exactly as 34 digits allow: what sums use. */
export function exactDecimal(n: number): Decimal {
  if (!Number.isFinite(n) || n === 0) return decimalFromDouble(n);
  let { coefficient, exponent } = exactDouble(n);
  while (coefficient % 10n === 0n) {
    coefficient /= 10n;
    exponent += 1;
  }
  return exponent > 0 ? Decimal.of(coefficient * 10n ** BigInt(exponent), 0) : Decimal.of(coefficient, exponent);
}

/** The exact value of a finite double as `coefficient * 10^exponent`. */
export function exactDouble(n: number): { coefficient: bigint; exponent: number } {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, n);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = biased === 0 ? fraction : fraction | 0x10000000000000n;
  const power = (biased === 0 ? 1 : biased) - 1075;
  const sign = n < 0 ? -1n : 1n;
  return power >= 0
    ? { coefficient: sign * mantissa * 2n ** BigInt(power), exponent: 0 }
    : { coefficient: sign * mantissa * 5n ** BigInt(-power), exponent: power };
}

/** -1, 0 or 1 for two finite numbers given as coefficient and exponent. */
export function compareScaled(
  a: { coefficient: bigint; exponent: number },
  b: { coefficient: bigint; exponent: number },
): number {
  const e = Math.min(a.exponent, b.exponent);
  if (Math.max(a.exponent, b.exponent) - e > 7000) {
    const [x, y] = [Math.sign(Number(a.coefficient)), Math.sign(Number(b.coefficient))];
    if (x !== y || x === 0) return x < y ? -1 : x > y ? 1 : 0;
  }
  const x = a.coefficient * 10n ** BigInt(a.exponent - e);
  const y = b.coefficient * 10n ** BigInt(b.exponent - e);
  return x < y ? -1 : x > y ? 1 : 0;
}
