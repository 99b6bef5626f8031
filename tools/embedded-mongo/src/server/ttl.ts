import { keyOf, typePrefix } from '../bson/key.js';
import { DateTime } from '../bson/values.js';
import type { Store } from '../storage/store.js';

/** Removes documents whose date (the earliest, of an array of dates) has passed by the time their TTL index allows. */
export function expireDocuments(store: Store, now: number): number {
  let removed = 0;
  for (const collections of store.databases.values())
    for (const collection of collections.values())
      for (const index of collection.indexes.values()) {
        if (index.expireAfterSeconds === undefined) continue;
        const before = new DateTime(now - index.expireAfterSeconds * 1000);
        const [low, high] = index.fields[0]!.descending
          ? [index.encodeField(0, before), `${index.encodeField(0, new DateTime(-8.64e15))}\u0000`]
          : [typePrefix(before), keyOf(before)];
        for (const id of [...index.entries.scan(low, high, false)]) {
          const stored = collection.documents.get(id);
          if (!stored) continue;
          collection.remove(stored);
          removed += 1;
        }
      }
  return removed;
}
