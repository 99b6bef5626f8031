import fc from 'fast-check';
import { Refusal } from '@throughline/shared/domain';
import {
  allowedStatuses,
  changeLinkageStatus,
  LINKAGE_OUTCOMES,
  LINKAGE_STATUSES,
  requestLinkage,
  type LinkageParty,
  type LinkageRecord,
  type LinkageStatus,
} from './linkage.js';

const NOW = new Date('2026-03-04T15:00:00.000Z');
const LATER = new Date('2026-03-06T15:00:00.000Z');
const request = {
  caseId: 'case-1',
  needId: 'need-1',
  category: 'legal' as const,
  serviceId: 'service-1',
  serviceName: 'Expungement help desk',
  organizationId: 'organization-1',
};
const requested = requestLinkage('linkage-1', request, 'persona:case-manager', NOW);
const inStatus = (status: LinkageStatus): LinkageRecord => ({ ...requested.state, status });

/** Written out once more, so that a change of the table has to be meant. */
const OPEN: Partial<Record<LinkageStatus, LinkageStatus[]>> = {
  requested: ['accepted', 'rejected'],
  accepted: ['in-progress', 'on-hold', 'completed', 'failed'],
  'in-progress': ['on-hold', 'completed', 'failed'],
  'on-hold': ['in-progress', 'completed', 'failed'],
};
const expectedOf = (from: LinkageStatus, party: LinkageParty): LinkageStatus[] => {
  if (!OPEN[from]) return [];
  return party === 'responder' ? OPEN[from] : ['canceled', 'entered-in-error'];
};

const outcomesOf = (status: LinkageStatus): readonly string[] =>
  (LINKAGE_OUTCOMES as Partial<Record<LinkageStatus, readonly string[]>>)[status] ?? [];
const stepTo = (status: LinkageStatus, by: LinkageParty, outcome: string | undefined = outcomesOf(status)[0]) => ({
  status,
  by,
  actorId: `persona:${by}`,
  ...(outcome !== undefined && { outcome }),
});

const parties: LinkageParty[] = ['responder', 'requester'];
const moves = LINKAGE_STATUSES.flatMap((from) =>
  LINKAGE_STATUSES.flatMap((to) => parties.map((party) => [party, from, to] as const)),
);

describe('a linkage', () => {
  it('starts as requested, and says so with ids and the category', () => {
    expect(requested.state).toEqual({
      ...request,
      status: 'requested',
      requestedAt: NOW,
      history: [{ status: 'requested', at: NOW, by: 'requester', actorId: 'persona:case-manager' }],
    });
    expect(requested.events).toEqual([
      {
        name: 'linkage.requested',
        data: {
          linkageId: 'linkage-1',
          caseId: 'case-1',
          at: '2026-03-04T15:00:00.000Z',
          needId: 'need-1',
          category: 'legal',
          serviceId: 'service-1',
          organizationId: 'organization-1',
        },
      },
    ]);
  });

  it.each(moves)('by its %s from %s to %s', (party, from, to) => {
    const allowed = expectedOf(from, party);
    const attempt = () => changeLinkageStatus('linkage-1', inStatus(from), stepTo(to, party), LATER);
    if (allowed.includes(to)) {
      const { state } = attempt();
      expect(state.status).toBe(to);
      expect(state.outcome).toBe(outcomesOf(to)[0]);
      return expect(state.history.at(-1)).toEqual({ ...stepTo(to, party), at: LATER });
    }
    expect(attempt).toThrow(
      expect.objectContaining({
        kind: 'conflict',
        code: 'transition-not-allowed',
        details: { extra: { state: from, allowed } },
      }),
    );
  });

  it.each([
    ['accepted', 'responder', 'requested', 'linkage.accepted'],
    ['rejected', 'responder', 'requested', 'linkage.rejected'],
    ['in-progress', 'responder', 'accepted', 'linkage.started'],
    ['completed', 'responder', 'in-progress', 'linkage.completed'],
    ['failed', 'responder', 'on-hold', 'linkage.failed'],
    ['on-hold', 'responder', 'accepted', undefined],
    ['canceled', 'requester', 'accepted', 'linkage.canceled'],
    ['entered-in-error', 'requester', 'requested', 'linkage.entered-in-error'],
  ] as const)('announces %s of its %s', (to, party, from, name) => {
    const { events } = changeLinkageStatus('linkage-1', inStatus(from), stepTo(to, party), LATER);
    const outcome = outcomesOf(to)[0];
    const data = { linkageId: 'linkage-1', caseId: 'case-1', at: '2026-03-06T15:00:00.000Z' };
    expect(events).toEqual(
      name === undefined ? [] : [{ name, data: { ...data, ...(outcome !== undefined && { outcome }) } }],
    );
  });

  it('starts once: what goes on after a pause is announced no second time', () => {
    let current = inStatus('accepted');
    const names = (['in-progress', 'on-hold', 'in-progress'] as const).flatMap((status) => {
      const { state, events } = changeLinkageStatus('linkage-1', current, stepTo(status, 'responder'), LATER);
      current = state;
      return events.map((event) => event.name);
    });
    expect(names).toEqual(['linkage.started']);
  });

  it.each(Object.keys(LINKAGE_OUTCOMES) as (keyof typeof LINKAGE_OUTCOMES)[])(
    'does not end as %s without one of its reasons',
    (status) => {
      const by = status === 'canceled' || status === 'entered-in-error' ? 'requester' : 'responder';
      const from = inStatus(status === 'rejected' ? 'requested' : 'in-progress');
      for (const outcome of [undefined, 'because', 'need-met-mostly']) {
        const step = { status, by, actorId: 'a', ...(outcome !== undefined && { outcome }) } as const;
        expect(() => changeLinkageStatus('linkage-1', from, step, LATER)).toThrow(
          expect.objectContaining({
            kind: 'invalid',
            code: 'outcome-required',
            details: expect.objectContaining({ extra: { outcomes: LINKAGE_OUTCOMES[status] } }) as unknown,
          }),
        );
      }
    },
  );

  it('takes no outcome with a status that is no end', () => {
    const step = stepTo('accepted', 'responder', 'need-met');
    expect(() => changeLinkageStatus('linkage-1', inStatus('requested'), step, LATER)).toThrow(
      expect.objectContaining({ kind: 'invalid', code: 'outcome-not-expected' }),
    );
  });

  it('ends at most once, with a reason, and its history is its path through the table', () => {
    const anyStep = fc.record({
      status: fc.constantFrom(...LINKAGE_STATUSES),
      by: fc.constantFrom(...parties),
      outcome: fc.constantFrom(undefined, ...Object.values(LINKAGE_OUTCOMES).flat()),
    });
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
        let current = requested.state;
        for (const { status, by, outcome } of steps) {
          const before = current;
          const step = { status, by, actorId: 'a', ...(outcome !== undefined && { outcome }) };
          try {
            current = changeLinkageStatus('linkage-1', current, step, LATER).state;
            expect(allowedStatuses(before, by)).toContain(status);
            expect(current.history.slice(0, -1)).toEqual(before.history);
          } catch (error) {
            if (!(error instanceof Refusal)) throw error;
          }
        }
        const isEnd = (status: LinkageStatus): boolean => status in LINKAGE_OUTCOMES;
        expect(current.history.filter(({ status }) => isEnd(status)).length).toBe(isEnd(current.status) ? 1 : 0);
        expect(current.outcome !== undefined).toBe(isEnd(current.status));
      }),
    );
  });
});
