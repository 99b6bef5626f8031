import type { Part, PartKind, RowReader } from './row-reader.js';

/** One part for each item of a list in a cell. Its id derives from its owner, its kind and the item. */
export const listed = (
  row: RowReader,
  kind: PartKind,
  owner: string,
  items: readonly string[],
  record: (item: string) => Part['record'],
): Part[] =>
  [...new Set(items)].map((item) => ({
    kind,
    id: row.context.deriveId('hsds', row.context.dataset, kind, owner, JSON.stringify(record(item))),
    owner,
    record: record(item),
  }));
