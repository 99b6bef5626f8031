import { CASE_ENDS } from '@throughline/shared/contracts';
import { STAGES, type Stage } from './courses.js';
import { COUNTED_ENDS, funnelReport, type FunnelReport } from './funnel.js';
import type { JourneyEnd, Records } from './records.js';

const day = (date: number, hour = 0): Date => new Date(Date.UTC(2026, 2, date, hour));
const none: Records = { journeys: [], cases: [], linkages: [], services: [], agencies: [] };
const countsOf = (report: FunnelReport): number[] => report.stages.map(({ count }) => count);

/** One referral that came all the way, a day for each stage from the first of March on. */
const whole: Records = {
  ...none,
  journeys: [
    {
      referralId: 'r-1',
      pathway: 'arrest-diversion',
      agencyId: 'santa-fe-pd',
      district: 'downtown',
      offenses: ['23C', '35B'],
      referredAt: day(1),
      eligibleAt: day(2),
      acceptedAt: day(3),
      handedOffAt: day(4),
      chargeHoldDueAt: day(31),
      chargeHoldSatisfiedAt: day(6),
    },
  ],
  cases: [
    {
      caseId: 'c-1',
      referralIds: ['r-1'],
      openedAt: day(4),
      contactedAt: day(5),
      intakeCompletedAt: day(6),
      needs: [{ needId: 'n-1', category: 'legal', recordedAt: day(6) }],
    },
  ],
  linkages: [
    {
      linkageId: 'l-1',
      caseId: 'c-1',
      needId: 'n-1',
      serviceId: 's-1',
      requestedAt: day(7),
      acceptedAt: day(7, 12),
      completedAt: day(8),
    },
  ],
  services: [{ serviceId: 's-1', name: 'Help desk', organizationName: 'Legal Aid', categories: ['legal'] }],
  agencies: [{ agencyId: 'santa-fe-pd', name: 'Santa Fe Police Department' }],
};

describe('a referral that ended beside the line', () => {
  const ended = (as: JourneyEnd, at: Date, until?: Date): Records => ({
    ...whole,
    journeys: [{ ...whole.journeys[0]!, ends: [{ as, at, ...(until && { until }) }] }],
  });

  it.each(COUNTED_ENDS)('counts as %s from that day on, and what was reached stays reached', (as) => {
    const before = funnelReport(ended(as, day(20)), { asOf: day(19) });
    const after = funnelReport(ended(as, day(20)), { asOf: day(20) });
    expect([before.ended[as], after.ended[as]]).toEqual([0, 1]);
    expect(countsOf(after)).toEqual(countsOf(funnelReport(whole, { asOf: day(20) })));
  });

  it('counts as closed until it goes on', () => {
    const closed = [19, 20, 21, 22].map((date) => funnelReport(ended('closed', day(20), day(22)), { asOf: day(date) }));
    expect(closed.map((report) => report.ended.closed)).toEqual([0, 1, 1, 0]);
  });

  it.each(['entered-in-error', 'duplicate'] as const)('counts nowhere where it was %s', (as) => {
    const report = funnelReport(ended(as, day(20)), { asOf: day(31) });
    expect([...countsOf(report), report.people, report.chargeHolds.held]).toEqual(Array(STAGES.length + 2).fill(0));
  });
});

describe('a case that ended', () => {
  it.each(CASE_ENDS)('counts as %s until it is re-opened, once for all its referrals', (as) => {
    const [journey, served] = [whole.journeys[0]!, whole.cases[0]!];
    const records: Records = {
      ...whole,
      journeys: [journey, { ...journey, referralId: 'r-2', caseId: 'c-1' }],
      cases: [{ ...served, ends: [{ as, at: day(20), until: day(22) }] }],
    };
    const reports = [19, 20, 21, 22].map((date) => funnelReport(records, { asOf: day(date) }));
    expect(reports.map((report) => report.casesEnded[as])).toEqual([0, 1, 1, 0]);
    expect(countsOf(reports[1]!)).toEqual(STAGES.map(() => 2));
  });
});

describe('one referral that came all the way', () => {
  it.each(STAGES.map((stage, index) => [stage, index] as const))('counts as %s from its day on', (_stage, index) => {
    const justBefore = new Date(day(index + 1).getTime() - 1);
    expect(countsOf(funnelReport(whole, { asOf: justBefore }))[index]).toBe(0);
    expect(countsOf(funnelReport(whole, { asOf: day(index + 1) }))[index]).toBe(1);
  });

  it('waited a day for each stage', () => {
    const { waitingTimes } = funnelReport(whole, { asOf: day(31) });
    expect(waitingTimes.slice(0, 7).map(({ count, medianMinutes }) => [count, medianMinutes])).toEqual(
      STAGES.slice(1).map(() => [1, 1_440]),
    );
    expect(waitingTimes).toContainEqual({
      from: 'referred',
      to: 'intake-completed',
      count: 1,
      medianMinutes: 5 * 1_440,
      p90Minutes: 5 * 1_440,
    });
  });

  it('stands in each group with its name, in two of the offences', () => {
    const { groups } = funnelReport(whole, { asOf: day(31) });
    expect(groups.agency).toMatchObject([{ key: 'santa-fe-pd', name: 'Santa Fe Police Department' }]);
    expect(groups.pathway.map(({ key }) => key)).toEqual(['arrest-diversion']);
    expect(groups.offense.map(({ key, counts }) => [key, counts['service-completed']])).toEqual([
      ['23C', 1],
      ['35B', 1],
    ]);
  });

  it('had its need met by a service that has a name', () => {
    const { needs, services } = funnelReport(whole, { asOf: day(31) });
    expect(needs).toEqual([{ category: 'legal', needs: 1, requested: 1, accepted: 1, completed: 1, linkageRate: 1 }]);
    expect(services).toEqual([
      { serviceId: 's-1', name: 'Help desk', organizationName: 'Legal Aid', requested: 1, accepted: 1, completed: 1 },
    ]);
  });
});

