import { changesBetween, created, deleted, type FieldChange } from './field-changes.js';

/** One change of one field, as it stands in the document of its record. */
export interface HistoryEntry extends FieldChange {
  /** Place in the history of the record, from 1 without gaps. */
  seq: number;
  at: Date;
  /** A dataset that was imported, or the role of who made the change. Never a person. */
  by: string;
}

/** What of a record its history is about. */
export interface RecordVersion {
  dataset: string;
  modifiedAt: Date;
  withdrawn: boolean;
  content: { id: string };
  /** Absent as long as the record is as it was first written: then its history is that it was created. */
  history?: HistoryEntry[];
}

/** With more entries than this a document hands its oldest on, before it takes new ones. */
export const MAX_IN_DOCUMENT = 40;
/** So many stay with the document then; HSDS shows what stands there. */
export const KEPT_IN_DOCUMENT = 20;

/** Says that a document has no room for more: these entries of it have to be kept elsewhere first. */
export class NoRoomForHistory extends Error {
  constructor(readonly oldest: readonly HistoryEntry[]) {
    super('the oldest entries of this history have to be moved first');
  }
}

/** The history that stands in the document of a record, oldest first. */
export function historyOf({ history, dataset: by, modifiedAt: at, content }: RecordVersion): HistoryEntry[] {
  return history ?? [{ seq: 1, at, by, ...created(content.id) }];
}

/** What a new version of a record changes: its fields, or that it is back. */
export function changesTo(current: RecordVersion, content: { id: string }): FieldChange[] {
  const fields = changesBetween(current.content, content);
  return current.withdrawn ? [created(content.id), ...fields] : fields;
}

export const withdrawal = ({ content }: RecordVersion): FieldChange[] => [deleted(content.id)];

/** The only entry of a record that a person has made. */
export const createdBy = (id: string, by: string, at: Date): HistoryEntry[] => [{ seq: 1, at, by, ...created(id) }];

/**
 * The history that stands in the document after a change.
 * @param moved up to which entry the history is kept elsewhere too
 * @throws NoRoomForHistory
 */
export function historyAfter(
  current: RecordVersion,
  changes: readonly FieldChange[],
  { by, at, moved }: { by: string; at: Date; moved: number },
): HistoryEntry[] {
  const before = historyOf(current);
  const last = before.at(-1)!.seq;
  const oldest = before.length > MAX_IN_DOCUMENT ? before.slice(0, -KEPT_IN_DOCUMENT) : [];
  if (oldest.length > 0 && oldest.at(-1)!.seq > moved) throw new NoRoomForHistory(oldest);
  return [
    ...before.slice(oldest.length),
    ...changes.map((change, index) => ({ seq: last + index + 1, at, by, ...change })),
  ];
}
