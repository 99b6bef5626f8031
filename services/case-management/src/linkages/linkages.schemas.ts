import { pageQuery } from '@throughline/shared/http';
import { z } from 'zod';
import { NEED_CATEGORIES } from '../domain/codes.js';
import { LINKAGE_OUTCOMES, LINKAGE_STATUSES } from '../domain/linkage.js';

const id = z.string().min(1).max(128);
const status = z.enum(LINKAGE_STATUSES);
const instant = z.iso.datetime();
const code = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be a code in kebab-case');

export const linkagesQuery = z.strictObject({ ...pageQuery.shape, status: status.optional() });
export type LinkagesQuery = z.output<typeof linkagesQuery>;

export const newLinkage = z.strictObject({ needId: id, serviceId: id }).meta({ id: 'NewLinkage' });
export type NewLinkage = z.output<typeof newLinkage>;

export const newStatus = z
  .strictObject({
    status,
    outcome: code.optional().describe(
      Object.entries(LINKAGE_OUTCOMES)
        .map(([end, outcomes]) => `${end}: ${outcomes.join(', ')}`)
        .join('; '),
    ),
  })
  .meta({ id: 'NewLinkageStatus' });
export type NewStatus = z.output<typeof newStatus>;

export const linkageAnswer = z
  .object({
    id: z.string(),
    caseId: z.string(),
    needId: z.string(),
    category: z.enum(NEED_CATEGORIES),
    serviceId: z.string(),
    serviceName: z.string(),
    organizationId: z.string(),
    status,
    outcome: z.string().optional(),
    requestedAt: instant,
    history: z.array(
      z.object({
        status,
        outcome: z.string().optional(),
        at: instant,
        by: z.enum(['requester', 'responder']),
      }),
    ),
    allowed: z.array(status).describe('The statuses that this caller may set next.'),
  })
  .meta({ id: 'Linkage' });
export type LinkageAnswer = z.output<typeof linkageAnswer>;

export const linkagesPage = z
  .object({ items: z.array(linkageAnswer), nextCursor: z.string().optional() })
  .meta({ id: 'LinkagesPage' });

export const linkageReceipt = z
  .object({ id: z.string(), caseId: z.string(), status, outcome: z.string().optional() })
  .meta({ id: 'LinkageReceipt' });
export type LinkageReceipt = z.output<typeof linkageReceipt>;
