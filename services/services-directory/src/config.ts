import { z } from 'zod';

/** The environment of this service alone. */
export const directoryConfig = z.object({
  /** Address under which clients reach this service, for the links in `/hsds`. Absent: that of the request. */
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
});

/** Its values, as a token to inject. */
export class DirectoryConfig {
  readonly PUBLIC_URL?: string;

  constructor({ PUBLIC_URL }: z.infer<typeof directoryConfig>) {
    if (PUBLIC_URL !== undefined) this.PUBLIC_URL = PUBLIC_URL;
  }
}
