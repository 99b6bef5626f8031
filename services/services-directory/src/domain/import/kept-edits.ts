/** Where a record stands in the files of a dataset. */
export interface RowPlace {
  file: string;
  line: number;
}

/**
 * What an import left as a person has made it: `kept-edited`, a field in which both have changed; `kept-withdrawn`, a
 * record that a person has withdrawn; `withdrawn-edited` is what it did not keep: a record that has vanished from its
 * dataset, with what a person had changed in it (the tombstone holds it, and it is there again when the record is).
 */
export interface KeptEdit extends Partial<RowPlace> {
  code: 'kept-edited' | 'kept-withdrawn' | 'withdrawn-edited';
  kind: string;
  id: string;
  /** Path of names, as in `phones.number`. */
  field?: string;
}

/** So many are listed; the rest is counted, so that a report fits one document. */
const LISTED = 1000;

/** Collects them. */
export class KeptEdits {
  readonly edits: KeptEdit[] = [];
  editsOmitted = 0;

  add(edit: KeptEdit): void {
    if (this.edits.length < LISTED) this.edits.push(edit);
    else this.editsOmitted += 1;
  }
}
