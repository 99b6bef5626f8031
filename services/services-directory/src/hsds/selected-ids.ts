import { Inject, Injectable } from '@nestjs/common';
import { ChangesRepository } from '../changes/changes.repository.js';

/** At most so many ids are remembered, some 30 MB. */
const REMEMBERED_IDS = 500_000;
const REMEMBERED_QUERIES = 1_000;

interface Remembered {
  /** Place in the list of changes at which the ids were read. */
  place: number;
  ids: Promise<readonly string[]>;
  size: number;
}

/**
 * The ids that a list consists of, in order: what pages are cut from and counted by. Whoever walks a list asks for the
 * same ids page after page, so they are remembered until something in the directory has changed.
 */
@Injectable()
export class SelectedIds {
  private readonly remembered = new Map<string, Remembered>();
  private total = 0;

  constructor(@Inject(ChangesRepository) private readonly changes: Pick<ChangesRepository, 'last'>) {}

  /**
   * @param query names the list and its filters
   * @param read finds the ids, in any order
   */
  async of(query: string, read: () => Promise<string[]>): Promise<readonly string[]> {
    const place = await this.changes.last();
    const known = this.remembered.get(query);
    if (known?.place === place) return known.ids;
    if (known) this.forget(query, known);
    const entry: Remembered = { place, ids: read().then((ids) => ids.sort()), size: 0 };
    this.remembered.set(query, entry);
    try {
      entry.size = (await entry.ids).length;
    } catch (error) {
      if (this.remembered.get(query) === entry) this.remembered.delete(query);
      throw error;
    }
    if (this.remembered.get(query) === entry) this.total += entry.size;
    this.makeRoom();
    return entry.ids;
  }

  /** The list that was asked for first goes first. */
  private makeRoom(): void {
    for (const [query, entry] of this.remembered) {
      if (this.total <= REMEMBERED_IDS && this.remembered.size <= REMEMBERED_QUERIES) return;
      this.forget(query, entry);
    }
  }

  private forget(query: string, entry: Remembered): void {
    this.remembered.delete(query);
    this.total -= entry.size;
  }
}
