import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import type { Dataset } from './datasets.js';
import { ImportRun } from './import-run.js';
import { ImportsRepository, type ImportProgress, type ImportRecord } from './imports.repository.js';

/** A carrier that says nothing for so long is taken for dead, and another goes on. */
const LEASE_MS = 30_000;
/** How often a carrier says that it is still at it, and how far it has come. */
const SIGN_MS = 1000;

export const leaseFrom = (now: Date): Date => new Date(now.getTime() + LEASE_MS);

/** Carries imports out under their lease. Each carrier has a name of its own. */
@Injectable()
export class ImportCarrier {
  constructor(
    @Inject(ImportsRepository) private readonly imports: ImportsRepository,
    @Inject(ImportRun) private readonly work: ImportRun,
  ) {}

  /**
   * Makes `carrier` the one that carries the import out.
   * @throws Refusal `import-running` while another one's lease runs, or when there is nothing left to do
   */
  async takeOver(id: string, carrier: string): Promise<ImportRecord> {
    return this.imports.change(id, (record) => {
      const now = new Date();
      const waits = record.leaseUntil.getTime() - now.getTime();
      if (record.status !== 'running' || waits > 0)
        throw new Refusal('conflict', 'import-running', 'this import is being carried out at the moment', {
          retryAfterSeconds: Math.ceil(Math.max(waits, 1000) / 1000),
        });
      return { ...record, carrier, leaseUntil: leaseFrom(now), attempts: (record.attempts ?? 0) + 1 };
    });
  }

  /**
   * Carries the import out and keeps its result. Where that fails the lease ends, so that another can go on at once.
   * @param stop aborted when this process shuts down
   */
  async carryOut(id: string, carrier: string, dataset: Dataset, dryRun: boolean, stop?: AbortSignal) {
    let signAt = Date.now() + SIGN_MS;
    const progress = async (at: ImportProgress): Promise<void> => {
      stop?.throwIfAborted();
      if (Date.now() < signAt) return;
      await this.ownChange(id, carrier, (record) => ({ ...record, leaseUntil: leaseFrom(new Date()), progress: at }));
      signAt = Date.now() + SIGN_MS;
    };
    try {
      const result = await this.work.run(id, dataset, { dryRun, progress });
      return await this.finish(id, carrier, { status: 'completed', result });
    } catch (error) {
      // where this fails too, the lease runs out
      await this.ownChange(id, carrier, (record) => ({ ...record, leaseUntil: new Date(0) })).catch(() => undefined);
      throw error;
    }
  }

  /** Ends an import, with its result or the reason for which there is none. */
  async finish(
    id: string,
    carrier: string,
    end: Pick<ImportRecord, 'status' | 'result' | 'problem'>,
  ): Promise<ImportRecord> {
    return this.ownChange(id, carrier, ({ progress: _progress, ...record }) => ({
      ...record,
      ...end,
      finishedAt: new Date(),
    }));
  }

  private ownChange(
    id: string,
    carrier: string,
    decide: (record: ImportRecord) => ImportRecord,
  ): Promise<ImportRecord> {
    return this.imports.change(id, (record) => {
      if (record.carrier !== carrier)
        throw new Refusal('conflict', 'import-taken-over', 'another process has taken this import over');
      return decide(record);
    });
  }
}
