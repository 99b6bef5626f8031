import type { Document, Filter } from 'mongodb';
import type { RecordFilter } from '../domain/list-query.js';

/** The field that a filter looks at, for those filters that a collection knows. */
type FieldsOfFilter = Partial<Record<keyof RecordFilter, string>>;

/** What the filters come to in the database. Filters that the collection has no field for are the caller's. */
export function filterOf(filter: RecordFilter, fields: FieldsOfFilter): Filter<Document> {
  const { words, modifiedAfter, topOnly } = filter;
  const equal = (['organizationId', 'taxonomyTermId', 'taxonomyId', 'parentId'] as const).flatMap((name) => {
    const [field, value] = [fields[name], filter[name]];
    return field && value ? [{ [field]: value }] : [];
  });
  const conditions: Filter<Document>[] = [
    ...equal,
    ...(modifiedAfter && fields.modifiedAfter ? [{ [fields.modifiedAfter]: { $gte: modifiedAfter } }] : []),
    ...(topOnly && fields.topOnly ? [{ [fields.topOnly]: { $exists: false } }] : []),
    // a word holds letters and digits alone, so that none of them means anything to a regular expression; see `searchText`
    ...(words && fields.words ? words.map((word) => ({ [fields.words!]: { $regex: ` ${word}` } })) : []),
  ];
  return { 'state.withdrawn': false, ...(conditions.length > 0 ? { $and: conditions } : {}) };
}
