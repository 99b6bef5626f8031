import { ReportingConfig } from '../config.js';
import type { Records } from '../domain/records.js';
import { FunnelService } from './funnel.service.js';

it('reads again when a rebuild took the records away meanwhile', async () => {
  const none: Records = { journeys: [], cases: [], linkages: [], services: [], agencies: [] };
  const journeys = [{ referralId: 'r-1', offenses: [], referredAt: new Date(0) }];
  let active = 1;
  const generations = { current: () => Promise.resolve({ active, rebuilds: [] }) };
  const projections = {
    read: (generation: number) => {
      active = 2; // the rebuild is completed, and its predecessor deleted, between two look-ups
      return Promise.resolve(generation === 2 ? { ...none, journeys } : none);
    },
  };
  const config = new ReportingConfig({ SITE_TIME_ZONE: 'UTC', REBUILD_SETTLE_MS: 0 });
  const { report } = await new FunnelService(projections as never, generations as never, config).report({}, new Date());
  expect(report.stages[0]!.count).toBe(1);
});
