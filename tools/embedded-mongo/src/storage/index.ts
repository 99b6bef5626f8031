import { keyOf, invert } from '../bson/key.js';
import { keyTuples, walk } from '../bson/paths.js';
import { isDoc, type Doc, type Value } from '../bson/values.js';
import { MongoError } from '../errors.js';
import { parseFilter, isTrue } from '../query/parse.js';
import { readsOf, type Node } from '../query/node.js';
import { toDouble, type Numeric } from '../bson/compare.js';
import { SortedKeys } from './sorted-keys.js';

const NO_VARIABLES: ReadonlyMap<string, Value> = new Map();

/** One index of a collection: its definition as `listIndexes` shows it, and its entries. */
export class Index {
  readonly name: string;
  readonly key: Doc;
  readonly fields: readonly { path: string; parts: readonly string[]; descending: boolean }[];
  readonly unique: boolean;
  readonly sparse: boolean;
  readonly partial?: Node;
  /** Seconds after which a document expires, for a TTL index. */
  readonly expireAfterSeconds?: number;
  /** Fields that the entries depend on. */
  readonly reads: readonly (readonly string[])[];
  readonly entries = new SortedKeys();
  /** Whether some document has several entries, so that ranges must not be combined. */
  multikey = false;
  /** By field, after how many names of its path an array may stand that gives a document several entries. */
  readonly #arrays: number[];
  readonly #paths: readonly (readonly string[])[];

  constructor(readonly definition: Doc) {
    this.name = definition.get('name') as string;
    this.key = definition.get('key') as Doc;
    this.fields = [...this.key].map(([path, d]) => ({
      path,
      parts: path.split('.'),
      descending: toDouble(d as Numeric) < 0,
    }));
    this.#paths = this.fields.map((f) => f.parts);
    this.#arrays = this.fields.map(() => Infinity);
    this.unique = this.name === '_id_' || isTrue(definition.get('unique'));
    this.sparse = isTrue(definition.get('sparse'));
    const partial = definition.get('partialFilterExpression') as Doc | undefined;
    if (partial) this.partial = parseFilter(partial);
    const ttl = definition.get('expireAfterSeconds');
    if (ttl !== undefined) this.expireAfterSeconds = toDouble(ttl as Numeric);
    this.reads = [...this.#paths, ...(this.partial ? readsOf(this.partial)! : [])];
  }

  /**
   * The keys under which a document stands in this index, each once.
   * @throws MongoError 171 when two of the fields are arrays
   */
  keysOf(doc: Doc): string[] {
    if (this.partial && !this.partial.test(doc, { variables: NO_VARIABLES })) return [];
    if (this.sparse && this.fields.every((f) => !walk(doc, f.parts, 0, false, (v) => v !== undefined))) return [];
    const tuples = this.#tuples(doc);
    if (tuples.length === 1) return [this.#encode(tuples[0]!)];
    this.#noteArrays(doc);
    return [...new Set(tuples.map((t) => this.#encode(t)))];
  }

  #noteArrays(doc: Doc): void {
    for (const [i, path] of this.#paths.entries()) {
      let value: Value | undefined = doc;
      for (let k = 0; k < path.length && k + 1 < this.#arrays[i]! && isDoc(value); k += 1) {
        value = value.get(path[k]!);
        if (Array.isArray(value)) this.#arrays[i] = k + 1;
      }
    }
  }

  /** Whether some document has several values of a field. */
  isMany(field: number): boolean {
    return this.#arrays[field] !== Infinity;
  }

  /** Whether a field and one before it may lie in the same array, of which different elements may meet two conditions. */
  sharesArray(field: number): boolean {
    const own = this.#paths[field]!;
    return this.#paths.some((other, i) => {
      const array = Math.min(this.#arrays[i]!, this.#arrays[field]!);
      return i < field && array <= own.length && own.slice(0, array).every((name, k) => name === other[k]);
    });
  }

  /** The error of a second document under a key that this document has. */
  duplicate(doc: Doc, key: string, namespace: string): MongoError {
    const tuple = this.#tuples(doc).find((t) => this.#encode(t) === key) ?? [];
    const keyValue: Doc = new Map(this.fields.map((f, i) => [f.path, tuple[i] ?? null]));
    const names = this.fields.map((f) => f.path).join(', ');
    return new MongoError(
      11000,
      `E11000 duplicate key error collection: ${namespace} index: ${this.name} dup key: { ${names} }`,
      {
        keyPattern: this.key,
        keyValue,
      },
    );
  }

  #tuples(doc: Doc): Value[][] {
    const tuples = keyTuples(doc, this.#paths);
    if (!tuples) throw new MongoError(171, `cannot index parallel arrays in index ${this.name}`);
    return tuples;
  }

  #encode(tuple: readonly Value[]): string {
    if (tuple.length === 1 && !this.fields[0]!.descending) return keyOf(tuple[0]);
    let out = '';
    for (let i = 0; i < tuple.length; i += 1) out += this.encodeField(i, tuple[i]);
    return out;
  }

  encodeField(i: number, v: Value | undefined): string {
    const key = keyOf(v);
    return this.fields[i]!.descending ? invert(key) : key;
  }
}
