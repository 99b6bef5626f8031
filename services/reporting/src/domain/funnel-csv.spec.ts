import { funnelReport } from './funnel.js';
import { funnelCsv } from './funnel-csv.js';

const report = funnelReport(
  {
    journeys: [
      { referralId: 'r-1', agencyId: 'pd', offenses: [], referredAt: new Date(0) },
      { referralId: 'r-2', agencyId: 'evil', offenses: [], referredAt: new Date(0) },
    ],
    cases: [],
    linkages: [],
    services: [],
    agencies: [
      { agencyId: 'pd', name: 'Police, "Santa Fe"' },
      { agencyId: 'evil', name: '=HYPERLINK("http://example.org")' },
    ],
  },
  { asOf: new Date(1) },
);

it('has a line for each figure, and each line the same five cells', () => {
  const lines = funnelCsv(report).split('\r\n');
  expect(lines[0]).toBe('section,key,name,measure,value');
  expect(lines).toContain('funnel,referred,,count,2');
  expect(lines).toContain('funnel,people,,count,2');
  expect(lines).toContain('waiting-time,referred to eligible,,median-minutes,');
  expect(lines).toContain('charge-holds,lapsed,,count,0');
  expect(lines.at(-1)).toBe('');
});

it('quotes what would break a line, and disarms what a spreadsheet would run', () => {
  expect(funnelCsv(report)).toContain('by-agency,pd,"Police, ""Santa Fe""",referred,1');
  expect(funnelCsv(report)).toContain(`by-agency,evil,"'=HYPERLINK(""http://example.org"")",referred,1`);
});
