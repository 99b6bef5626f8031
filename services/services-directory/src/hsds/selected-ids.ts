import { Inject, Injectable } from '@nestjs/common';
import { ChangesRepository } from '../changes/changes.repository.js';

/** At most so many ids are remembered, some 30 MB. */
const REMEMBERED_IDS = 500_000;
const REMEMBERED_QUERIES = 1_000;
/** Lists of so many ids take long to read, the longer the more is written meanwhile. */
const LARGE = 10_000;
/** Milliseconds that a large list may be behind while it is read anew. */
const BEHIND_MS = 30_000;

interface Remembered {
  /** Place in the list of changes at which the ids were read. */
  place: number;
  /** When reading them began, in milliseconds. */
  at: number;
  ids: Promise<readonly string[]>;
  /** 0 while they are being read. */
  size: number;
  /** Set while they are read anew for others. */
  renewing?: boolean;
}

/**
 * The ids that a list consists of, in order: what pages are cut from and counted by. Whoever walks a list asks for the
 * same ids page after page, so they are remembered until something in the directory has changed. While an import writes,
 * that is at every request: a large list is then answered as it was a moment ago, and read anew beside the answer.
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
    if (known && known.size >= LARGE && Date.now() - known.at < BEHIND_MS) {
      if (!known.renewing) this.renew(query, known, begin(place, read));
      return known.ids;
    }
    if (known) this.forget(query, known);
    const entry = begin(place, read);
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

  private renew(query: string, known: Remembered, entry: Remembered): void {
    known.renewing = true;
    entry.ids.then(
      ({ length }) => {
        if (this.remembered.get(query) !== known) return;
        this.forget(query, known);
        entry.size = length;
        this.remembered.set(query, entry);
        this.total += length;
        this.makeRoom();
      },
      // whoever asks when they are too far behind is told what is wrong
      () => (known.renewing = false),
    );
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

const begin = (place: number, read: () => Promise<string[]>): Remembered => ({
  place,
  at: Date.now(),
  ids: read().then((ids) => ids.sort()),
  size: 0,
});
