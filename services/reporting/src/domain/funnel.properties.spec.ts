import fc from 'fast-check';
import type { Stage } from './courses.js';
import { funnelReport, type FunnelReport } from './funnel.js';
import { anyInstant, anyRecords } from './records.fixture.js';
import type { Records } from './records.js';

describe('a funnel of any records', () => {
  const property = (check: (report: FunnelReport, records: Records, asOf: Date) => void): void =>
    fc.assert(
      fc.property(anyRecords, anyInstant, (records, asOf) => check(funnelReport(records, { asOf }), records, asOf)),
      { numRuns: 150 },
    );

  it('each stage is a part of the one before', () => {
    property(({ stages, groups }) => {
      const counts = stages.map(({ count }) => count);
      expect(counts).toEqual([...counts].sort((a, b) => b - a));
      for (const { counts: own } of Object.values(groups).flat())
        expect(Object.values(own)).toEqual(Object.values(own).sort((a, b) => b - a));
    });
  });

  it('groups that partition add up to the totals, and offences to at least as much', () => {
    property(({ stages, groups }) => {
      for (const { stage, count } of stages) {
        const sum = (group: { counts: Record<Stage, number> }[]): number =>
          group.reduce((total, { counts }) => total + counts[stage], 0);
        expect(sum(groups.pathway)).toBe(count);
        expect(sum(groups.agency)).toBe(count);
        expect(sum(groups.district)).toBe(count);
        expect(sum(groups.offense)).toBeGreaterThanOrEqual(count);
      }
    });
  });

  it('nothing that was counted is taken back at a later date', () => {
    property((report, records, asOf) => {
      const later = funnelReport(records, { asOf: new Date(asOf.getTime() + 86_400_000) });
      for (const [index, { count }] of report.stages.entries())
        expect(later.stages[index]!.count).toBeGreaterThanOrEqual(count);
      expect(later.declined).toBeGreaterThanOrEqual(report.declined);
      expect(later.chargeHolds.held).toBeGreaterThanOrEqual(report.chargeHolds.held);
      expect(later.chargeHolds.satisfied).toBeGreaterThanOrEqual(report.chargeHolds.satisfied);
    });
  });

  it('a filter by each agency adds up to the report of all', () => {
    property((report, records, asOf) => {
      const parts = report.groups.agency.map(({ key, counts }) => {
        if (key === 'none-recorded') return counts.referred;
        const part = funnelReport(records, { asOf, agency: key });
        expect(part.stages.map(({ count }) => count)).toEqual(Object.values(counts));
        return part.stages[0]!.count;
      });
      expect(parts.reduce((sum, count) => sum + count, 0)).toBe(report.stages[0]!.count);
    });
  });

  it('waits are not negative, medians not above the 90th percentile, and as many as passed the stage', () => {
    property(({ waitingTimes, stages }) => {
      for (const { to, count, medianMinutes = 0, p90Minutes = 0 } of waitingTimes) {
        expect(medianMinutes).toBeGreaterThanOrEqual(0);
        expect(p90Minutes).toBeGreaterThanOrEqual(medianMinutes);
        expect(count).toBe(stages.find(({ stage }) => stage === to)!.count);
      }
    });
  });

  it('charge holds are open, satisfied, lapsed or ended; needs requested, of these accepted, of these completed', () => {
    property(({ chargeHolds, needs, services }) => {
      expect(chargeHolds.open + chargeHolds.satisfied + chargeHolds.lapsed + chargeHolds.ended).toBe(chargeHolds.held);
      for (const { needs: all = Infinity, requested, accepted, completed } of [
        ...needs,
        ...(services as { needs?: number; requested: number; accepted: number; completed: number }[]),
      ]) {
        expect(all).toBeGreaterThanOrEqual(requested);
        expect(requested).toBeGreaterThanOrEqual(accepted);
        expect(accepted).toBeGreaterThanOrEqual(completed);
      }
    });
  });

  it('the order in which records are found does not matter', () => {
    property((report, records, asOf) => {
      const reversed: Records = {
        ...records,
        journeys: [...records.journeys].reverse(),
        linkages: [...records.linkages].reverse(),
      };
      expect(funnelReport(reversed, { asOf })).toEqual(report);
    });
  });
});
