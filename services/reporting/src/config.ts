import { z } from 'zod';

const isTimeZone = (name: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
};

/** The environment of this service alone. */
export const reportingConfig = z.object({
  /** In which zone a report's days begin and end. */
  SITE_TIME_ZONE: z
    .string()
    .default('America/Denver')
    .refine(isTimeZone, { error: 'must be the IANA name of a time zone, as in America/Denver' }),
  /** A rebuild is complete when nothing more has come of it for so many milliseconds. */
  REBUILD_SETTLE_MS: z.coerce.number().int().min(0).max(600_000).default(5_000),
});

/** Its values, as a token to inject. */
export class ReportingConfig {
  readonly SITE_TIME_ZONE: string;
  readonly REBUILD_SETTLE_MS: number;

  constructor({ SITE_TIME_ZONE, REBUILD_SETTLE_MS }: z.infer<typeof reportingConfig>) {
    this.SITE_TIME_ZONE = SITE_TIME_ZONE;
    this.REBUILD_SETTLE_MS = REBUILD_SETTLE_MS;
  }
}
