import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import { derivedId } from '@throughline/shared/persistence';
import { decodeCursor, pageOf, type Page } from '@throughline/shared/http';
import { z } from 'zod';
import { metadataOf, type RecordsWithHistory } from '../domain/history/metadata.js';
import type { HistoryEntry } from '../domain/history/record-history.js';
import type { HistoryLookup } from '../domain/history/views-with-history.js';
import type { HsdsMetadata } from '../domain/hsds.js';
import { DirectoryRecords } from '../records/directory-records.js';
import { OlderHistoryRepository } from '../records/older-history.repository.js';
import { ServiceAtLocationsRepository } from '../services/service-at-locations.repository.js';
import { ServicesRepository } from '../services/services.repository.js';

/** Records with a document of their own; a service at a location stands in that of its service. */
type Kept = Exclude<RecordsWithHistory, 'service_at_locations'>;

/** An entry as HSDS has it, with its exact time. */
export type HistoryItem = HsdsMetadata & { last_action_time: string };

const position = z.int().min(1);

/** Tells what has become of records. */
@Injectable()
export class Histories {
  private readonly newest: Record<Kept, (ids: readonly string[]) => Promise<Map<string, HistoryEntry[]>>>;

  constructor(
    @Inject(DirectoryRecords) { organizations, locations, taxonomies, terms }: DirectoryRecords,
    @Inject(ServicesRepository) services: ServicesRepository,
    @Inject(ServiceAtLocationsRepository) private readonly places: ServiceAtLocationsRepository,
    @Inject(OlderHistoryRepository) private readonly older: OlderHistoryRepository,
  ) {
    this.newest = {
      services: (ids) => services.historiesOf(ids),
      organizations: (ids) => organizations.historiesOf(ids),
      locations: (ids) => locations.historiesOf(ids),
      taxonomies: (ids) => taxonomies.historiesOf(ids),
      taxonomy_terms: (ids) => terms.historiesOf(ids),
    };
  }

  /**
   * Adds histories to views of records.
   * @param tell adds what the look-up answers to one view; it is called twice, first to learn of which records it asks
   */
  async tell<View>(views: readonly View[], tell: (view: View, historyOf: HistoryLookup) => View): Promise<View[]> {
    const asked = new Map<RecordsWithHistory, Set<string>>();
    for (const view of views)
      tell(view, (of, id) => {
        asked.set(of, (asked.get(of) ?? new Set()).add(id));
        return [];
      });
    const found = new Map<string, HsdsMetadata[]>();
    for (const [of, ids] of asked)
      for (const [id, entries] of await this.newest[of as Kept]([...ids]))
        found.set(
          `${of}/${id}`,
          entries.map((entry) => metadataOf(of, id, entry, derivedId)),
        );
    return views.map((view) => tell(view, (of, id) => found.get(`${of}/${id}`) ?? []));
  }

  /**
   * One page of the whole history of a record, newest entry first; that of a record that is gone too.
   * @throws Refusal `record-not-found`, `cursor-malformed`
   */
  async page(of: RecordsWithHistory, id: string, limit: number, cursor?: string): Promise<Page<HistoryItem>> {
    const place = of === 'service_at_locations' ? id : undefined;
    const kept = of === 'service_at_locations' ? 'services' : of;
    const record = place ? await this.places.serviceOf(place) : id;
    const newest = record && (await this.newest[kept]([record])).get(record);
    if (!newest) throw new Refusal('not-found', 'record-not-found', 'there is no record of this id');
    const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : decodeCursor(cursor, position);
    const wanted = (entry: HistoryEntry) => entry.seq < before && (!place || entry.place === place);
    const here = newest
      .filter(wanted)
      .reverse()
      .slice(0, limit + 1);
    const left = limit + 1 - here.length;
    const from = Math.min(before, newest[0]!.seq);
    const there = left > 0 ? await this.older.before(`${kept}/${record}`, from, left, place) : [];
    const page = pageOf([...here, ...there], limit, ({ seq }) => seq);
    return {
      ...page,
      items: page.items.map((entry) => ({
        ...metadataOf(kept, record, entry, derivedId),
        last_action_time: entry.at.toISOString(),
      })),
    };
  }
}
