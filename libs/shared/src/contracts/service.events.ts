import { z } from 'zod';
import { defineEvent } from './define-event.js';
import { id, instant } from './vocabulary.js';

const serviceId = '5c9e9d7a-95c1-5d8f-8f8e-0f6f7e3c2b1a';

export const ServicePublished = defineEvent('service.published', 1, {
  summary:
    'A service of the community directory is there, or has changed. It holds what a referrer must know, not the whole HSDS record.',
  schema: z.object({
    serviceId: id,
    name: z.string().min(1).max(300),
    organizationId: id,
    organizationName: z.string().min(1).max(300),
    /** HSDS `service.status`. */
    status: z.enum(['active', 'inactive', 'defunct', 'temporarily closed']),
    /** HSDS taxonomy term codes or names, at most 50. */
    categories: z.array(z.string().min(1).max(200)).max(50),
    /** Public telephone number of the service, where it has one. */
    phone: z.string().min(1).max(100).optional(),
    url: z.string().min(1).max(500).optional(),
    /** Where it is offered, at most 20 places. */
    places: z
      .array(
        z.object({
          city: z.string().max(200).optional(),
          postcode: z.string().max(20).optional(),
          latitude: z.number().min(-90).max(90).optional(),
          longitude: z.number().min(-180).max(180).optional(),
        }),
      )
      .max(20),
    publishedAt: instant,
  }),
  samples: [
    {
      serviceId,
      name: 'Expungement help desk',
      organizationId: 'o-1',
      organizationName: 'Legal Aid',
      status: 'active',
      categories: ['legal'],
      phone: '+1 555 0100',
      places: [{ city: 'Chicago', postcode: '60601', latitude: 41.88, longitude: -87.63 }],
      publishedAt: '2026-01-05T16:00:00.000Z',
    },
  ],
});

export const ServiceWithdrawn = defineEvent('service.withdrawn', 1, {
  summary: 'A service is no longer in the directory.',
  schema: z.object({ serviceId: id, withdrawnAt: instant }),
  samples: [{ serviceId, withdrawnAt: '2026-01-05T16:00:00.000Z' }],
});

export const ServiceCapacityUpdated = defineEvent('service.capacity-updated', 1, {
  summary: 'How much room a service of the community directory has: all its figures, as they are from now on.',
  schema: z.object({
    serviceId: id,
    /** HSDS `service_capacity`, one for each unit; none where nothing is known any more. */
    capacities: z
      .array(
        z.object({
          /** Name of the unit, for example beds. */
          unit: z.string().min(1).max(200),
          available: z.number().min(0),
          maximum: z.number().min(0).optional(),
          /** When these figures were right. */
          updated: instant,
        }),
      )
      .max(20),
    updatedAt: instant,
  }),
  samples: [
    {
      serviceId,
      capacities: [{ unit: 'beds', available: 3, maximum: 20, updated: '2026-01-05T16:00:00.000Z' }],
      updatedAt: '2026-01-05T16:00:00.000Z',
    },
    { serviceId, capacities: [], updatedAt: '2026-01-06T16:00:00.000Z' },
  ],
});

export const DraftPublished = defineEvent('draft.published', 1, {
  summary:
    'A change of the community directory, proposed by an editor and reviewed, is published. Services say what they are now by service.published.',
  schema: z.object({
    draftId: id,
    kind: z.enum(['organization', 'service', 'location', 'taxonomy', 'taxonomy_term']),
    recordId: id,
    change: z.enum(['create', 'update', 'withdraw']),
    /** The organization that the record belongs to; taxonomies have none. */
    organizationId: id.optional(),
    /** Of the record, where it has one and stays. */
    name: z.string().min(1).max(300).optional(),
    publishedAt: instant,
  }),
  samples: [
    {
      draftId: 'd-1',
      kind: 'organization',
      recordId: 'o-1',
      change: 'update',
      organizationId: 'o-1',
      name: 'Legal Aid',
      publishedAt: '2026-01-05T16:00:00.000Z',
    },
  ],
});

export const serviceEvents = [ServicePublished, ServiceWithdrawn, ServiceCapacityUpdated, DraftPublished];
