import { setImmediate as breathe } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Preparations } from '@throughline/shared/http';
import { BackgroundLoop, isDatabaseUnavailable } from '@throughline/shared/persistence';
import { ChangesRepository, type ChangedKind } from '../changes/changes.repository.js';
import type { HsdsOrganization } from '../domain/hsds.js';
import type { LinkedOrganization } from '../domain/record-links.js';
import { searchableOf, searchTerm } from '../domain/search/searchable-service.js';
import { DirectoryRecords } from '../records/directory-records.js';
import { readAhead } from '../records/in-batches.js';
import { ServicesRepository, type FoundService } from '../services/services.repository.js';
import { DirectoryIndex } from './index/directory-index.js';
import { piecesOf, STATE_EDITION, StateReader } from './index/directory-state.js';
import { SearchSnapshots } from './search-snapshots.repository.js';

/** So many changes are read at once. */
const BATCH = 200;
/** So many services are taken over before requests get their turn. */
const IN_ONE_GO = 20;
/** How often to look for changes. */
const POLL_MS = 500;
/** A snapshot is written once it would spare a start so many changes (services, where there is none) ... */
const FEWEST_SPARED = 200;
/** ... and at least such a part of the directory, since a large one takes longer to write ... */
const PART_SPARED = 0.01;
/** ... and nothing has changed for so long, so that few are written in the middle of an import; or the last one is old. */
const QUIET_MS = 3_000;
const LONGEST_WITHOUT_MS = 600_000;

/**
 * Keeps the index like the directory: built once from a snapshot of another process's index or, where there is none that
 * can be used, from the records; then from the list of changes, in its order and without a gap. Every replica reads that
 * list for itself and remembers its own place, so that each hears everything, agrees with the others, and goes on where
 * it was after any outage. Of a change only the id is taken; the record is read as it is now, so that reading a change
 * twice, or late, does no harm.
 */
