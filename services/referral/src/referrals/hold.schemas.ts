import { z } from 'zod';
import { HOLD_EXTENSION_REASONS, HOLD_RESOLUTION_REASONS } from '../domain/referral.js';

const oneOf = <const Codes extends readonly [string, ...string[]]>(codes: Codes) =>
  z.enum(codes, { error: `This must be one of ${codes.join(', ')}.` });

export const extensionRequest = z
  .strictObject({
    until: z.iso.date({ error: 'This must be a date of the calendar, as in 2026-05-17.' }),
    reason: oneOf(HOLD_EXTENSION_REASONS),
  })
  .meta({ id: 'HoldExtensionRequest', description: 'The hold ends with that day, in the zone of its site.' });
export type ExtensionRequest = z.infer<typeof extensionRequest>;

export const resolutionRequest = z
  .strictObject({ resolution: oneOf(['satisfied', 'ended']), reason: oneOf(HOLD_RESOLUTION_REASONS) })
  .meta({ id: 'HoldResolutionRequest' });
export type ResolutionRequest = z.infer<typeof resolutionRequest>;

const time = z.iso.datetime();
const settlement = { by: z.string(), at: time };

/** A charge hold, as prosecutor and coordinator see it. */
export const chargeHoldView = z.object({
  dueAt: time,
  status: z.enum(['open', 'satisfied', 'lapsed', 'ended']),
  warned: z.object({ daysLeft: z.int(), at: time }).optional(),
  extensions: z
    .array(z.object({ previousDueAt: time, dueAt: time, reason: z.enum(HOLD_EXTENSION_REASONS), ...settlement }))
    .optional(),
  resolution: z
    .object({
      resolution: resolutionRequest.shape.resolution,
      reason: z.enum(HOLD_RESOLUTION_REASONS),
      ...settlement,
    })
    .optional(),
});
export type ChargeHoldView = z.infer<typeof chargeHoldView>;

export const holdAnswer = z.object({ id: z.uuid(), chargeHold: chargeHoldView }).meta({ id: 'HeldCharge' });
export type HoldAnswer = z.infer<typeof holdAnswer>;
