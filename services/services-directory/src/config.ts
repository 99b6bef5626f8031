import { z } from 'zod';

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
};

/** The environment of this service alone. */
export const directoryConfig = z.object({
  /** Address under which clients reach this service, for the links in `/hsds`. Absent: that of the request. */
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** The largest file that an import takes, in bytes. */
  IMPORT_MAX_UPLOAD_BYTES: z.coerce.number().int().min(1).max(2_000_000_000).default(256_000_000),
  /** The zone of opening hours that name none. */
  SITE_TIME_ZONE: z
    .string()
    .default('America/Denver')
    .refine(isTimeZone, { error: 'must be the IANA name of a time zone, as in America/Denver' }),
});

/** Its values, as a token to inject. */
export class DirectoryConfig {
  readonly PUBLIC_URL?: string;
  readonly IMPORT_MAX_UPLOAD_BYTES: number;
  readonly SITE_TIME_ZONE: string;

  constructor({ PUBLIC_URL, IMPORT_MAX_UPLOAD_BYTES, SITE_TIME_ZONE }: z.infer<typeof directoryConfig>) {
    this.IMPORT_MAX_UPLOAD_BYTES = IMPORT_MAX_UPLOAD_BYTES;
    if (PUBLIC_URL !== undefined) this.PUBLIC_URL = PUBLIC_URL;
    this.SITE_TIME_ZONE = SITE_TIME_ZONE;
  }
}
