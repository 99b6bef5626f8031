import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import { decodeCursor, encodeCursor } from '@throughline/shared/http';
import { z } from 'zod';
import { DirectoryRecords } from '../records/directory-records.js';
import type { RecordLife } from '../records/record-life.js';
import { ServiceAtLocationsRepository } from '../services/service-at-locations.repository.js';
import { ServicesRepository } from '../services/services.repository.js';
import { CHANGED_KINDS, ChangesRepository, type ChangedKind } from './changes.repository.js';

export const MAX_CHANGES = 1000;

const cursorKey = z.tuple([z.uuid(), z.int().min(0)]);

/** Tells what has changed, each record as it is now. */
@Injectable()
export class ChangesQueries {
  private readonly lives: Record<ChangedKind, (ids: string[]) => Promise<Map<string, RecordLife>>>;

  constructor(
    @Inject(ChangesRepository) private readonly changes: ChangesRepository,
    @Inject(DirectoryRecords) { organizations, locations, taxonomies, terms }: DirectoryRecords,
    @Inject(ServicesRepository) services: ServicesRepository,
    @Inject(ServiceAtLocationsRepository) places: ServiceAtLocationsRepository,
  ) {
    this.lives = {
      service: (ids) => services.statesOf(ids),
      service_at_location: (ids) => places.statesOf(ids),
      organization: (ids) => organizations.statesOf(ids),
      location: (ids) => locations.statesOf(ids),
      taxonomy: (ids) => taxonomies.statesOf(ids),
      taxonomy_term: (ids) => terms.statesOf(ids),
    };
  }

  /**
   * @param since what `next` said before; undefined for the beginning
   * @throws Refusal `cursor-malformed`, or `cursor-of-another-list` for one that this directory, as it is, did not give
   */
  async since(since: string | undefined, limit: number) {
    const list = await this.changes.name();
    const place = since === undefined ? 0 : await this.placeOf(since, list);
    const found = await this.changes.after(place, limit + 1);
    const page = found.slice(0, limit);
    const lives = new Map<string, RecordLife>();
    for (const kind of CHANGED_KINDS) {
      const ids = page.filter((change) => change.kind === kind).map(({ id }) => id);
      if (ids.length > 0) for (const [id, life] of await this.lives[kind](ids)) lives.set(`${kind}/${id}`, life);
    }
    return {
      changes: page.flatMap(({ kind, id }) => {
        const life = lives.get(`${kind}/${id}`);
        return life ? [{ kind, id, modified: life.modifiedAt.toISOString(), deleted: life.withdrawn }] : [];
      }),
      next: encodeCursor([list, page.at(-1)?.place ?? place]),
      more: found.length > limit,
    };
  }

  private async placeOf(cursor: string, list: string): Promise<number> {
    const [ofList, place] = decodeCursor(cursor, cursorKey);
    if (ofList === list && place <= (await this.changes.last())) return place;
    throw new Refusal(
      'malformed',
      'cursor-of-another-list',
      'this directory has begun a new list of changes since: read it from the beginning, without `since`',
      { errors: [{ pointer: '#/since', detail: 'is of another list' }] },
    );
  }
}
