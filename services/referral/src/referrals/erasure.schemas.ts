import { z } from 'zod';
import { ERASURE_REASONS } from '../domain/erasure.js';

export const erasureRequest = z
  .strictObject({
    reason: z.enum(ERASURE_REASONS, { error: `This must be one of ${ERASURE_REASONS.join(', ')}.` }),
    despiteOpenHold: z
      .boolean()
      .default(false)
      .meta({ description: 'Erase although a charge is still held for the person.' }),
  })
  .meta({ id: 'ErasureRequest' });
export type ErasureRequest = z.infer<typeof erasureRequest>;

export const erasureAnswer = z.object({ id: z.uuid(), erasedAt: z.iso.datetime() }).meta({ id: 'PersonErased' });
export type ErasureAnswer = z.infer<typeof erasureAnswer>;
