import type { ChangeOptions } from '@throughline/shared/persistence';
import type { Edits } from '../domain/edits.js';

/** The dataset of what a person has made: it stays theirs, whatever dataset brings it too. */
export const BY_HAND = 'by-hand';
export const MADE_BY_HAND: Edits = { changed: true };

/** A change by a person has the role of whom; one by a dataset, where it has looked at them, what is left of edits. */
export interface WriteOptions extends ChangeOptions {
  by?: string;
  edits?: Edits | null;
}

/**
 * Who changes a record: a dataset that is imported, a person, or neither, where what the record carries has changed. What
 * is changed by no dataset stays with its own, and edits stay edits.
 */
export type SaveOptions =
  (ChangeOptions & { by: string; dataset?: undefined }) | (WriteOptions & { dataset?: string; by?: undefined });

/** A record that a person has changed or withdrawn. */
export interface EditedRecord<Content> {
  version: number;
  withdrawn: boolean;
  content: Content;
  edits: Edits;
}
