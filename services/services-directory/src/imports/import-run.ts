import { rm } from 'node:fs/promises';
import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import { derivedId } from '@throughline/shared/persistence';
import { Consequences } from '../changes/consequences.js';
import type { HsdsOrganization, HsdsTaxonomy, HsdsTaxonomyTerm } from '../domain/hsds.js';
import { assembleLocation, assembleOrganization, assembleService } from '../domain/import/assemble.js';
import { KeptEdits, type KeptEdit, type RowPlace } from '../domain/import/kept-edits.js';
import { ReportBuilder, type ImportReport } from '../domain/import/report.js';
import type { Format } from '../domain/import/formats.js';
import type { ReadValues } from '../domain/import/by-value.js';
import { keyOf, type ImportContext, type Part, type PartKind } from '../domain/import/row-reader.js';
import { contentsOf } from '../domain/import/as-edited.js';
import { withoutOwnLocations } from '../domain/record-links.js';
import { withTaxonomy, withTerms } from '../domain/record-terms.js';
import { sharedTerms } from '../taxonomies/shared-taxonomies.js';
import { DirectoryRecords } from '../records/directory-records.js';
import { ServicesRepository } from '../services/services.repository.js';
import type { Dataset } from './datasets.js';
import { FileReader } from './file-reader.js';
import type { ImportProgress } from './imports.repository.js';
import { PartSpool, type StoredPart } from './part-spool.js';
import { describe, treeOf } from './part-trees.js';
import { RecordsWriter, type RecordCounts } from './records-writer.js';
import { ServicesWriter } from './services-writer.js';
import { newWorkspace } from './workspaces.js';

/** What an import did, or in a dry run would have done, to the directory. */
export interface DirectoryChanges {
  taxonomies: RecordCounts;
  taxonomyTerms: RecordCounts;
  locations: RecordCounts;
  organizations: RecordCounts;
  services: { published: number; unchanged: number; withdrawn: number };
}

export interface ImportResult extends ImportReport, Written {
  /** What the dataset was read as. */
  format: Format;
}

interface Written {
  changes: DirectoryChanges;
  /** What was left as a person has made it. */
  edits: KeptEdit[];
  /** Those that `edits` does not list. */
  editsOmitted: number;
}

export interface RunOptions {
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

type Running = Pick<RunOptions, 'dryRun'> & { steps: Steps; parts: PartSpool };

/** What reading leaves in memory for writing. */
interface Read {
  terms: readonly HsdsTaxonomyTerm[];
  taxonomies: readonly HsdsTaxonomy[];
  /** What parts carry by value. */
  values: ReadValues;
  ownerKinds: Kinds;
  /** Where a record stands in the dataset. */
  placeOf: (part: StoredPart) => RowPlace | undefined;
  /** The same for those that are no parts. */
  placeOfTerm: (id: string) => RowPlace | undefined;
}

/** Records that are assembled at once: with all their parts they stay small. */
const BATCH = 100;
/**
 * Carries out one import: rows become parts, parts become records, and what has changed is written and announced.
 * It may be stopped at any point and run again: every step finds what was done before and leaves it as it is.
 * Memory holds the ids of the records that rows refer to, where the parts stand, one batch of records and the report.
 */
@Injectable()
export class ImportRun {
  constructor(
    @Inject(ServicesRepository) private readonly services: ServicesRepository,
    @Inject(DirectoryRecords) private readonly records: DirectoryRecords,
    @Inject(Consequences) private readonly consequences: Consequences,
  ) {}

  /** @throws Refusal `dataset-unusable` for a dataset without a single service: it would empty the directory */
  async run(id: string, dataset: Dataset, { dryRun, progress }: RunOptions): Promise<ImportResult> {
    const folder = await newWorkspace();
    const parts = await PartSpool.in(folder);
    const options: Running = { parts, dryRun, steps: new Steps(progress) };
    try {
      const { report, format, services, ...read } = await this.read(dataset, options);
      if (services === 0)
        throw new Refusal('invalid', 'dataset-unusable', 'the dataset holds no service that can be imported', {
          extra: { report },
        });
      return { format, ...report, ...(await this.write(id, dataset, read, options)) };
    } finally {
      await parts.close();
      await rm(folder, { recursive: true, force: true });
    }
  }

