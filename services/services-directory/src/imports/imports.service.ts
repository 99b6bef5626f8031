import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import type { CommandKey } from '@throughline/shared/persistence';
import { BUNDLED_DATASETS } from './datasets.js';
import { ImportRun } from './import-run.js';
import type { ImportRequest, ImportResponse } from './imports.schemas.js';
import { ImportsRepository, type ImportRecord } from './imports.repository.js';

/** A carrier that says nothing for so long is taken for dead, and the next request with the same key goes on. */
const LEASE_MS = 30_000;
/** How often a carrier says that it is still at it. */
const RENEW_MS = LEASE_MS / 3;

/** Carries out imports, each once for its idempotency key, whatever crashes in between. */
@Injectable()
export class ImportsService {
  constructor(
    @Inject(ImportsRepository) private readonly imports: ImportsRepository,
    @Inject(ImportRun) private readonly work: ImportRun,
  ) {}

  /**
   * Imports a bundled dataset and answers the report. Repeated with the same key it answers the same report; while the
   * first request is still being carried out it refuses with `import-running`.
   */
  async import(request: ImportRequest, command: CommandKey): Promise<ImportResponse> {
    const carrier = randomUUID();
    const now = new Date();
    const asked: ImportRecord = { ...request, status: 'running', leaseUntil: leaseFrom(now), carrier, startedAt: now };
    const { id, record } = await this.imports.begin(asked, command);
    if (record.status === 'completed') return responseOf(id, record);
    if (record.carrier !== carrier) await this.takeOver(id, carrier);
    return this.carryOut(id, carrier, asked);
  }

  /** @throws Refusal `import-not-found` */
  async find(id: string): Promise<ImportResponse> {
    const record = await this.imports.find(id);
    if (!record) throw new Refusal('not-found', 'import-not-found', 'there is no import of this id');
    return responseOf(id, record);
  }

  /** Goes on with an import whose carrier is gone. */
  private async takeOver(id: string, carrier: string): Promise<void> {
    await this.imports.change(id, (record) => {
      const now = new Date();
      const waits = record.leaseUntil.getTime() - now.getTime();
      if (record.status === 'completed' || waits > 0)
        throw new Refusal('conflict', 'import-running', 'this import is being carried out at the moment', {
          retryAfterSeconds: Math.ceil(Math.max(waits, 1000) / 1000),
        });
      return { ...record, carrier, leaseUntil: leaseFrom(now) };
    });
  }

  private async carryOut(id: string, carrier: string, { dataset, dryRun }: ImportRecord) {
    let renewAt = Date.now() + RENEW_MS;
    const progress = async (): Promise<void> => {
      if (Date.now() < renewAt) return;
      await this.ownChange(id, carrier, (record) => ({ ...record, leaseUntil: leaseFrom(new Date()) }));
      renewAt = Date.now() + RENEW_MS;
    };
    try {
      const result = await this.work.run(id, BUNDLED_DATASETS[dataset], {
        attempt: carrier,
        dryRun,
        progress,
      });
      const finishedAt = new Date();
      const completed = await this.ownChange(id, carrier, (record) => ({
        ...record,
        status: 'completed',
        finishedAt,
        result,
      }));
      return responseOf(id, completed);
    } catch (error) {
      // the next request with this key need not wait for the lease; where this fails too, the lease runs out
      await this.ownChange(id, carrier, (record) => ({ ...record, leaseUntil: new Date(0) })).catch(() => undefined);
      throw error;
    }
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

const leaseFrom = (now: Date): Date => new Date(now.getTime() + LEASE_MS);

function responseOf(id: string, record: ImportRecord): ImportResponse {
  const { dataset, dryRun, status, startedAt, finishedAt, result } = record;
  return {
    id,
    dataset,
    dryRun,
    status,
    startedAt: startedAt.toISOString(),
    ...(finishedAt
      ? { finishedAt: finishedAt.toISOString(), durationMs: finishedAt.getTime() - startedAt.getTime() }
      : {}),
    ...(result ? { report: result } : {}),
  };
}
