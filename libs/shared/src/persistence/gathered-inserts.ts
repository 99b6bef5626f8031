import type { Model } from 'mongoose';
import { isDuplicateKey } from './database-errors.js';

interface Waiting<Document> {
  doc: Document;
  settle: (inserted: boolean) => void;
  fail: (error: unknown) => void;
}

/** With so many documents waiting a further statement goes out beside those under way. */
const MANY = 16;
/** Statements under way at once, so that one that hangs does not hold up all others. */
const STATEMENTS = 4;
/** Documents in a statement at most. */
const LARGEST = 100;

/**
 * Inserts documents, each atomically and on its own account: those that come while statements are under way go together
 * in the next one, so that a busy service pays for a round trip and a journal sync once for many, and an idle one waits
 * for nobody. A document is acknowledged when its statement was, with the write concern of the connection.
 */
export class GatheredInserts<Document extends { _id: string }> {
  private readonly waiting: Waiting<Document>[] = [];
  private underWay = 0;

  constructor(private readonly model: Model<Document>) {}

  /** Answers false where a document of that id, or another with the value of a unique index, is there already. */
  insert(doc: Document): Promise<boolean> {
    return new Promise((settle, fail) => {
      this.waiting.push({ doc, settle, fail });
      if (this.underWay === 0 || (this.waiting.length >= MANY && this.underWay < STATEMENTS)) void this.send();
    });
  }

  private async send(): Promise<void> {
    this.underWay += 1;
    while (this.waiting.length > 0) await this.write(this.waiting.splice(0, LARGEST));
    this.underWay -= 1;
  }

  private async write(group: Waiting<Document>[]): Promise<void> {
    const [first, second] = group;
    try {
      if (!second) await this.model.collection.insertOne(first!.doc as never);
      else await this.model.collection.insertMany(group.map(({ doc }) => doc) as never, { ordered: false });
    } catch (error) {
      // what cannot even be sent, as a document that is too large, must not take the others with it
      if (second && !isBulkWriteError(error)) for (const one of group) await this.write([one]);
      else settleFailed(group, error);
      return;
    }
    for (const { settle } of group) settle(true);
  }
}

const isBulkWriteError = (error: unknown): boolean => (error as Error).name === 'MongoBulkWriteError';

/** Tells each document what became of it; without an account by document none is known to be written. */
function settleFailed<Document>(group: Waiting<Document>[], error: unknown): void {
  const { writeErrors = [] } = error as { writeErrors?: { index: number }[] };
  const errors = new Map<number, unknown>(writeErrors.map((one) => [one.index, one]));
  for (const [index, { settle, fail }] of group.entries()) {
    const own = errors.size > 0 ? errors.get(index) : error;
    if (own === undefined) settle(true);
    else if (isDuplicateKey(own)) settle(false);
    else fail(own);
  }
}
