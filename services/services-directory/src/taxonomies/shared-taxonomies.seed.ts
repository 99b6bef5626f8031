import { setTimeout as pause } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Preparations } from '@throughline/shared/http';
import { isDatabaseUnavailable } from '@throughline/shared/persistence';
import { Consequences } from '../changes/consequences.js';
import { inParallel } from '../imports/in-parallel.js';
import { DirectoryRecords } from '../records/directory-records.js';
import type { RecordCollection } from '../records/record-collection.js';
import { sharedTerms } from './shared-taxonomies.js';

const DATASET = 'shared-taxonomies';
const RETRY_MS = 1_000;

/**
 * Puts the shared taxonomies into a directory that does not have them. What is there stays as it is, also where somebody
 * has changed or withdrawn it; so it may run at every start, and on any number of replicas at once.
 */
@Injectable()
export class SharedTaxonomiesSeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(SharedTaxonomiesSeed.name);
  private readonly stopping = new AbortController();
  private readonly done: () => void;
  private running?: Promise<void>;

  constructor(
    @Inject(DirectoryRecords) private readonly records: DirectoryRecords,
    @Inject(Consequences) private readonly consequences: Consequences,
    @Inject(Preparations) preparations: Preparations,
  ) {
    this.done = preparations.begin('shared-taxonomies');
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      try {
        await this.seed();
        return this.done();
      } catch (error) {
        if (!isDatabaseUnavailable(error)) this.logger.error({ msg: 'shared-taxonomies-failed', error });
      }
      // an abort is how a pause ends early
      await pause(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async seed(): Promise<void> {
    const { taxonomies } = sharedTerms;
    const { records } = this;
    const added =
      (await this.add(
        records.taxonomies,
        taxonomies.map(({ taxonomy }) => taxonomy),
      )) +
      (await this.add(
        records.terms,
        taxonomies.flatMap(({ terms }) => terms),
      ));
    if (added > 0) await this.consequences.draw();
  }

  private async add<Content extends { id: string }>(
    collection: RecordCollection<Content>,
    contents: readonly Content[],
  ): Promise<number> {
    const there = await collection.statesOf(contents.map(({ id }) => id));
    const absent = contents.filter(({ id }) => !there.has(id));
    await inParallel(absent, async (content) => void (await collection.save(content, { dataset: DATASET })));
    return absent.length;
  }
}
