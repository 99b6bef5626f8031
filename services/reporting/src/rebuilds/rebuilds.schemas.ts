import { z } from 'zod';

const size = z.object({
  records: z.int().min(0),
  events: z.int().min(0).describe('Events that these records were made from.'),
});

export const rebuildSchema = z
  .object({
    id: z.string(),
    state: z
      .enum(['replaying', 'completed', 'superseded'])
      .describe('superseded: a later rebuild was asked for before this one was complete, and does its work.'),
    requestedAt: z.iso.datetime(),
    endedAt: z.iso.datetime().optional(),
    progress: z
      .array(
        z.object({
          name: z.string().describe('The projection, for example journeys.'),
          before: size.describe('What reports are read from until the rebuild is complete.'),
          rebuilt: size,
        }),
      )
      .describe('Empty once the rebuild has ended.'),
  })
  .meta({ id: 'Rebuild' });

export type RebuildView = z.output<typeof rebuildSchema>;
