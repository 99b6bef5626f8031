import { z } from 'zod';
import { unitKey } from '../domain/capacity.js';

const MAX_FIGURE = 1_000_000;
const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, 'must hold neither control characters nor broken ones');
const figure = z.int().min(0).max(MAX_FIGURE);

const unit = z.strictObject({
  name: text(200).describe('For example `beds`. Two units of a service are the same if their names are.'),
  scheme: text(200).optional(),
  identifier: text(200).optional(),
  uri: z
    .url({ protocol: /^https?$/ })
    .max(2000)
    .optional(),
});
const capacity = z.strictObject({
  unit,
  available: figure,
  maximum: figure.optional(),
  description: text(1000).optional(),
});

/** Body of `PUT /v1/services/{id}/capacity`: all figures of the service. */
export const capacityUpdate = z
  .strictObject({ capacities: z.array(capacity).max(20) })
  .superRefine(({ capacities }, context) => {
    const seen = new Set<string>();
    for (const [index, { unit: counted, available, maximum }] of capacities.entries()) {
      const refuse = (message: string, ...path: string[]) =>
        context.addIssue({ code: 'custom', message, path: ['capacities', index, ...path] });
      if (maximum !== undefined && available > maximum) refuse('is more than `maximum`', 'available');
      if (seen.has(unitKey(counted.name))) refuse('a unit before it has the same name', 'unit', 'name');
      seen.add(unitKey(counted.name));
    }
  })
  .meta({ id: 'CapacityUpdate' });
export type CapacityUpdate = z.output<typeof capacityUpdate>;

export const capacityAnswer = z
  .object({
    serviceId: z.uuid(),
    capacities: z.array(z.object({ ...capacity.shape, updated: z.string().describe('When the figures were right.') })),
    assuredDate: z.string().optional().describe('When somebody last made sure that the record is right.'),
  })
  .meta({ id: 'ServiceCapacity' });
export type CapacityAnswer = z.output<typeof capacityAnswer>;
