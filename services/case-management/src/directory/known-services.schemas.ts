import { pageQuery } from '@throughline/shared/http';
import { z } from 'zod';

export const servicesQuery = z.strictObject({
  ...pageQuery.shape,
  search: z.string().trim().min(1).max(200).optional(),
});
export type ServicesQuery = z.output<typeof servicesQuery>;

const place = z.object({
  city: z.string().optional(),
  postcode: z.string().optional(),
  latitude: z.number().optional(),
  longitude: z.number().optional(),
});

const capacity = z.object({
  unit: z.string().describe('For example beds.'),
  available: z.number(),
  maximum: z.number().optional(),
  updated: z.string().describe('When these figures were right.'),
});

export const service = z
  .object({
    id: z.string(),
    name: z.string(),
    organizationId: z.string(),
    organizationName: z.string(),
    categories: z.array(z.string()),
    phone: z.string().optional(),
    url: z.string().optional(),
    places: z.array(place),
    capacities: z.array(capacity).optional(),
  })
  .meta({ id: 'Service' });
export type Service = z.output<typeof service>;

export const servicesPage = z
  .object({ items: z.array(service), nextCursor: z.string().optional() })
  .meta({ id: 'ServicesPage' });
