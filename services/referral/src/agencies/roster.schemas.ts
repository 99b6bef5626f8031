import { z } from 'zod';
import { ROSTER_COLUMNS } from '../domain/officer-roster.js';

export const rosterQuery = z.strictObject({
  /** True: only the report, and nothing is written. */
  dryRun: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
});
export type RosterQuery = z.infer<typeof rosterQuery>;

const count = z.int().min(0);

export const rosterReport = z
  .object({
    imported: count,
    mended: count,
    unchanged: count,
    rejected: count,
    rows: z
      .array(
        z.object({
          line: z.int(),
          outcome: z.enum(['imported', 'mended', 'unchanged', 'rejected']),
          column: z.enum(ROSTER_COLUMNS).optional(),
          reason: z.string().optional(),
          detail: z.string().optional(),
        }),
      )
      .describe('The rows that were mended or rejected, by line; the first 5,000 of them.'),
    rowsLeftOut: count.describe('So many mended and rejected rows there are besides.'),
  })
  .meta({ id: 'RosterReport' });
export type RosterReport = z.infer<typeof rosterReport>;
