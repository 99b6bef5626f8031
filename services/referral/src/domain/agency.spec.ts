import { isActiveAt, withPeriod, type OfficerState } from './agency.js';

const at = (day: string): Date => new Date(`${day}T00:00:00Z`);
const officer: OfficerState = {
  agencyId: 'santa-fe-pd',
  officerId: 'persona:officer',
  periods: [{ activeFrom: at('2020-01-01'), activeUntil: at('2022-01-01') }, { activeFrom: at('2024-01-01') }],
};

describe('an active officer', () => {
  it.each([
    ['2019-12-31', false],
    ['2020-01-01', true],
    ['2021-12-31', true],
    ['2022-01-01', false],
    ['2023-12-31', false],
    ['2024-01-01', true],
    ['2060-01-01', true],
  ])('on %s: %s', (day, active) => {
    expect(isActiveAt(officer, at(day))).toBe(active);
  });

  it('leaves by giving the open period its end, and what was before stays valid', () => {
    const left = withPeriod(officer, { activeFrom: at('2024-01-01'), activeUntil: at('2026-01-01') });
    expect(isActiveAt(left, at('2025-12-31'))).toBe(true);
    expect(isActiveAt(left, at('2026-01-01'))).toBe(false);
    expect(left.periods).toHaveLength(2);
  });

  it('comes back between, in order', () => {
    const back = withPeriod(officer, { activeFrom: at('2022-06-01'), activeUntil: at('2023-01-01') });
    expect(back.periods.map(({ activeFrom }) => activeFrom.getUTCFullYear())).toEqual([2020, 2022, 2024]);
  });

  it.each([
    ['2021-06-01', '2023-01-01'],
    ['2019-01-01', undefined],
    ['2024-05-01', undefined],
  ])('is not enrolled twice at once: %s to %s', (from, until) => {
    const period = { activeFrom: at(from), ...(until && { activeUntil: at(until) }) };
    expect(() => withPeriod(officer, period)).toThrow(/already/);
  });
});
