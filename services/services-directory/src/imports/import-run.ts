import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import { derivedId } from '@throughline/shared/persistence';
import { Consequences } from '../changes/consequences.js';
import type { HsdsOrganization, HsdsTaxonomy, HsdsTaxonomyTerm } from '../domain/hsds.js';
import { assembleLocation, assembleOrganization, assembleService } from '../domain/import/assemble.js';
import { ReportBuilder, type ImportReport } from '../domain/import/report.js';
import type { Format } from '../domain/import/formats.js';
import { keyOf, type ImportContext, type Part, type PartKind } from '../domain/import/row-reader.js';
import { withoutOwnLocations } from '../domain/record-links.js';
import { sharedTerms } from '../taxonomies/shared-taxonomies.js';
import { DirectoryRecords } from '../records/directory-records.js';
import { inParallel } from '../records/in-parallel.js';
import { hashesOfNested } from '../records/record-hash.js';
import { ServicesRepository, type ServiceToPublish } from '../services/services.repository.js';
import type { Dataset } from './datasets.js';
import { FileReader } from './file-reader.js';
import { ImportParts } from './import-parts.js';
import type { ImportProgress } from './imports.repository.js';
import { RecordsWriter, type RecordCounts } from './records-writer.js';

/** What an import did, or in a dry run would have done, to the directory. */
export interface DirectoryChanges {
  taxonomies: RecordCounts;
  taxonomyTerms: RecordCounts;
  locations: RecordCounts;
  organizations: RecordCounts;
  services: { published: number; unchanged: number; withdrawn: number };
}

export interface ImportResult extends ImportReport {
  /** What the dataset was read as. */
  format: Format;
  changes: DirectoryChanges;
}

export interface RunOptions {
  /** Names the attempt, of which an import may need several: one that was taken for dead must not touch the next. */
  attempt: string;
  dryRun: boolean;
  /** Called between the steps of the work with how far it has come: it may throw to stop it. */
  progress: (at: ImportProgress) => Promise<void>;
}

/** How far an import has come. */
class Steps {
  private readonly at: ImportProgress = { rowsRead: 0, recordsWritten: 0 };

  constructor(private readonly report: RunOptions['progress']) {}

  readonly rows = (count: number): Promise<void> => this.add('rowsRead', count);
  readonly records = (count: number): Promise<void> => this.add('recordsWritten', count);

  private async add(what: keyof ImportProgress, count: number): Promise<void> {
    this.at[what] += count;
    await this.report({ ...this.at });
  }
}

type Kinds = ReadonlySet<PartKind>;

type Running = Pick<RunOptions, 'attempt' | 'dryRun'> & { steps: Steps };

/** What reading leaves in memory for writing. */
interface Read {
  terms: readonly HsdsTaxonomyTerm[];
  taxonomies: readonly HsdsTaxonomy[];
  ownerKinds: Kinds;
}

