import { setImmediate as breathe } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Preparations } from '@throughline/shared/http';
import { BackgroundLoop } from '@throughline/shared/persistence';
import { ChangesRepository, type ChangedKind } from '../changes/changes.repository.js';
import type { HsdsOrganization } from '../domain/hsds.js';
import type { LinkedOrganization } from '../domain/record-links.js';
import { searchableOf, searchTerm } from '../domain/search/searchable-service.js';
import { DirectoryRecords } from '../records/directory-records.js';
import { readAhead } from '../records/in-batches.js';
import { ServicesRepository, type FoundService } from '../services/services.repository.js';
import { DirectoryIndex } from './index/directory-index.js';

/** So many changes are read at once. */
const BATCH = 200;
/** So many services are taken over before requests get their turn. */
const IN_ONE_GO = 20;
/** How often to look for changes. */
const POLL_MS = 500;

/**
 * Keeps the index like the directory: built once from the records, then from the list of changes, in its order and
 * without a gap. Every replica reads that list for itself and remembers its own place, so that each hears everything,
 * agrees with the others, and goes on where it was after any outage. Of a change only the id is taken; the record is
 * read as it is now, so that reading a change twice, or late, does no harm.
 */
@Injectable()
export class SearchFeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(SearchFeed.name);
  private readonly loop = new BackgroundLoop('search-index-behind', async () => {
    if (!this.isBuilt) await this.build();
    else if (await this.follow()) return 0;
    return POLL_MS;
  });
  private readonly built: () => void;
  private place = 0;
  /** True from the moment when the index holds the whole directory. */
  isBuilt = false;

  constructor(
    @Inject(DirectoryIndex) private readonly index: DirectoryIndex,
    @Inject(ServicesRepository) private readonly services: ServicesRepository,
    @Inject(DirectoryRecords) private readonly records: DirectoryRecords,
    @Inject(ChangesRepository) private readonly changes: ChangesRepository,
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

  /** From nothing; what an attempt that broke off has put already is put again. */
  private async build(): Promise<void> {
    const began = performance.now();
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
    this.isBuilt = true;
    this.built();
    this.logger.log({
      msg: 'search-index-built',
      services: this.index.size,
      ms: Math.round(performance.now() - began),
    });
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