describe('what a stage means', () => {
  const stagesAt = (records: Partial<Records>): Stage[] =>
    funnelReport({ ...whole, ...records }, { asOf: day(31) })
      .stages.filter(({ count }) => count > 0)
      .map(({ stage }) => stage);
  const [journey] = whole.journeys;
  const [served] = whole.cases;

  it('the prosecutor has the last word on eligibility', () => {
    const { eligibleAt: _eligibleAt, ...overridden } = journey!;
    expect(stagesAt({ journeys: [overridden] })).toEqual([...STAGES]);
  });

  it('a linkage that was entered in error never was', () => {
    const linkages = [{ ...whole.linkages[0]!, enteredInErrorAt: day(20) }];
    expect(stagesAt({ linkages })).toEqual(STAGES.slice(0, 6));
  });

  it('nobody completes an intake without having been reached', () => {
    const { contactedAt: _contactedAt, ...unlogged } = served!;
    expect(stagesAt({ cases: [unlogged] })).toEqual([...STAGES]);
  });

  it('a need that was linked before intake counts as linked once intake is completed', () => {
    const { intakeCompletedAt: _intakeCompletedAt, ...waiting } = served!;
    expect(stagesAt({ cases: [waiting] })).toEqual(STAGES.slice(0, 5));
  });

  it('a case whose referral is not known yet counts for nobody', () => {
    expect(stagesAt({ journeys: [] })).toEqual([]);
  });

  it('the hand-off names the case also where the case names another referral', () => {
    const second = { ...journey!, referralId: 'r-2', caseId: 'c-1' };
    const report = funnelReport({ ...whole, journeys: [journey!, second] }, { asOf: day(31) });
    expect(countsOf(report)).toEqual(STAGES.map(() => 2));
    expect(report.needs).toMatchObject([{ needs: 1, requested: 1 }]);
    expect(report.services).toMatchObject([{ requested: 1 }]);
  });
});

describe('a charge hold', () => {
  const holdsAt = (asOf: Date, changes: object): FunnelReport['chargeHolds'] =>
    funnelReport({ ...none, journeys: [{ ...whole.journeys[0]!, ...changes }] }, { asOf }).chargeHolds;

  it('is open until its intake, and satisfied then', () => {
    expect(holdsAt(day(2), {})).toEqual({ held: 0, open: 0, satisfied: 0, lapsed: 0, ended: 0 });
    expect(holdsAt(day(5), {})).toEqual({ held: 1, open: 1, satisfied: 0, lapsed: 0, ended: 0 });
    expect(holdsAt(day(6), {})).toEqual({ held: 1, open: 0, satisfied: 1, lapsed: 0, ended: 0 });
  });

  it('lapses', () => {
    const changes = { chargeHoldSatisfiedAt: undefined, chargeHoldLapsedAt: day(20) };
    expect(holdsAt(day(31), changes)).toEqual({ held: 1, open: 0, satisfied: 0, lapsed: 1, ended: 0 });
  });

  it('is ended by the prosecutor, whatever it was before', () => {
    const changes = { chargeHoldSatisfiedAt: undefined, chargeHoldLapsedAt: day(20), chargeHoldEndedAt: day(22) };
    expect(holdsAt(day(21), changes)).toMatchObject({ lapsed: 1, ended: 0 });
    expect(holdsAt(day(31), changes)).toEqual({ held: 1, open: 0, satisfied: 0, lapsed: 0, ended: 1 });
  });

  it('is satisfied by an intake in time that was entered after the lapse', () => {
    expect(holdsAt(day(31), { chargeHoldLapsedAt: day(20) })).toEqual({
      held: 1,
      open: 0,
      satisfied: 1,
      lapsed: 0,
      ended: 0,
    });
  });
});

it('leaves out what the filter leaves out', () => {
  const other = { referralId: 'r-2', offenses: [], pathway: 'social-contact', agencyId: 'taos-pd', referredAt: day(2) };
  const records: Records = { ...whole, journeys: [...whole.journeys, other as Records['journeys'][number]] };
  const referred = (filter: object): number => countsOf(funnelReport(records, { asOf: day(31), ...filter }))[0]!;
  expect(referred({})).toBe(2);
  expect(referred({ pathway: 'social-contact' })).toBe(1);
  expect(referred({ agency: 'taos-pd' })).toBe(1);
  expect(referred({ district: 'downtown' })).toBe(1);
  expect(referred({ from: day(2) })).toBe(1);
  expect(referred({ agency: 'nobody' })).toBe(0);
});
