import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import { isDatabaseUnavailable } from '@throughline/shared/persistence';
import type { ImportReport } from '../domain/import/report.js';
import type { Dataset } from './datasets.js';
import { ImportCarrier } from './import-carrier.js';
import { ImportsRepository, type ImportRecord, type Upload } from './imports.repository.js';
import { openUpload } from './sources.js';
import { UploadStore } from './upload-store.js';
import { dropAbandonedWorkspaces, newWorkspace } from './workspaces.js';

/** How often it is looked whether an import waits whose carrier is gone. */
const LOOK_MS = 5000;
/** An import that kills its process, or that the database refuses, must not do so for ever. */
const MAX_ATTEMPTS = 10;

/**
 * Imports uploaded files, one at a time, and goes on with those whose carrier has died. A file that cannot be imported
 * fails for good; anything else (the database is away) is tried again.
 */
@Injectable()
export class UploadWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(UploadWorker.name);
  private readonly stop = new AbortController();
  private working: Promise<void> | undefined;
  private again = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(ImportsRepository) private readonly imports: ImportsRepository,
    @Inject(ImportCarrier) private readonly carrier: ImportCarrier,
    @Inject(UploadStore) private readonly uploads: UploadStore,
  ) {}

  onApplicationBootstrap(): void {
    // no import waits for this
    void dropAbandonedWorkspaces().catch(() => undefined);
    this.timer = setInterval(() => this.nudge(), LOOK_MS).unref();
    this.nudge();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stop.abort();
    await this.working;
  }

  /** Says that an import may be waiting. */
  nudge(): void {
    this.again = true;
    if (this.stop.signal.aborted || this.working) return;
    this.working = this.work().finally(() => {
      this.working = undefined;
    });
  }

  private async work(): Promise<void> {
    while (this.again && !this.stop.signal.aborted) {
      this.again = false;
      // a database that is away is looked for again at the next round
      const waiting = await this.imports.waiting(new Date()).catch(() => []);
      for (const id of waiting) {
        if (this.stop.signal.aborted) return;
        await this.carryOut(id).catch((error: unknown) => this.report(error));
      }
    }
  }

  /** That another process was quicker, that this one stops, and that the database is away are no failures. */
  private report(error: unknown): void {
    const another = error instanceof Refusal && error.kind === 'conflict';
    if (another || this.stop.signal.aborted || isDatabaseUnavailable(error)) return;
    this.logger.error({ msg: 'import-interrupted', error });
  }

  private async carryOut(id: string): Promise<void> {
    const name = randomUUID();
    const { dataset, dryRun, upload, attempts = 1 } = await this.carrier.takeOver(id, name);
    if (!upload) return;
    const fail = async (problem: NonNullable<ImportRecord['problem']>): Promise<void> => {
      await this.carrier.finish(id, name, { status: 'failed', problem });
      await this.uploads.drop(upload.id);
    };
    if (attempts > MAX_ATTEMPTS)
      return fail({ code: 'import-failed', detail: `it was begun ${MAX_ATTEMPTS} times and never came to an end` });
    const workspace = await newWorkspace();
    try {
      await this.carrier.carryOut(id, name, this.datasetOf(dataset, upload, workspace), dryRun, this.stop.signal);
      await this.uploads.drop(upload.id);
    } catch (error) {
      if (!(error instanceof Refusal) || error.kind !== 'invalid') throw error;
      const { reasons } = (error.details.extra?.['report'] ?? {}) as Partial<ImportReport>;
      await fail({ code: error.code, detail: error.message, ...(reasons ? { reasons } : {}) });
    } finally {
      await rm(workspace, { recursive: true, force: true });
    }
  }

  private datasetOf(name: string, { id, packing, format }: Upload, workspace: string): Dataset {
    return {
      name,
      commonTerms: [],
      open: async () => {
        const path = join(workspace, 'upload');
        await this.uploads.writeTo(id, path);
        return openUpload(path, packing, { workspace, ...(format ? { format } : {}) });
      },
    };
  }
}
