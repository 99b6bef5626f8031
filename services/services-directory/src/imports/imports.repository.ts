import { Inject, Injectable } from '@nestjs/common';
import type { Model } from 'mongoose';
import {
  aggregateSchema,
  AggregateStore,
  Database,
  derivedId,
  OutboxRegistry,
  type AggregateDocument,
  type CommandKey,
} from '@throughline/shared/persistence';
import type { Format } from '../domain/import/formats.js';
import type { ReasonCount } from '../domain/import/report.js';
import type { ImportResult } from './import-run.js';
import type { Packing } from './sources.js';

/** One import, from the moment it was asked for. */
export interface ImportRecord {
  dataset: string;
  dryRun: boolean;
  status: 'running' | 'completed' | 'failed';
  /** The file to import, unless the dataset comes with the service. */
  upload?: Upload;
  /** The process that carries it out has until then to say that it is still at it. */
  leaseUntil: Date;
  /** Each carrier has its own, so that one that was overtaken cannot write a result. */
  carrier: string;
  startedAt: Date;
  finishedAt?: Date;
  result?: ImportResult;
  /** How far it has come, at the last sign of life. */
  progress?: ImportProgress;
  /** Why it failed. */
  problem?: { code: string; detail: string; reasons?: ReasonCount[] };
  /** How often somebody has begun to carry it out. */
  attempts?: number;
}

export interface Upload {
  id: string;
  packing: Packing;
  /** What the sender says; absent: the files tell it. */
  format?: Format;
}

export interface ImportProgress {
  rowsRead: number;
  recordsWritten: number;
}

@Injectable()
export class ImportsRepository {
  private readonly model: Model<AggregateDocument<ImportRecord>>;
  private readonly store: AggregateStore<ImportRecord>;

  constructor(@Inject(Database) database: Database, @Inject(OutboxRegistry) outboxes: OutboxRegistry) {
    const schema = aggregateSchema<ImportRecord>([{ key: { 'state.status': 1 } }]);
    this.model = database.model<AggregateDocument<ImportRecord>>('Import', schema, 'imports');
    this.store = new AggregateStore(this.model, outboxes);
  }

  /** Records that an import is asked for; a command that was sent before finds the import it began. */
  async begin(record: ImportRecord, command: CommandKey): Promise<{ id: string; record: ImportRecord }> {
    const id = derivedId('import', command.key);
    const { state } = await this.store.create(id, { state: record }, command);
    return { id, record: state };
  }

  async find(id: string): Promise<ImportRecord | undefined> {
    return (await this.store.load(id))?.state;
  }

  /** The ids of imports of uploads that nobody carries out at the moment, the first that was asked for first. */
  async waiting(now: Date): Promise<string[]> {
    const filter = { 'state.status': 'running', 'state.leaseUntil': { $lte: now }, 'state.upload': { $exists: true } };
    const docs = this.model.collection.find(filter, { projection: { 'state.startedAt': 1 } });
    const found = (await docs.toArray()) as unknown as AggregateDocument<ImportRecord>[];
    return found
      .sort((a, b) => a.state.startedAt.getTime() - b.state.startedAt.getTime())
      .map((doc) => String(doc._id));
  }

  /** Changes the record in one write. @throws whatever `decide` throws */
  async change(id: string, decide: (record: ImportRecord) => ImportRecord): Promise<ImportRecord> {
    return (await this.store.change(id, ({ state }) => ({ state: decide(state) }))).state;
  }
}
