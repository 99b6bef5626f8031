import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Preparations } from '@throughline/shared/http';
import { BackgroundLoop } from '@throughline/shared/persistence';
import { Consequences } from '../changes/consequences.js';
import { DirectoryRecords } from '../records/directory-records.js';
import type { RecordCollection } from '../records/record-collection.js';
import { sharedTerms } from './shared-taxonomies.js';

const DATASET = 'shared-taxonomies';

/**
 * Puts the shared taxonomies into a directory that does not have them. What is there stays as it is, also where somebody
 * has changed or withdrawn it; so it may run at every start, and on any number of replicas at once.
 */
@Injectable()
export class SharedTaxonomiesSeed implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop = new BackgroundLoop('shared-taxonomies-failed', async () => {
    await this.seed();
    this.done();
    return 'done';
  });
  private readonly done: () => void;

  constructor(
    @Inject(DirectoryRecords) private readonly records: DirectoryRecords,
    @Inject(Consequences) private readonly consequences: Consequences,
    @Inject(Preparations) preparations: Preparations,
  ) {
    this.done = preparations.begin('shared-taxonomies');
  }

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.loop.stop();
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
    await collection.saveNew(absent, DATASET);
    return absent.length;
  }
}
