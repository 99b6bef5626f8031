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
