/** Types of the replay that the contract suite uses. */
import type { Db, Document } from 'mongodb';

export interface Case {
  readonly id: string;
  readonly area: string;
  readonly note?: string;
  readonly anyFieldOrder?: boolean;
  readonly expect: Document[];
  readonly after?: Document;
}
export interface Answers {
  readonly answers: { error?: { code: unknown } }[];
  readonly after: Document;
}
export function readCase(line: string): Case;
export function execute(db: Db, c: Case): Promise<Answers>;
export function cleanUp(db: Db, c: Case): Promise<void>;
export function compareAnswer(want: Document, got: Document, strict: boolean): string | null;
export function compareAfter(want: Document, got: Document, strict: boolean): string | null;
