import { z } from 'zod';
import { DEPARTURE_REASONS } from '../domain/officer-departure.js';
import { agencyId, officerId, unit } from './agencies.schemas.js';

/** The first moment at which the officer may not refer for this agency any more. */
const at = z.iso.datetime({ offset: true });

export const departureRequest = z
  .strictObject({ officerId, at, reason: z.enum(DEPARTURE_REASONS) })
  .meta({ id: 'DepartureRequest' });
export type DepartureRequest = z.infer<typeof departureRequest>;

export const transferRequest = z
  .strictObject({ officerId, at, toAgencyId: agencyId, unit: unit.optional() })
  .meta({ id: 'TransferRequest' });
export type TransferRequest = z.infer<typeof transferRequest>;
