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

/** The same items, the next of which is on its way while one is worked with. */
export async function* readAhead<Item>(items: AsyncGenerator<Item>): AsyncGenerator<Item> {
  let next = items.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = items.next();
      yield value;
    }
  } finally {
    // who stops half-way leaves one behind, whose failure is nobody's any more
    await next.catch(() => undefined);
    await items.return(undefined);
  }
}
