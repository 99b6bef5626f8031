import { ReportBuilder } from './report.js';

const note = (code: string) => ({ code, detail: `about ${code}` });

it('counts every row once, and each of its reasons', () => {
  const report = new ReportBuilder();
  report.open('empty.csv');
  report.imported('a.csv', 2, []);
  report.imported('a.csv', 3, [note('x'), note('y')]);
  report.rejected('a.csv', 4, note('z'));
  report.remark('a.csv', 'a column');
  expect(report.build()).toEqual({
    totals: { in: 3, imported: 1, mended: 1, rejected: 1 },
    files: [
      { file: 'empty.csv', in: 0, imported: 0, mended: 0, rejected: 0 },
      { file: 'a.csv', in: 3, imported: 1, mended: 1, rejected: 1 },
    ],
    reasons: [
      { file: 'a.csv', outcome: 'mended', ...note('x'), count: 1 },
      { file: 'a.csv', outcome: 'mended', ...note('y'), count: 1 },
      { file: 'a.csv', outcome: 'rejected', ...note('z'), count: 1 },
    ],
    rows: [
      { file: 'a.csv', line: 3, outcome: 'mended', ...note('x') },
      { file: 'a.csv', line: 3, outcome: 'mended', ...note('y') },
      { file: 'a.csv', line: 4, outcome: 'rejected', ...note('z') },
    ],
    rowsOmitted: 0,
    remarks: [{ file: 'a.csv', detail: 'a column' }],
  });
});

it('lists a bounded number of rows a reason and counts the others', () => {
  const report = new ReportBuilder();
  for (let line = 1; line <= 1500; line += 1) report.rejected('a.csv', line, note('z'));
  for (let line = 1; line <= 150; line += 1) report.imported('b.csv', line, [note('x')]);
  const { rows, rowsOmitted, reasons } = report.build();
  expect(rows).toHaveLength(1000 + 100);
  expect(rowsOmitted).toBe(500 + 50);
  expect(reasons.map(({ count }) => count)).toEqual([1500, 150]);
});
