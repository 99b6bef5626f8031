import { isObject, type EditableRecord } from './editable-record.js';
import type { RecordFault } from './record-fault.js';

/** The ids of what stands in a record, each with the field that it stands in. */
export function nestedIdsOf(record: unknown): Set<string> {
  const ids = new Set<string>();
  const collect = (value: unknown, field: string): void => {
    if (Array.isArray(value)) value.forEach((one) => collect(one, field));
    else if (isObject(value)) {
      if (field !== '' && value['id'] !== undefined) ids.add(keyOf(field, value['id']));
      for (const [name, inner] of Object.entries(value)) collect(inner, name);
    }
  };
  collect(record, '');
  return ids;
}

const keyOf = (field: string, id: unknown): string => `${field}:${String(id)}`;

/**
 * Gives an id to whatever stands in a record without one. An id that is given must be one that the record has had in that
 * field: another one could be that of a part of somebody else's record, and would take its place.
 * @param known what `nestedIdsOf` said of the record as it is, and as it was proposed before
 */
export function withNestedIds(
  record: EditableRecord,
  known: ReadonlySet<string>,
  newId: () => string,
): { record: EditableRecord; faults: RecordFault[] } {
  const faults: RecordFault[] = [];
  const give = (value: unknown, field: string, path: readonly (string | number)[]): unknown => {
    if (Array.isArray(value)) {
      findRepeated(value, path);
      return value.map((one, index) => give(one, field, [...path, index]));
    }
    if (!isObject(value)) return value;
    const inner = Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, give(one, name, [...path, name])]),
    );
    if (field === '') return inner;
    const { id = newId(), ...rest } = inner;
    if (inner['id'] !== undefined && !known.has(keyOf(field, id)))
      faults.push({ path: [...path, 'id'], detail: 'is not an id of this record: leave it out for something new' });
    return { id, ...rest };
  };
  const findRepeated = (list: readonly unknown[], path: readonly (string | number)[]): void => {
    const seen = new Set<unknown>();
    list.forEach((one, index) => {
      const id = isObject(one) ? one['id'] : undefined;
      if (id === undefined) return;
      if (seen.has(id)) faults.push({ path: [...path, index, 'id'], detail: 'stands twice in this list' });
      seen.add(id);
    });
  };
  return { record: give(record, '', []) as EditableRecord, faults };
}
