import { z } from 'zod';
import { FORMATS } from '../domain/import/formats.js';
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

/** Query of `POST /v1/imports/{dataset}`. */
export const uploadRequest = z.strictObject({
  dryRun: z
    .enum(['true', 'false'])
    .default('false')
    .transform((text) => text === 'true'),
  format: z.enum(FORMATS).optional(),
});

/** The name of a dataset. Those that come with the service are not overwritten by uploads. */
export const datasetName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'has 1 to 63 small letters, digits and hyphens')
  .refine((name) => !(DATASET_NAMES as readonly string[]).includes(name), 'is the name of a dataset of the service');

const count = z.int().min(0);
const counts = { in: count, imported: count, mended: count, rejected: count };
const recordCounts = z.object({ written: count, unchanged: count, withdrawn: count });
const outcome = z.enum(['mended', 'rejected']);
const reason = { file: z.string(), outcome, code: z.string(), detail: z.string() };

/** What an import did, row by row. `in` = `imported` + `mended` + `rejected`. */
export const importResponse = z
  .object({
    id: z.uuid(),
    dataset: z.string(),
    dryRun: z.boolean(),
    status: z.enum(['running', 'completed', 'failed']),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().optional(),
    durationMs: count.optional(),
    /** Of an uploaded file that is being imported. */
    progress: z.object({ rowsRead: count, recordsWritten: count }).optional(),
    /** Why an uploaded file could not be imported. */
    problem: z
      .object({ code: z.string(), detail: z.string(), reasons: z.array(z.object({ ...reason, count })).optional() })
      .optional(),
    report: z
      .object({
        format: z.enum(FORMATS),
        totals: z.object(counts),
        files: z.array(z.object({ file: z.string(), ...counts })),
        reasons: z.array(z.object({ ...reason, count })),
        rows: z.array(z.object({ ...reason, line: z.int().min(1) })),
        rowsOmitted: count,
        remarks: z.array(z.object({ file: z.string(), detail: z.string() })),
        edits: z
          .array(
            z.object({
              code: z.enum(['kept-edited', 'kept-withdrawn', 'withdrawn-edited']),
              kind: z.string(),
              id: z.uuid(),
              file: z.string().optional(),
              line: z.int().min(1).optional(),
              field: z.string().optional(),
            }),
          )
          .describe('What was left as a person has made it.'),
        editsOmitted: count,
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

export type UploadRequest = z.output<typeof uploadRequest>;
export type ImportRequest = z.output<typeof importRequest>;
export type ImportResponse = z.output<typeof importResponse>;