@Injectable()
export class SearchFeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(SearchFeed.name);
  private readonly loop = new BackgroundLoop('search-index-behind', async () => {
    if (!this.isBuilt) await this.build();
    else if (await this.follow()) return 0;
    else if (this.isSnapshotDue(performance.now())) await this.writeSnapshot();
    return POLL_MS;
  });
  private readonly built: () => void;
  private place = 0;
  /** The place of the newest snapshot that is known of; undefined where there is none that can be used. */
  private kept: number | undefined;
  private changedAt = performance.now();
  private keptAt = performance.now();
  /** True from the moment when the index holds the whole directory. */
  isBuilt = false;

  constructor(
    @Inject(DirectoryIndex) private readonly index: DirectoryIndex,
    @Inject(ServicesRepository) private readonly services: ServicesRepository,
    @Inject(DirectoryRecords) private readonly records: DirectoryRecords,
    @Inject(ChangesRepository) private readonly changes: ChangesRepository,
    @Inject(SearchSnapshots) private readonly snapshots: SearchSnapshots,
    @Inject(Preparations) preparations: Preparations,
  ) {
    this.built = preparations.begin('search-index');
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.loop.stop();
  }

  private async build(): Promise<void> {
    const began = performance.now();
    const isRestored = await this.restoreSnapshot();
    if (!isRestored) await this.readRecords();
    while (!this.loop.isStopping && (await this.follow()));
    if (this.loop.isStopping) return;
    this.isBuilt = true;
    this.built();
    this.logger.log({
      msg: isRestored ? 'search-index-restored' : 'search-index-built',
      services: this.index.size,
      ms: Math.round(performance.now() - began),
    });
  }

  /** Answers whether there was a snapshot that could be used. */
  private async restoreSnapshot(): Promise<boolean> {
    try {
      const newest = await this.snapshots.newest();
      if (newest?.edition !== STATE_EDITION) return false;
      // a list that is another one, or was put back to an earlier time, does not tell what has changed since
      if (newest.list !== (await this.changes.name()) || newest.place > (await this.changes.last())) return false;
      const reader = new StateReader();
      for await (const piece of readAhead(this.snapshots.read(newest))) reader.take(piece);
      const steps = this.index.restore(reader.whole());
      while (!steps.next().done) await breathe();
      this.place = this.kept = newest.place;
      return true;
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      this.logger.warn({ msg: 'search-snapshot-unusable', error });
      return false;
    }
  }

  private isSnapshotDue(now: number): boolean {
    const spared = this.kept === undefined ? this.index.size : this.place - this.kept;
    const isTime = now - this.changedAt >= QUIET_MS || now - this.keptAt >= LONGEST_WITHOUT_MS;
    return spared >= this.worthWriting && isTime;
  }

  private get worthWriting(): number {
    return Math.max(FEWEST_SPARED, this.index.size * PART_SPARED);
  }

  /** Unless another replica has done so, or is about to. Nothing is taken over meanwhile. */
  private async writeSnapshot(): Promise<void> {
    const origin = { edition: STATE_EDITION, list: await this.changes.name(), place: this.place };
    const newest = await this.snapshots.newest();
    // replicas of two editions would otherwise write in turns
    const isKept = newest?.list === origin.list && newest.edition >= STATE_EDITION;
    if (isKept && (newest.edition > STATE_EDITION || this.place - newest.place < this.worthWriting)) {
      this.kept = newest.edition > STATE_EDITION ? this.place : newest.place;
    } else if (await this.snapshots.write(origin, this.pieces())) {
      this.kept = this.place;
      this.logger.log({ msg: 'search-snapshot-written', services: this.index.size, place: this.place });
    }
    this.keptAt = performance.now();
  }

  private *pieces(): Generator<Buffer> {
    for (const piece of piecesOf(this.index.state())) {
      if (this.loop.isStopping) throw new Error('stopping');
      yield piece;
    }
  }

  /** From nothing; what an attempt that broke off has put already is put again. */
  private async readRecords(): Promise<void> {
    const place = await this.changes.last();
    for await (const { content } of this.records.terms.all()) this.index.learn([searchTerm(content)]);
    const organizations = new Map<string, HsdsOrganization>();
    for await (const { id, content } of this.records.organizations.all()) organizations.set(id, asShown(content));
    const seen = new Set<string>();
    for await (const batch of readAhead(this.services.batches())) {
      if (this.loop.isStopping) return;
      for (const { id } of batch) seen.add(id);
      await this.take(batch, organizations);
    }
    for (const id of [...this.index.serviceIds()]) if (!seen.has(id)) this.index.remove(id);
    this.place = place;
  }

  /** Takes over the next changes; answers whether there may be more. */
  private async follow(): Promise<boolean> {
    const changes = await this.changes.after(this.place, BATCH);
    if (changes.length === 0) return false;
    const idsOf = (kind: ChangedKind) => changes.filter((change) => change.kind === kind).map(({ id }) => id);
    const terms = await this.records.terms.byIds(idsOf('taxonomy_term'));
    this.index.learn([...terms.values()].map(({ content }) => searchTerm(content)));
    const ids = idsOf('service');
    const services = await this.services.byIds(ids);
    await this.take([...services.values()].filter(({ withdrawn }) => !withdrawn));
    for (const id of ids) if (services.get(id)?.withdrawn !== false) this.index.remove(id);
    this.place = changes.at(-1)!.place;
    this.changedAt = performance.now();
    return changes.length === BATCH;
  }

  /** @param known organizations that need not be read */
  private async take(
    services: readonly FoundService[],
    known: ReadonlyMap<string, HsdsOrganization> = new Map(),
  ): Promise<void> {
    const missing = services.map(({ organizationId }) => organizationId).filter((id) => !known.has(id));
    const others = await this.records.organizations.byIds(missing);
    for (const [at, { id, content, organizationId, modifiedAt }] of services.entries()) {
      if (at % IN_ONE_GO === IN_ONE_GO - 1) await breathe();
      const organization = known.get(organizationId) ?? others.get(organizationId)?.content;
      if (!organization) throw new Error(`service ${id} names an organization that is not in the database`);
      this.index.put(searchableOf({ ...content, last_modified: modifiedAt.toISOString(), organization }));
    }
    const steps = this.index.settleCategories();
    while (!steps.next().done) await breathe();
  }
}

/** What search reads of an organization: all of them are held while the index is built. */
const asShown = ({ id, name, alternate_name: other }: LinkedOrganization): HsdsOrganization => ({
  id,
  name,
  description: '',
  ...(other === undefined ? {} : { alternate_name: other }),
});