  private async read(dataset: Dataset, { parts, steps }: Running) {
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
      described: 0,
      organizationOfLocation: new Map(),
      commonTerms: dataset.commonTerms,
    };
    const report = new ReportBuilder();
    const reader = new FileReader(context, known, parts, report);
    const source = await dataset.open();
    try {
      for (const table of source.tables) await reader.read(table, steps.rows);
    } finally {
      source.close();
    }
    reader.finish();
    await describe(parts, context, reader.ownerKinds);
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
      values: context,
      ownerKinds: reader.ownerKinds,
      placeOf: (part: StoredPart) => reader.placeOf(part),
      placeOfTerm: (one: string) => reader.placeOfTerm(one),
    };
  }

  /** What is referred to is written before what refers to it, and what has vanished is withdrawn in the opposite order. */
  private async write(
    id: string,
    dataset: Dataset,
    { terms, taxonomies: allTaxonomies, values, ownerKinds, placeOf, placeOfTerm }: Read,
    { parts, dryRun, steps }: Running,
  ): Promise<Written> {
    const { records } = this;
    const kept = new KeptEdits();
    const writing = { dataset: dataset.name, dryRun, kept };
    const taxonomies = await new RecordsWriter('taxonomy', records.taxonomies, writing).prepare();
    const taxonomyTerms = await new RecordsWriter('taxonomy_term', records.terms, writing).prepare();
    const locations = await new RecordsWriter('location', records.locations, writing).prepare();
    const organizations = await new RecordsWriter('organization', records.organizations, writing).prepare();
    await taxonomies.write(allTaxonomies, placeOfTerm);
    // what a person has edited stands in what carries it, as `CarriedTerms` puts it there
    const carried = contentsOf(taxonomies.edited);
    await taxonomyTerms.write(
      terms.map((term) => withTaxonomy(term, carried)),
      placeOfTerm,
    );
    for await (const batch of parts.batchesOf('location', BATCH)) {
      const tree = await treeOf(parts, batch, ownerKinds, values);
      await locations.write(
        batch.map((part) => withTerms(assembleLocation(part, tree), contentsOf(taxonomyTerms.edited))),
        placesOf(batch, placeOf),
      );
      await steps.records(batch.length);
    }
    for await (const batch of parts.batchesOf('organization', BATCH)) {
      const tree = await treeOf(parts, batch, ownerKinds, values);
      const edited = contentsOf(taxonomyTerms.edited);
      const contents = batch.map((part) => withTerms(withoutOwnLocations(assembleOrganization(part, tree)), edited));
      await organizations.write(contents, placesOf(batch, placeOf));
      await steps.records(batch.length);
    }
    if (!dryRun) await this.consequences.drawOfNew(() => steps.records(0));
    const shown = { organizations: organizations.edited, locations: locations.edited, terms: taxonomyTerms.edited };
    const services = new ServicesWriter(this.services, records, shown, { ...writing, origin: id });
    for await (const batch of parts.batchesOf('service', BATCH)) {
      const tree = await treeOf(parts, batch, ownerKinds, values);
      const owners = await this.organizationsOf(parts, batch, ownerKinds, values);
      await services.write(
        batch.map((part) => {
          const { organizationId, content } = assembleService(part, tree);
          return { content, organization: owners.get(organizationId)!, place: placeOf(part) };
        }),
      );
      await steps.records(batch.length);
    }
    for (const writer of [services, organizations, locations, taxonomyTerms, taxonomies])
      await writer.withdrawVanished();
    if (!dryRun) await this.consequences.draw(new Date(), () => steps.records(0));
    return {
      edits: kept.edits,
      editsOmitted: kept.editsOmitted,
      changes: {
        taxonomies: taxonomies.counts,
        taxonomyTerms: taxonomyTerms.counts,
        locations: locations.counts,
        organizations: organizations.counts,
        services: services.counts,
      },
    };
  }

  private async organizationsOf(parts: PartSpool, services: readonly Part[], ownerKinds: Kinds, values: ReadValues) {
    const ids = new Set(services.map((part) => part.record['organization_id'] as string));
    const found = await parts.byKeys([...ids].map((one) => keyOf('organization', one)));
    const tree = await treeOf(parts, found, ownerKinds, values);
    return new Map<string, HsdsOrganization>(found.map((part) => [part.id, assembleOrganization(part, tree)]));
  }
}

/** Where the records of a batch stand. */
function placesOf(batch: readonly StoredPart[], placeOf: Read['placeOf']): (id: string) => RowPlace | undefined {
  const parts = new Map(batch.map((part) => [part.id, part]));
  return (id) => placeOf(parts.get(id)!);
}
