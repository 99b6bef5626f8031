import { pageQuery } from '@throughline/shared/http';
import { z } from 'zod';
import { DRAFT_STATUSES } from '../domain/editing/draft.js';
import { EDITED_KINDS, type EditedKind } from '../domain/editing/editable-record.js';
import { RECORD_SCHEMAS, uuid } from './record.schemas.js';

const revision = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be the revision of the record as it was read')
  .describe('Of the record as it was read: what has changed since is not overwritten. Left out where one comes back.');

const draftOf = <Kind extends EditedKind>(kind: Kind) =>
  z.strictObject({
    kind: z.literal(kind),
    recordId: uuid.optional().describe('Left out for a new record.'),
    revision: revision.optional(),
    content: RECORD_SCHEMAS[kind].optional().describe('The whole record as it is to be. Left out for a withdrawal.'),
    withdrawal: z.literal(true).optional().describe('The record is to leave the directory.'),
  });

/** Body of `POST /v1/drafts` and `PUT /v1/drafts/{id}`: a new record, other content for one, or its withdrawal. */
export const draftRequest = z
  .discriminatedUnion('kind', [
    draftOf('organization'),
    draftOf('service'),
    draftOf('location'),
    draftOf('taxonomy'),
    draftOf('taxonomy_term'),
  ])
  .superRefine(({ recordId, revision: seen, content, withdrawal }, context) => {
    const fault = (field: string, message: string) => context.addIssue({ code: 'custom', path: [field], message });
    if ((content === undefined) === (withdrawal === undefined))
      fault('content', 'Either content or withdrawal is given.');
    if (recordId === undefined && withdrawal) fault('recordId', 'A withdrawal names its record.');
    if (recordId === undefined && seen) fault('revision', 'A new record has no revision.');
  })
  .meta({ id: 'DraftRequest' });

const comment = z
  .string()
  .trim()
  .min(1)
  .max(2_000)
  .regex(/^(?:[\t\n\r]|[^\p{Cc}\p{Cs}])*$/u, 'must hold no control characters');

/** Body of `POST /v1/drafts/{id}/review`. */
export const reviewRequest = z
  .discriminatedUnion('decision', [
    z.strictObject({ decision: z.literal('approve'), comment: comment.optional() }),
    z.strictObject({ decision: z.literal('return'), comment: comment.describe('What is to be done about it.') }),
  ])
  .meta({ id: 'DraftReview' });

export const draftsQuery = z.strictObject({
  ...pageQuery.shape,
  status: z.enum(DRAFT_STATUSES).optional(),
  kind: z.enum(EDITED_KINDS).optional(),
  recordId: uuid.optional(),
});

const listed = {
  id: z.uuid(),
  kind: z.enum(EDITED_KINDS),
  change: z.enum(['create', 'update', 'withdraw']),
  recordId: z.guid(),
  organizationId: z.guid().optional(),
  name: z.string().optional().describe('Of the record as it is proposed.'),
  status: z.enum(DRAFT_STATUSES),
  allowed: z.array(z.enum(['edit', 'submit', 'return', 'approve', 'discard'])).describe('What can be done now.'),
  author: z.enum(['provider', 'coordinator', 'admin']),
  createdAt: z.iso.datetime(),
  modifiedAt: z.iso.datetime(),
};

export const draftView = z
  .object({
    ...listed,
    revision: z.string().optional(),
    content: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('HSDS, as it was proposed, with the ids that it got.'),
    remarks: z.array(
      z.object({
        at: z.iso.datetime(),
        by: z.enum(['provider', 'coordinator', 'admin', 'directory']),
        decision: z.enum(['approved', 'returned']),
        comment: z.string().optional(),
      }),
    ),
  })
  .meta({ id: 'Draft' });

export const draftsPage = z
  .object({ items: z.array(z.object(listed)), nextCursor: z.string().optional() })
  .meta({ id: 'Drafts' });

export type DraftRequest = z.output<typeof draftRequest>;
export type ReviewRequest = z.output<typeof reviewRequest>;
export type DraftsQuery = z.output<typeof draftsQuery>;
export type DraftView = z.output<typeof draftView>;
export type DraftListed = z.output<typeof draftsPage>['items'][number];
