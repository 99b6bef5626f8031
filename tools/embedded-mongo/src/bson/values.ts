/**
 * The BSON values as the engine holds them. Every BSON type has exactly one form here, so no number, date or binary
 * loses its type on the way through: int32 is a JavaScript number, int64 a bigint, double a {@link Double}.
 * A missing field is `undefined`; BSON's own deprecated undefined is {@link BSON_UNDEFINED}.
 */
import type { Decimal } from './decimal.js';

/** A document keeps its fields in the order in which they were written, numeric names included, hence a Map. */
export type Doc = Map<string, Value>;
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Double
  | Decimal
  | DateTime
  | Oid
  | Bin
  | Regex
  | Timestamp
  | Code
  | Symbolic
  | Singleton
  | Doc
  | Value[];

export class Double {
  constructor(readonly value: number) {}
}
/** Milliseconds since 1970, UTC. */
export class DateTime {
  constructor(readonly ms: number) {}
}
/** The twelve bytes as a latin-1 string: compares in byte order and costs no Buffer a value. */
export class Oid {
  constructor(readonly bytes: string) {}
  get hex(): string {
    return Buffer.from(this.bytes, 'latin1').toString('hex');
  }
}
export class Bin {
  constructor(
    readonly subType: number,
    readonly bytes: Buffer,
  ) {}
}
export class Regex {
  constructor(
    readonly pattern: string,
    readonly flags: string,
  ) {}
}
export class Timestamp {
  constructor(
    readonly seconds: number,
    readonly increment: number,
  ) {}
}
/** JavaScript code; `scope` makes it the type "code with scope". */
export class Code {
  constructor(
    readonly code: string,
    readonly scope?: Doc,
  ) {}
}
/** The deprecated types symbol (no id) and DBPointer (with the id of what it points to). */
export class Symbolic {
  constructor(
    readonly text: string,
    readonly id?: Oid,
  ) {}
}
export class Singleton {
  constructor(readonly type: number) {}
}
/** The type of an {@link Unread} that stands for several fields, names included. */
export const REST = -1;
/** A field that nobody looked at, as the bytes it has in a document: it is written as it was read. */
export class Unread {
  constructor(
    readonly type: number,
    readonly source: Buffer,
    readonly start: number,
    readonly end: number,
  ) {}
}
export const BSON_UNDEFINED = new Singleton(6);
export const MIN_KEY = new Singleton(0xff);
export const MAX_KEY = new Singleton(0x7f);

export const isDoc = (v: Value | undefined): v is Doc => v instanceof Map;
export const isNull = (v: Value | undefined): boolean => v === undefined || v === null || v === BSON_UNDEFINED;
export const doc = (fields: Record<string, Value | undefined>): Doc => {
  const out: Doc = new Map();
  for (const [k, v] of Object.entries(fields)) if (v !== undefined) out.set(k, v);
  return out;
};

let counter = Math.floor(Math.random() * 0xffffff);
const machine = Buffer.from(Array.from({ length: 5 }, () => Math.floor(Math.random() * 256))).toString('latin1');

/** A new ObjectId: seconds, five random bytes of this process, a counter. */
export function newOid(): Oid {
  counter = (counter + 1) & 0xffffff;
  const s = Math.floor(Date.now() / 1000);
  const time = String.fromCharCode((s >>> 24) & 255, (s >>> 16) & 255, (s >>> 8) & 255, s & 255);
  return new Oid(time + machine + String.fromCharCode((counter >>> 16) & 255, (counter >>> 8) & 255, counter & 255));
}
