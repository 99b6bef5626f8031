import { z } from 'zod';

/** The environment of this service alone. */
export const directoryConfig = z.object({
  /** Address under which clients reach this service, for the links in `/hsds`. Absent: that of the request. */
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** The largest file that an import takes, in bytes. */
  IMPORT_MAX_UPLOAD_BYTES: z.coerce.number().int().min(1).max(2_000_000_000).default(256_000_000),
});

/** Its values, as a token to inject. */
export class DirectoryConfig {
  readonly PUBLIC_URL?: string;
  readonly IMPORT_MAX_UPLOAD_BYTES: number;

  constructor({ PUBLIC_URL, IMPORT_MAX_UPLOAD_BYTES }: z.infer<typeof directoryConfig>) {
    this.IMPORT_MAX_UPLOAD_BYTES = IMPORT_MAX_UPLOAD_BYTES;
    if (PUBLIC_URL !== undefined) this.PUBLIC_URL = PUBLIC_URL;
  }
}
