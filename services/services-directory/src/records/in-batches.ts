/** So many documents come from the database at once where a whole collection is read, so that others get their turn. */
export const READ_AT_ONCE = 1_000;

/** The items in their order, some at a time: the last batch may be smaller, and none is empty. */
export async function* inBatches<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** The same items, the next of which is on its way while one is worked with. A failure is met where its turn comes. */
export async function* readAhead<Item>(items: AsyncGenerator<Item>): AsyncGenerator<Item> {
  const ask = (): Promise<IteratorResult<Item>> => {
    const asked = items.next();
    // it may fail while nobody waits for it yet, which would end the process
    asked.catch(() => undefined);
    return asked;
  };
  let next = ask();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = ask();
      yield value;
    }
  } finally {
    await items.return(undefined);
  }
}
