import { CASE_ENDS } from '@throughline/shared/contracts';
import fc from 'fast-check';
import { JOURNEY_ENDS, type Case, type Journey, type Linkage, type Records, type Span } from './records.js';

/** Instants within two months, by the hour, so that many of them fall together. */
const instant = fc.integer({ min: 0, max: 1_440 }).map((hour) => new Date(Date.UTC(2026, 0, 1) + hour * 3_600_000));
const sometimes = fc.option(instant, { nil: undefined });
const one = (...values: string[]): fc.Arbitrary<string> => fc.constantFrom(...values);

const span = <State extends string>(states: readonly State[]): fc.Arbitrary<Span<State>> =>
  fc.record({ as: fc.constantFrom(...states), at: instant, until: instant }, { requiredKeys: ['as', 'at'] });

const journey = (referralId: string): fc.Arbitrary<Journey> =>
  fc.record(
    {
      referralId: fc.constant(referralId),
      pathway: one('arrest-diversion', 'social-contact') as fc.Arbitrary<Journey['pathway'] & string>,
      agencyId: one('santa-fe-pd', 'taos-pd'),
      district: one('downtown', 'south', 'airport'),
      offenses: fc.uniqueArray(one('23C', '35A', '35B', '90J')),
      referredAt: instant,
      eligibleAt: instant,
      acceptedAt: instant,
      declinedAt: instant,
      handedOffAt: instant,
      caseId: one('case-0', 'case-1', 'case-2', 'case-unknown'),
      chargeHoldDueAt: instant,
      chargeHoldSatisfiedAt: instant,
      chargeHoldLapsedAt: instant,
      ends: fc.array(span(JOURNEY_ENDS), { maxLength: 2 }),
      chargeHoldEndedAt: instant,
    },
    { requiredKeys: ['referralId', 'offenses'] },
  );

const need = fc.record({
  needId: one('need-0', 'need-1', 'need-2'),
  category: one('housing', 'legal', 'health'),
  recordedAt: instant,
});

const servedCase = (caseId: string): fc.Arbitrary<Case> =>
  fc.record(
    {
      mergedInto: one('case-0', 'case-1', 'case-2', 'case-unknown'),
      caseId: fc.constant(caseId),
      referralIds: fc.uniqueArray(one('r-0', 'r-1', 'r-2', 'r-3', 'r-unknown'), { maxLength: 2 }),
      openedAt: sometimes,
      assignedAt: sometimes,
      contactedAt: sometimes,
      intakeCompletedAt: sometimes,
      needs: fc.uniqueArray(need, { maxLength: 3, selector: ({ needId }) => needId }),
      ends: fc.array(span(CASE_ENDS), { maxLength: 2 }),
    },
    { requiredKeys: ['caseId', 'referralIds', 'needs'] },
  );

const linkage = (linkageId: string): fc.Arbitrary<Linkage> =>
  fc.record({
    linkageId: fc.constant(linkageId),
    caseId: one('case-0', 'case-1', 'case-2', 'case-unknown'),
    needId: one('need-0', 'need-1', 'need-2', 'need-unknown'),
    serviceId: one('service-0', 'service-1'),
    requestedAt: sometimes,
    acceptedAt: sometimes,
    rejectedAt: sometimes,
    startedAt: sometimes,
    completedAt: sometimes,
    failedAt: sometimes,
  });

const list = <Item>(prefix: string, most: number, item: (id: string) => fc.Arbitrary<Item>): fc.Arbitrary<Item[]> =>
  fc
    .integer({ min: 0, max: most })
    .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => item(`${prefix}-${index}`))));

/** Records of any shape that events in any order could leave behind, partners that have not arrived included. */
export const anyRecords: fc.Arbitrary<Records> = fc.record({
  journeys: list('r', 8, journey),
  cases: list('case', 3, servedCase),
  linkages: list('linkage', 6, linkage),
  services: fc.constant([{ serviceId: 'service-0', name: 'Help desk', organizationName: 'Legal Aid', categories: [] }]),
  agencies: fc.constant([{ agencyId: 'santa-fe-pd', name: 'Santa Fe Police Department' }]),
});

export const anyInstant = instant;