/** Records that are assembled at once: with all their parts they stay small. */
const BATCH = 100;
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
    @Inject(DirectoryRecords) private readonly records: DirectoryRecords,
    @Inject(Consequences) private readonly consequences: Consequences,
  ) {}

  /** @throws Refusal `dataset-unusable` for a dataset without a single service: it would empty the directory */
  async run(id: string, dataset: Dataset, { attempt, dryRun, progress }: RunOptions): Promise<ImportResult> {
    const options: Running = { attempt, dryRun, steps: new Steps(progress) };
    try {
      const { report, format, services, ...read } = await this.read(dataset, options);
      if (services === 0)
        throw new Refusal('invalid', 'dataset-unusable', 'the dataset holds no service that can be imported', {
          extra: { report },
        });
      return { format, ...report, changes: await this.write(id, dataset, read, options) };
    } finally {
      await this.parts.clear(attempt);
    }
  }

  private async read(dataset: Dataset, { attempt, steps }: Running) {
    const known = new Set<string>();
    const context: ImportContext = {
      dataset: dataset.name,
      deriveId: derivedId,
      knows: (key) => known.has(key),
      placeholders: new Set(),
      terms: new Map<string, HsdsTaxonomyTerm>(dataset.commonTerms.map((term) => [term.id, term])),
      taxonomies: new Map(
        dataset.commonTerms.flatMap(({ taxonomy_detail: one }) => (one ? [[one.id, one] as const] : [])),
      ),
      shared: sharedTerms,
      units: new Map(),
      organizationOfLocation: new Map(),
      commonTerms: dataset.commonTerms,
    };
    const report = new ReportBuilder();
    const reader = new FileReader(attempt, context, known, this.parts, report);
    const source = await dataset.open();
    try {
      for (const table of source.tables) await reader.read(table, steps.rows);
    } finally {
      source.close();
    }
    reader.finish();
    for (const { file, detail } of source.remarks) report.remark(file, detail);
    const services = [...known].filter((key) => key.startsWith('service:')).length;
    // those that every directory has belong to no dataset
    const terms = [...context.terms.values()].filter(({ id }) => !sharedTerms.has(id));
    const taxonomies = [...context.taxonomies.values()].filter(({ id }) => !sharedTerms.has(id));
    return {
      report: report.build(),
      format: source.format,
      services,
      terms,
      taxonomies,
      ownerKinds: reader.ownerKinds,
    };
  }

  /** What is referred to is written before what refers to it, and what has vanished is withdrawn in the opposite order. */
  private async write(
    id: string,
    dataset: Dataset,
    { terms, taxonomies: allTaxonomies, ownerKinds }: Read,
    options: Running,
  ): Promise<DirectoryChanges> {
    const { attempt, dryRun, steps } = options;
    const { records } = this;
    const taxonomies = new RecordsWriter(records.taxonomies, dataset.name, dryRun);
    const taxonomyTerms = new RecordsWriter(records.terms, dataset.name, dryRun);
    const locations = new RecordsWriter(records.locations, dataset.name, dryRun);
    const organizations = new RecordsWriter(records.organizations, dataset.name, dryRun);
    await taxonomies.write(allTaxonomies);
    await taxonomyTerms.write(terms);
    for await (const batch of this.parts.batchesOf(attempt, 'location', BATCH)) {
      const tree = await this.parts.treeOf(attempt, batch, ownerKinds);
      await locations.write(batch.map((part) => assembleLocation(part, tree)));
      await steps.records(batch.length);
    }
    for await (const batch of this.parts.batchesOf(attempt, 'organization', BATCH)) {
      const tree = await this.parts.treeOf(attempt, batch, ownerKinds);
      await organizations.write(batch.map((part) => withoutOwnLocations(assembleOrganization(part, tree))));
      await steps.records(batch.length);
    }
    if (!dryRun) await this.consequences.drawOfNew(() => steps.records(0));
    const services = await this.writeServices(id, dataset, ownerKinds, options);
    for (const writer of [organizations, locations, taxonomyTerms, taxonomies]) await writer.withdrawVanished();
    if (!dryRun) await this.consequences.draw(new Date(), () => steps.records(0));
    return {
      taxonomies: taxonomies.counts,
      taxonomyTerms: taxonomyTerms.counts,
      locations: locations.counts,
      organizations: organizations.counts,
      services,
    };
  }

  private async writeServices(id: string, dataset: Dataset, ownerKinds: Kinds, { attempt, dryRun, steps }: Running) {
    const counts = { published: 0, unchanged: 0, withdrawn: 0 };
    const present = new Set<string>();
    for await (const batch of this.parts.batchesOf(attempt, 'service', BATCH)) {
      const tree = await this.parts.treeOf(attempt, batch, ownerKinds);
      const organizations = await this.organizationsOf(attempt, batch, ownerKinds);
      const before = await this.services.hashesOf(batch.map((part) => part.id));
      const changed: ServiceToPublish[] = [];
      for (const part of batch) {
        const { organizationId, content } = assembleService(part, tree);
        const organization = organizations.get(organizationId)!;
        present.add(part.id);
        if (before.get(part.id) === hashesOfNested(content, organization).hash) counts.unchanged += 1;
        else changed.push({ content, organization, dataset: dataset.name });
      }
      counts.published += changed.length;
      if (!dryRun)
        await inParallel(await this.services.publishNew(changed, id), (service) => this.services.publish(service, id));
      await steps.records(batch.length);
    }
    const vanished: string[] = [];
    for await (const serviceId of this.services.idsOf(dataset.name))
      if (!present.has(serviceId)) vanished.push(serviceId);
    counts.withdrawn = vanished.length;
    if (!dryRun) await inParallel(vanished, (serviceId) => this.services.withdraw(serviceId));
    return counts;
  }

  private async organizationsOf(attempt: string, services: readonly Part[], ownerKinds: Kinds) {
    const ids = new Set(services.map((part) => part.record['organization_id'] as string));
    const parts = await this.parts.byKeys(
      attempt,
      [...ids].map((one) => keyOf('organization', one)),
    );
    const tree = await this.parts.treeOf(attempt, parts, ownerKinds);
    return new Map<string, HsdsOrganization>(parts.map((part) => [part.id, assembleOrganization(part, tree)]));
  }
}
