import { GatheredInserts } from './gathered-inserts.js';

interface Doc {
  _id: string;
}

/** A collection whose statements are answered one after the other, when the test says so. */
function slowCollection() {
  const statements: string[][] = [];
  const known = new Set<string>();
  const answers: (() => void)[] = [];
  const insertMany = (docs: Doc[]): Promise<void> => {
    if (docs.some(({ _id }) => _id === 'too large')) throw new TypeError('cannot be sent');
    statements.push(docs.map(({ _id }) => _id));
    return new Promise((resolve, reject) => {
      answers.push(() => {
        const writeErrors = docs.flatMap(({ _id }, index) => (known.has(_id) ? [{ index, code: 11000 }] : []));
        for (const { _id } of docs) known.add(_id);
        if (docs.some(({ _id }) => _id === 'outage')) reject(bulkError([]));
        else if (writeErrors.length > 0) reject(bulkError(writeErrors));
        else resolve();
      });
    });
  };
  const collection = { insertMany, insertOne: (doc: Doc) => insertMany([doc]) };
  /** Answers what is under way until nothing is. */
  const answerAll = async (): Promise<void> => {
    while (answers.length > 0) {
      answers.shift()!();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  return { inserts: new GatheredInserts<Doc>({ collection } as never), statements, answerAll };
}

const bulkError = (writeErrors: unknown[]): Error =>
  Object.assign(new Error(), {
    name: 'MongoBulkWriteError',
    writeErrors,
    ...(writeErrors.length > 0 && { code: 11000 }),
  });

it('sends a document that comes alone at once, and together what comes meanwhile', async () => {
  const { inserts, statements, answerAll } = slowCollection();
  const inserted = ['a', 'b', 'c', 'd'].map((_id) => inserts.insert({ _id }));
  expect(statements).toEqual([['a']]);
  await answerAll();
  expect(statements).toEqual([['a'], ['b', 'c', 'd']]);
  expect(await Promise.all(inserted)).toEqual([true, true, true, true]);
});

it('does not let many wait for one that hangs', () => {
  const { inserts, statements } = slowCollection();
  for (let number = 0; number < 200; number += 1) void inserts.insert({ _id: String(number) });
  expect(statements.map(({ length }) => length)).toEqual([1, 16, 16, 16]);
});

it('tells each of its own: who was there already, and who was not', async () => {
  const { inserts, answerAll } = slowCollection();
  const inserted = ['a', 'b', 'a', 'c', 'b'].map((_id) => inserts.insert({ _id }));
  await answerAll();
  expect(await Promise.all(inserted)).toEqual([true, true, false, true, true]);
  const again = ['c', 'b', 'd'].map((_id) => inserts.insert({ _id }));
  await answerAll();
  expect(await Promise.all(again)).toEqual([false, false, true]);
});

it('acknowledges none of a statement that got lost', async () => {
  const { inserts, answerAll } = slowCollection();
  const inserted = ['a', 'outage', 'b'].map((_id) => inserts.insert({ _id }));
  await Promise.all([
    answerAll(),
    expect(Promise.allSettled(inserted)).resolves.toMatchObject([
      { status: 'fulfilled' },
      { status: 'rejected' },
      { status: 'rejected' },
    ]),
  ]);
});

it('writes the others where one cannot even be sent', async () => {
  const { inserts, answerAll } = slowCollection();
  const inserted = ['a', 'b', 'too large', 'c'].map((_id) => inserts.insert({ _id }));
  const settled = Promise.allSettled(inserted);
  await answerAll();
  expect((await settled).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
});
