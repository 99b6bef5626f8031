import { z } from 'zod';
import { DATASET_NAMES } from './datasets.js';

/** Body of `POST /v1/imports`. */
export const importRequest = z
  .strictObject({
    /** A dataset that comes with the service. */
    dataset: z.enum(DATASET_NAMES),
    /** Report what would happen and change nothing. */
    dryRun: z.boolean().default(false),
  })
  .meta({ id: 'ImportRequest' });

const count = z.int().min(0);
const counts = { in: count, imported: count, mended: count, rejected: count };
const recordCounts = z.object({ written: count, unchanged: count, withdrawn: count });
const outcome = z.enum(['mended', 'rejected']);
const reason = { file: z.string(), outcome, code: z.string(), detail: z.string() };

/** What an import did, row by row. `in` = `imported` + `mended` + `rejected`. */
export const importResponse = z
  .object({
    id: z.uuid(),
    dataset: z.enum(DATASET_NAMES),
    dryRun: z.boolean(),
    status: z.enum(['running', 'completed']),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().optional(),
    durationMs: count.optional(),
    report: z
      .object({
        totals: z.object(counts),
        files: z.array(z.object({ file: z.string(), ...counts })),
        reasons: z.array(z.object({ ...reason, count })),
        rows: z.array(z.object({ ...reason, line: z.int().min(1) })),
        rowsOmitted: count,
        remarks: z.array(z.object({ file: z.string(), detail: z.string() })),
        changes: z.object({
          taxonomies: recordCounts,
          taxonomyTerms: recordCounts,
          locations: recordCounts,
          organizations: recordCounts,
          services: z.object({ published: count, unchanged: count, withdrawn: count }),
        }),
      })
      .optional(),
  })
  .meta({ id: 'ImportResponse' });

export type ImportRequest = z.output<typeof importRequest>;
export type ImportResponse = z.output<typeof importResponse>;
