import { createHash, randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import type { CommandKey } from '@throughline/shared/persistence';
import { DirectoryConfig } from '../config.js';
import { BUNDLED_DATASETS } from './datasets.js';
import { ImportCarrier, leaseFrom } from './import-carrier.js';
import type { ImportRequest, ImportResponse, UploadRequest } from './imports.schemas.js';
import { ImportsRepository, type ImportRecord } from './imports.repository.js';
import type { Packing } from './sources.js';
import { tooLarge, UploadStore } from './upload-store.js';
import { UploadWorker } from './upload-worker.js';

/** Takes imports in, each once for its idempotency key, whatever crashes in between. */
@Injectable()
export class ImportsService {
  constructor(
    @Inject(ImportsRepository) private readonly imports: ImportsRepository,
    @Inject(ImportCarrier) private readonly carrier: ImportCarrier,
    @Inject(UploadStore) private readonly uploads: UploadStore,
    @Inject(UploadWorker) private readonly worker: UploadWorker,
    @Inject(DirectoryConfig) private readonly config: DirectoryConfig,
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
    if (record.carrier !== carrier) await this.carrier.takeOver(id, carrier);
    const dataset = BUNDLED_DATASETS[request.dataset];
    return responseOf(id, await this.carrier.carryOut(id, carrier, dataset, request.dryRun));
  }

  /**
   * Takes a file in, to be imported in the background. Repeated with the same key and the same file it answers the same
   * import.
   * @param declared the size of the file, where the sender says it
   * @throws Refusal `upload-too-large`, `upload-aborted`, `upload-empty`, `idempotency-key-reused`
   */
  async upload(
    dataset: string,
    { dryRun, format }: UploadRequest,
    file: { body: Readable; packing: Packing; declared: number },
    command: CommandKey,
  ): Promise<ImportResponse> {
    const maxBytes = this.config.IMPORT_MAX_UPLOAD_BYTES;
    if (file.declared > maxBytes) throw tooLarge(maxBytes);
    const uploadId = randomUUID();
    const content = await this.uploads.receive(uploadId, file.body, maxBytes);
    const upload = { id: uploadId, packing: file.packing, ...(format ? { format } : {}) };
    const now = new Date();
    const free = { leaseUntil: new Date(0), carrier: 'none', startedAt: now };
    const what = [command.hash, dataset, dryRun, format ?? '', file.packing, content].join();
    const hash = createHash('sha256').update(what).digest('hex');
    try {
      const { id, record } = await this.imports.begin(
        { dataset, dryRun, status: 'running', upload, ...free },
        { key: command.key, hash },
      );
      if (record.upload?.id !== uploadId) await this.uploads.drop(uploadId);
      this.worker.nudge();
      return responseOf(id, record);
    } catch (error) {
      await this.uploads.drop(uploadId);
      throw error;
    }
  }

  /** @throws Refusal `import-not-found` */
  async find(id: string): Promise<ImportResponse> {
    const record = await this.imports.find(id);
    if (!record) throw new Refusal('not-found', 'import-not-found', 'there is no import of this id');
    return responseOf(id, record);
  }
}

function responseOf(id: string, record: ImportRecord): ImportResponse {
  const { dataset, dryRun, status, startedAt, finishedAt, result, progress, problem } = record;
  return {
    id,
    dataset,
    dryRun,
    status,
    startedAt: startedAt.toISOString(),
    ...(finishedAt
      ? { finishedAt: finishedAt.toISOString(), durationMs: finishedAt.getTime() - startedAt.getTime() }
      : {}),
    ...(progress ? { progress } : {}),
    ...(problem ? { problem } : {}),
    ...(result ? { report: result } : {}),
  };
}
