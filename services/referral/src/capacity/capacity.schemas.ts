import { pathway } from '@throughline/shared/contracts';
import { pageQuery } from '@throughline/shared/http';
import { z } from 'zod';

const people = z.int().min(0);

export const occupancyView = z.object({ places: people, used: people, arrestDiversionsWaiting: people });

export const capacityView = z
  .object({
    counted: z.boolean(),
    /** These are absent where the policy counts no places. */
    ...occupancyView.partial().shape,
    leftForSocialContacts: people.optional(),
  })
  .meta({ id: 'Capacity', description: 'People, not referrals: several referrals of one case take one place.' });
export type CapacityView = z.infer<typeof capacityView>;

export const waitingItem = z
  .object({
    id: z.uuid(),
    pathway,
    agencyId: z.string(),
    occurredAt: z.iso.datetime(),
    enteredAt: z.iso.datetime(),
    holdWouldEndAt: z.iso.datetime().optional(),
    waitingForCapacity: z.boolean(),
  })
  .meta({ id: 'WaitingReferral' });
export type WaitingItem = z.infer<typeof waitingItem>;

export const waitingPage = z
  .object({ items: z.array(waitingItem), nextCursor: z.string().optional() })
  .meta({ id: 'WaitingPage' });

export const waitingQuery = pageQuery;
export type WaitingQuery = z.infer<typeof waitingQuery>;
