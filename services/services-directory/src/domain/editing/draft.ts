import { Refusal } from '@throughline/shared/domain';
import type { EditableRecord, EditedKind } from './editable-record.js';

/** `approved` means that it is being published; the others wait for somebody, and the last two are the end. */
export const DRAFT_STATUSES = ['draft', 'submitted', 'returned', 'approved', 'published', 'discarded'] as const;
export type DraftStatus = (typeof DRAFT_STATUSES)[number];

export type DraftAction = 'edit' | 'submit' | 'return' | 'approve' | 'publish' | 'overtake' | 'discard';

/** The roles that edit the directory. */
export type EditorRole = 'provider' | 'coordinator' | 'admin';

/** Who acts: the account, what it acts as, and whether it works for an organization of the directory. */
export interface Editor {
  id: string;
  role: EditorRole;
  isProvider: boolean;
}

/** What is proposed: a new record, other content for one, or that it goes. */
export interface Proposal {
  change: 'create' | 'update' | 'withdraw';
  kind: EditedKind;
  recordId: string;
  /** The organization that the record belongs to, which alone of all providers sees the draft; taxonomies have none. */
  organizationId?: string;
  /** What the record was when the change was thought of, see `revisionOf`. A new record has none. */
  revision?: string;
  /** Absent for a withdrawal. */
  content?: EditableRecord;
}

/** What was said of a draft, and as what. */
export interface DraftRemark {
  at: Date;
  by: EditorRole | 'directory';
  decision: 'approved' | 'returned';
  comment?: string;
}

export interface Draft extends Proposal {
  status: DraftStatus;
  author: EditorRole;
  /** Accounts of providers that have written it: none of them may review it. */
  providers: string[];
  remarks: DraftRemark[];
  createdAt: Date;
  modifiedAt: Date;
}

const COURSE: Record<DraftAction, { from: readonly DraftStatus[]; to?: DraftStatus }> = {
  edit: { from: ['draft', 'returned'] },
  submit: { from: ['draft', 'returned'], to: 'submitted' },
  return: { from: ['submitted'], to: 'returned' },
  approve: { from: ['submitted'], to: 'approved' },
  publish: { from: ['approved'], to: 'published' },
  overtake: { from: ['approved'], to: 'returned' },
  discard: { from: ['draft', 'submitted', 'returned'], to: 'discarded' },
};

/** A draft remembers this many remarks, the last ones. */
const MAX_REMARKS = 20;

/** What can be done with a draft of this status. */
export const allowedActions = (status: DraftStatus): DraftAction[] =>
  (Object.keys(COURSE) as DraftAction[]).filter((action) => COURSE[action].from.includes(status));

/** @throws Refusal `transition-not-allowed` with the actions that are */
function after(draft: Draft, action: DraftAction, now: Date): Draft {
  const { from, to = draft.status } = COURSE[action];
  if (from.includes(draft.status)) return { ...draft, status: to, modifiedAt: now };
  throw new Refusal('conflict', 'transition-not-allowed', `a draft that is ${draft.status} does not take this`, {
    extra: { state: draft.status, allowed: allowedActions(draft.status) },
  });
}

export const begun = (proposal: Proposal, by: Editor, now: Date): Draft => ({
  ...proposal,
  status: 'draft',
  author: by.role,
  providers: by.isProvider ? [by.id] : [],
  remarks: [],
  createdAt: now,
  modifiedAt: now,
});

/** Another proposal for the same record. */
export function edited(draft: Draft, proposal: Proposal, by: Editor, now: Date): Draft {
  const { status, author, providers, remarks, createdAt, modifiedAt } = after(draft, 'edit', now);
  const writers = by.isProvider ? [...new Set([...providers, by.id])] : providers;
  return { ...proposal, status, author, providers: writers, remarks, createdAt, modifiedAt };
}

export const submitted = (draft: Draft, now: Date): Draft => after(draft, 'submit', now);
export const discarded = (draft: Draft, now: Date): Draft => after(draft, 'discard', now);
export const published = (draft: Draft, now: Date): Draft => after(draft, 'publish', now);

/**
 * The draft after a review. What a provider has written is looked at by somebody else; coordinators and administrators
 * answer for the directory and may approve what they wrote.
 * @throws Refusal `own-draft` (403)
 */
export function reviewed(
  draft: Draft,
  review: { decision: 'approve' | 'return'; comment?: string },
  by: Editor,
  now: Date,
): Draft {
  const next = after(draft, review.decision, now);
  if (draft.providers.includes(by.id))
    throw new Refusal('forbidden', 'own-draft', 'what you wrote for your organization is reviewed by somebody else');
  const decision = review.decision === 'approve' ? 'approved' : 'returned';
  const comment = review.comment === undefined ? {} : { comment: review.comment };
  return remarked(next, { at: now, by: by.role, decision, ...comment });
}

/** An approved draft whose record has changed before it could be published: it goes back to whoever wrote it. */
export const overtaken = (draft: Draft, comment: string, now: Date): Draft =>
  remarked(after(draft, 'overtake', now), { at: now, by: 'directory', decision: 'returned', comment });

const remarked = (draft: Draft, remark: DraftRemark): Draft => ({
  ...draft,
  remarks: [...draft.remarks, remark].slice(-MAX_REMARKS),
});
