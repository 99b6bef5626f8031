import { isObject, type EditableRecord, type EditedKind } from './editable-record.js';

/** What a field of a record refers to. */
export interface Reference {
  kind: EditedKind | 'program';
  id: string;
  path: readonly (string | number)[];
}

const KINDS: Readonly<Record<string, Reference['kind']>> = {
  organization_id: 'organization',
  parent_organization_id: 'organization',
  location_id: 'location',
  program_id: 'program',
  taxonomy_term_id: 'taxonomy_term',
  taxonomy_id: 'taxonomy',
  parent_id: 'taxonomy_term',
};

/** Everything that a record refers to, wherever it stands. */
export function referencesOf(record: EditableRecord): Reference[] {
  const references: Reference[] = [];
  const collect = (value: unknown, path: readonly (string | number)[]): void => {
    if (Array.isArray(value)) value.forEach((one, index) => collect(one, [...path, index]));
    else if (isObject(value))
      for (const [field, inner] of Object.entries(value)) {
        const kind = KINDS[field];
        if (kind) references.push({ kind, id: inner as string, path: [...path, field] });
        else collect(inner, [...path, field]);
      }
  };
  collect(record, []);
  return references;
}
