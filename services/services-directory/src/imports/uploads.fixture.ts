import { eventually } from '@throughline/shared/testing';
import type { TestDirectory } from '../directory.fixture.js';
import type { ImportResponse } from './imports.schemas.js';

export const TYPES = { zip: 'application/zip', json: 'application/json', ndjson: 'application/x-ndjson' };

let keys = 0;

export interface UploadOptions {
  type?: keyof typeof TYPES;
  query?: string;
  key?: string;
  token?: string;
}

/** Sends a file as a dataset. */
export async function send(directory: TestDirectory, name: string, file: Buffer | string, options: UploadOptions = {}) {
  const { type = 'zip', query = '', key = `upload-${(keys += 1)}` } = options;
  return directory.request<ImportResponse & { type?: string; detail?: string }>('POST', `/v1/imports/${name}${query}`, {
    token: options.token ?? (await directory.tokenFor('coordinator')),
    headers: { 'content-type': TYPES[type], 'idempotency-key': key },
    body: Buffer.from(file),
  });
}

/** The import at an address, once it has come to an end. */
export async function ended(directory: TestDirectory, location: string): Promise<ImportResponse> {
  const token = await directory.tokenFor('admin');
  return eventually(
    async () => {
      const { status, body } = await directory.request<ImportResponse>('GET', location, { token });
      if (status !== 200 || body.status === 'running') throw new Error(`${status} ${JSON.stringify(body)}`);
      return body;
    },
    { describe: `${location} has ended`, deadlineMs: 60_000 },
  );
}

/** Sends a file and waits for the import to end. */
export async function upload(
  directory: TestDirectory,
  name: string,
  file: Buffer | string,
  options?: UploadOptions,
): Promise<ImportResponse> {
  const { status, headers, text } = await send(directory, name, file, options);
  if (status !== 202) throw new Error(`${status} ${text}`);
  return ended(directory, headers.get('location')!);
}
