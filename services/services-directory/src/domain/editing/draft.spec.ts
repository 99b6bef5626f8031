import {
  allowedActions,
  begun,
  discarded,
  DRAFT_STATUSES,
  edited,
  overtaken,
  published,
  reviewed,
  submitted,
  type Draft,
  type DraftAction,
  type DraftStatus,
  type Editor,
} from './draft.js';

const now = new Date('2026-03-01T10:00:00Z');
const later = new Date('2026-03-02T10:00:00Z');
const provider: Editor = { id: 'p', role: 'provider', isProvider: true };
const coordinator: Editor = { id: 'c', role: 'coordinator', isProvider: false };
const proposal = {
  change: 'create',
  kind: 'service',
  recordId: 'r',
  organizationId: 'o',
  content: { id: 'r' },
} as const;
const draft = (status: DraftStatus): Draft => ({ ...begun(proposal, provider, now), status });

const act: Record<DraftAction, (draft: Draft) => Draft> = {
  edit: (one) => edited(one, proposal, provider, later),
  submit: (one) => submitted(one, later),
  return: (one) => reviewed(one, { decision: 'return', comment: 'why' }, coordinator, later),
  approve: (one) => reviewed(one, { decision: 'approve' }, coordinator, later),
  publish: (one) => published(one, later),
  overtake: (one) => overtaken(one, 'changed', later),
  discard: (one) => discarded(one, later),
};

const COURSE: Record<DraftStatus, Partial<Record<DraftAction, DraftStatus>>> = {
  draft: { edit: 'draft', submit: 'submitted', discard: 'discarded' },
  submitted: { return: 'returned', approve: 'approved', discard: 'discarded' },
  returned: { edit: 'returned', submit: 'submitted', discard: 'discarded' },
  approved: { publish: 'published', overtake: 'returned' },
  published: {},
  discarded: {},
};

it.each(DRAFT_STATUSES.flatMap((from) => (Object.keys(act) as DraftAction[]).map((action) => ({ from, action }))))(
  'a draft that is $from and: $action',
  ({ from, action }) => {
    const to = COURSE[from][action];
    expect(allowedActions(from)).toEqual(Object.keys(COURSE[from]).sort(byCourse));
    if (to) expect(act[action](draft(from))).toMatchObject({ status: to, createdAt: now, modifiedAt: later });
    else
      expect(() => act[action](draft(from))).toThrow(
        expect.objectContaining({ kind: 'conflict', code: 'transition-not-allowed' }),
      );
  },
);

const byCourse = (a: string, b: string): number => Object.keys(act).indexOf(a) - Object.keys(act).indexOf(b);

it('whoever wrote a draft for an organization does not review it, and a coordinator may approve the own one', () => {
  const approve = (one: Draft, by: Editor) =>
    reviewed({ ...one, status: 'submitted' }, { decision: 'approve' }, by, now);
  const promoted: Editor = { id: 'p', role: 'coordinator', isProvider: true };
  expect(() => approve(begun(proposal, provider, now), promoted)).toThrow(
    expect.objectContaining({ code: 'own-draft' }),
  );
  const touched = edited(begun(proposal, coordinator, now), proposal, provider, now);
  expect(touched.author).toBe('coordinator');
  expect(() => approve(touched, promoted)).toThrow(expect.objectContaining({ code: 'own-draft' }));
  expect(approve(touched, coordinator).status).toBe('approved');
  expect(approve(begun(proposal, coordinator, now), coordinator).status).toBe('approved');
});

it('keeps the last twenty remarks, and those through an edit', () => {
  let one = draft('draft');
  for (let round = 0; round < 25; round += 1)
    one = edited(
      reviewed(submitted(one, now), { decision: 'return', comment: `${round}` }, coordinator, now),
      proposal,
      provider,
      now,
    );
  expect(one.remarks.map(({ comment }) => comment)).toEqual(Array.from({ length: 20 }, (_, index) => `${index + 5}`));
});
