import type { HsdsMetadata } from '../hsds.js';
import type { HistoryEntry } from './record-history.js';

/** The kinds of records that have a history, by the names that HSDS has for their lists. */
export const RESOURCE_TYPES = {
  services: 'service',
  organizations: 'organization',
  locations: 'location',
  service_at_locations: 'service_at_location',
  taxonomies: 'taxonomy',
  taxonomy_terms: 'taxonomy_term',
} as const;
export type RecordsWithHistory = keyof typeof RESOURCE_TYPES;

/**
 * An entry of a history as HSDS tells it.
 * @param id of the record in whose document it stands
 * @param deriveId a UUID of its parts, the same for the same parts
 */
export function metadataOf(
  of: RecordsWithHistory,
  id: string,
  entry: HistoryEntry,
  deriveId: (...parts: string[]) => string,
): HsdsMetadata {
  const { place, seq, at } = entry;
  return {
    // with the time, so that another directory that has this record too gives its entries other ids
    id: deriveId('metadata', of, id, String(seq), at.toISOString()),
    resource_id: place ?? id,
    resource_type: place ? RESOURCE_TYPES.service_at_locations : RESOURCE_TYPES[of],
    last_action_date: at.toISOString().slice(0, 10),
    last_action_type: entry.type,
    field_name: entry.field,
    previous_value: entry.previous,
    replacement_value: entry.replacement,
    updated_by: entry.by,
  };
}
