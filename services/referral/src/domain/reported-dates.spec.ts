import { impossibleDates } from './reported-dates.js';

describe('reported days', () => {
  const of = (violentConvictions: string[] | null) =>
    impossibleDates({ violentConvictions, exploitsMinors: true }, '1991-07-04', '2026-03-02');

  it.each([[[]], [null], [['1991-07-04', '2026-03-02']]])('%j can be', (days) => {
    expect(of(days)).toEqual([]);
  });

  it('are neither before birth nor in the future, each named with its place', () => {
    expect(of(['1991-07-03', '2020-01-01', '2026-03-03']).map(({ pointer }) => pointer)).toEqual([
      '#/facts/violentConvictions/0',
      '#/facts/violentConvictions/2',
    ]);
  });
});
