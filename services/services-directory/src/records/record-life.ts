import type { Collection } from 'mongodb';
import { historyOf, type HistoryEntry, type RecordVersion } from '../domain/history/record-history.js';

/** A record at one version of it. */
export interface Settled {
  id: string;
  version: number;
}

/** The records of a collection with the mark `pending`, whose last change was before some time. */
export async function pendingOf(collection: unknown, before: Date, limit: number): Promise<Settled[]> {
  const docs = (collection as Collection<{ _id: string; version: number }>).find(
    { 'state.pending': true, 'state.modifiedAt': { $lte: before } } as never,
    { projection: { version: 1 }, limit },
  );
  return (await docs.toArray()).map(({ _id: id, version }) => ({ id, version }));
}

/** Takes the mark off the records that are still at that version; answers whether all of them were. */
export async function settle(collection: unknown, records: readonly Settled[]): Promise<boolean> {
  if (records.length === 0) return true;
  const versions = new Map<number, string[]>();
  for (const { id, version } of records) versions.set(version, [...(versions.get(version) ?? []), id]);
  const { matchedCount } = await (collection as Collection<{ _id: string; version: number }>).bulkWrite(
    [...versions].map(([version, ids]) => ({
      updateMany: {
        filter: { _id: { $in: ids }, version },
        update: { $unset: { 'state.pending': '' } },
      },
    })) as never,
    { ordered: false },
  );
  return matchedCount === records.length;
}

/** When a record last changed and whether it is gone. */
export interface RecordLife {
  modifiedAt: Date;
  withdrawn: boolean;
}

/** That of the records of these ids that there are, by id. */
export async function statesOf(collection: unknown, ids: readonly string[]): Promise<Map<string, RecordLife>> {
  const docs = (collection as Collection<{ _id: string; state: RecordLife }>).find(
    { _id: { $in: ids as never[] } },
    { projection: { 'state.modifiedAt': 1, 'state.withdrawn': 1 } },
  );
  return new Map((await docs.toArray()).map(({ _id, state }) => [_id, state] as const));
}

/** The newest part of the history of each of these records, tombstones among them, by id. */
export async function historiesIn(collection: unknown, ids: readonly string[]): Promise<Map<string, HistoryEntry[]>> {
  if (ids.length === 0) return new Map();
  const fields = ['history', 'modifiedAt', 'dataset', 'withdrawn'].map((field) => [`state.${field}`, 1] as const);
  const docs = (collection as Collection<{ _id: string; state: Omit<RecordVersion, 'content'> }>).find(
    { _id: { $in: [...new Set(ids)] as never[] } },
    { projection: Object.fromEntries(fields) },
  );
  return new Map(
    (await docs.toArray()).map(({ _id: id, state }) => [id, historyOf({ ...state, content: { id } })] as const),
  );
}
