import { Inject, Injectable } from '@nestjs/common';
import {
  aggregateSchema,
  AggregateStore,
  Database,
  derivedId,
  OutboxRegistry,
  type AggregateDocument,
  type CommandKey,
} from '@throughline/shared/persistence';
import type { DatasetName } from './datasets.js';
import type { ImportResult } from './import-run.js';

/** One import, from the moment it was asked for. */
export interface ImportRecord {
  dataset: DatasetName;
  dryRun: boolean;
  status: 'running' | 'completed';
  /** The process that carries it out has until then to say that it is still at it. */
  leaseUntil: Date;
  /** Each carrier has its own, so that one that was overtaken cannot write a result. */
  carrier: string;
  startedAt: Date;
  finishedAt?: Date;
  result?: ImportResult;
}

@Injectable()
export class ImportsRepository {
  private readonly store: AggregateStore<ImportRecord>;

  constructor(@Inject(Database) database: Database, @Inject(OutboxRegistry) outboxes: OutboxRegistry) {
    const model = database.model<AggregateDocument<ImportRecord>>('Import', aggregateSchema<ImportRecord>(), 'imports');
    this.store = new AggregateStore(model, outboxes);
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

  /** Changes the record in one write. @throws whatever `decide` throws */
  async change(id: string, decide: (record: ImportRecord) => ImportRecord): Promise<ImportRecord> {
    return (await this.store.change(id, ({ state }) => ({ state: decide(state) }))).state;
  }
}
