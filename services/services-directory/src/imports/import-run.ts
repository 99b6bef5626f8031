import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import { derivedId } from '@throughline/shared/persistence';
import type { HsdsOrganization, HsdsTaxonomyTerm } from '../domain/hsds.js';
import { assembleOrganization, assembleService } from '../domain/import/assemble.js';
import { ReportBuilder, type ImportReport } from '../domain/import/report.js';
import { keyOf, type ImportContext, type Part } from '../domain/import/row-reader.js';
import { TABLES } from '../domain/import/map-row.js';
import { OrganizationsRepository } from '../organizations/organizations.repository.js';
import { ServicesRepository } from '../services/services.repository.js';
import type { BundledDataset } from './datasets.js';
import { FileReader } from './file-reader.js';
import { ImportParts } from './import-parts.js';

/** What an import did, or in a dry run would have done, to the directory. */
export interface DirectoryChanges {
  organizations: { written: number; unchanged: number };
  services: { published: number; unchanged: number; withdrawn: number };
}

export interface ImportResult extends ImportReport {
  changes: DirectoryChanges;
}

export interface RunOptions {
  /** Names the attempt, of which an import may need several: one that was taken for dead must not touch the next. */
  attempt: string;
  dryRun: boolean;
  /** Called between the steps of the work: it may throw to stop it. */
  progress: () => Promise<void>;
}

/** Records that are assembled at once: with all their parts they stay small. */
const BATCH = 100;
/** Writes on their way at once: a durable write waits for the disk, not for us. */
const WRITERS = 16;

/**
 * Carries out one import: rows become parts, parts become records, and what has changed is written and announced.
 * It may be stopped at any point and run again: every step finds what was done before and leaves it as it is.
 * Memory holds the ids of the records that rows refer to, one batch of records and the report, whatever the size.
 */
@Injectable()
export class ImportRun {
  constructor(
    @Inject(ImportParts) private readonly parts: ImportParts,
    @Inject(ServicesRepository) private readonly services: ServicesRepository,
    @Inject(OrganizationsRepository) private readonly organizations: OrganizationsRepository,
  ) {}

  /** @throws Refusal `dataset-unusable` for a dataset without a single service: it would empty the directory */
  async run(id: string, dataset: BundledDataset, options: RunOptions): Promise<ImportResult> {
    const { attempt } = options;
    try {
      const { report, services } = await this.read(dataset, options);
      if (services === 0)
        throw new Refusal('invalid', 'dataset-unusable', 'the dataset holds no service that can be imported', {
          extra: { report },
        });
      const organizations = await this.writeOrganizations(dataset, options);
      const changes = { organizations, services: await this.writeServices(id, dataset, options) };
      return { ...report, changes };
    } finally {
      await this.parts.clear(attempt);
    }
  }

  private async read(dataset: BundledDataset, { attempt, progress }: RunOptions) {
    const known = new Set<string>();
    const context: ImportContext = {
      dataset: dataset.name,
      deriveId: derivedId,
      knows: (key) => known.has(key),
      placeholders: new Set(),
      terms: new Map<string, HsdsTaxonomyTerm>(dataset.commonTerms.map((term) => [term.id, term])),
      commonTerms: dataset.commonTerms,
    };
    const report = new ReportBuilder();
    const reader = new FileReader(attempt, context, known, this.parts, report);
    for (const table of TABLES) {
      const path = new URL(`${table}.csv`, dataset.folder);
      if (await isThere(path)) await reader.read(table, path, progress);
    }
    reader.finish();
    const services = [...known].filter((key) => key.startsWith('service:')).length;
    return { report: report.build(), services };
  }

  private async writeOrganizations(dataset: BundledDataset, { attempt, dryRun, progress }: RunOptions) {
    const counts = { written: 0, unchanged: 0 };
    for await (const batch of this.parts.batchesOf(attempt, 'organization', BATCH)) {
      const tree = await this.parts.treeOf(attempt, batch);
      const before = await this.organizations.hashesOf(batch.map((part) => part.id));
      const changed = batch.flatMap((part) => {
        const content = assembleOrganization(part, tree);
        const hash = hashOf(content);
        return before.get(part.id) === hash ? [] : [{ dataset: dataset.name, hash, content }];
      });
      counts.written += changed.length;
      counts.unchanged += batch.length - changed.length;
      if (!dryRun) await this.organizations.save(changed);
      await progress();
    }
    return counts;
  }

  private async writeServices(id: string, dataset: BundledDataset, { attempt, dryRun, progress }: RunOptions) {
    const counts = { published: 0, unchanged: 0, withdrawn: 0 };
    const present = new Set<string>();
    for await (const batch of this.parts.batchesOf(attempt, 'service', BATCH)) {
      const tree = await this.parts.treeOf(attempt, batch);
      const organizations = await this.organizationsOf(attempt, batch);
      const before = await this.services.hashesOf(batch.map((part) => part.id));
      await inParallel(batch, async (part) => {
        const { organizationId, content } = assembleService(part, tree);
        const organization = organizations.get(organizationId)!;
        const hash = hashOf([content, organization]);
        const unchanged = before.get(part.id) === hash;
        present.add(part.id);
        counts[unchanged ? 'unchanged' : 'published'] += 1;
        if (unchanged || dryRun) return;
        await this.services.publish({ content, organization, dataset: dataset.name, hash }, id);
      });
      await progress();
    }
    const vanished: string[] = [];
    for await (const serviceId of this.services.idsOf(dataset.name))
      if (!present.has(serviceId)) vanished.push(serviceId);
    counts.withdrawn = vanished.length;
    if (!dryRun) await inParallel(vanished, (serviceId) => this.services.withdraw(serviceId));
    return counts;
  }

  private async organizationsOf(attempt: string, services: readonly Part[]): Promise<Map<string, HsdsOrganization>> {
    const ids = new Set(services.map((part) => part.record['organization_id'] as string));
    const parts = await this.parts.byKeys(
      attempt,
      [...ids].map((one) => keyOf('organization', one)),
    );
    const tree = await this.parts.treeOf(attempt, parts);
    return new Map(parts.map((part) => [part.id, assembleOrganization(part, tree)]));
  }
}

/** Of the record as it is served, whose fields always come in the same order. */
const hashOf = (record: unknown): string => createHash('sha256').update(JSON.stringify(record)).digest('hex');

async function isThere(path: URL): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

/** Does the work of all items, some at once. After a failure it begins no other item and waits for those in hand. */
async function inParallel<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.values();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const item of waiting) {
      if (failed) return;
      await work(item).catch((error: unknown) => {
        failed = true;
        throw error;
      });
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: WRITERS }, worker));
  const failure = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failure) throw failure.reason;
}
