import { TABLES, type TableName } from '../domain/import/map-row.js';
import type { PartKind } from '../domain/import/row-reader.js';

const FIRST_ROOM = 1024;

/** More than any honest record; a document of the database has at most 16 MB, with history and all. As JSON, in bytes. */
export const MAX_RECORD_BYTES = 2_000_000;

const NUMBER_OF_TABLE = new Map(TABLES.map((table, number) => [table, number]));

/** Where the parts of an import stand in their file, what they are, and how much their records hold: 26 bytes for each. */
export class PartList {
  private count = 0;
  private end = 0;
  private starts = new Float64Array(FIRST_ROOM);
  private lengths = new Uint32Array(FIRST_ROOM);
  private kinds = new Uint8Array(FIRST_ROOM);
  private tables = new Uint8Array(FIRST_ROOM);
  private roots = new Uint32Array(FIRST_ROOM);
  /** Of a record, with all that stands in it. */
  private totals = new Float64Array(FIRST_ROOM);
  private readonly kindNames: PartKind[] = [];

  /**
   * Adds a part at the end of the file.
   * @param root the part that begins its record; undefined for that itself
   * @returns false, and does nothing, where the record would become too large
   */
  add(kind: PartKind, table: TableName, length: number, root: number | undefined): boolean {
    const item = this.count;
    if ((root === undefined ? 0 : this.totals[root]!) + length > MAX_RECORD_BYTES) return false;
    if (item === this.starts.length) this.grow();
    this.count += 1;
    this.starts[item] = this.end;
    this.lengths[item] = length;
    this.kinds[item] = this.numberOf(kind);
    this.tables[item] = NUMBER_OF_TABLE.get(table)!;
    this.roots[item] = root ?? item;
    this.totals[root ?? item]! += length;
    this.end += length;
    return true;
  }

  startOf = (item: number): number => this.starts[item]!;
  endOf = (item: number): number => this.starts[item]! + this.lengths[item]!;
  tableOf = (item: number): TableName => TABLES[this.tables[item]!]!;
  rootOf = (item: number): number => this.roots[item]!;
  /** Of a record: what all its parts come to. */
  bytesOf = (item: number): number => this.totals[item]!;

  *ofKind(kind: PartKind): Generator<number> {
    const number = this.kindNames.indexOf(kind);
    for (let item = 0; item < this.count; item += 1) if (this.kinds[item] === number) yield item;
  }

  private numberOf(kind: PartKind): number {
    const number = this.kindNames.indexOf(kind);
    return number >= 0 ? number : this.kindNames.push(kind) - 1;
  }

  private grow(): void {
    const room = this.count * 2;
    const larger = <Column extends Float64Array | Uint32Array | Uint8Array>(
      column: Column,
      of: new (room: number) => Column,
    ) => {
      const grown = new of(room);
      grown.set(column);
      return grown;
    };
    this.starts = larger(this.starts, Float64Array);
    this.lengths = larger(this.lengths, Uint32Array);
    this.kinds = larger(this.kinds, Uint8Array);
    this.tables = larger(this.tables, Uint8Array);
    this.roots = larger(this.roots, Uint32Array);
    this.totals = larger(this.totals, Float64Array);
  }
}
