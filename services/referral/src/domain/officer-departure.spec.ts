import { isActiveAt, withPeriod, type OfficerState } from './agency.js';
import { endLastPeriod, getsFeedbackOf, lastServed } from './officer-departure.js';

const at = (time: string): Date => new Date(time);
const END = at('2026-03-01T07:00:00Z');
const justBefore = new Date(END.getTime() - 1);
const officer: OfficerState = {
  agencyId: 'santa-fe-pd',
  officerId: 'persona:officer',
  periods: [
    { activeFrom: at('2020-01-01T00:00:00Z'), activeUntil: at('2022-01-01T00:00:00Z') },
    { activeFrom: at('2024-01-01T00:00:00Z'), unit: 'North' },
  ],
};

describe('the departure of an officer (edge case 22)', () => {
  const left = endLastPeriod(officer, END, { reason: 'decertified' });

  it('counts from its moment on, and leaves what was before', () => {
    expect([isActiveAt(left, justBefore), isActiveAt(left, END)]).toEqual([true, false]);
    expect(left.periods).toEqual([
      officer.periods[0],
      { ...officer.periods[1], activeUntil: END, departure: { reason: 'decertified' } },
    ]);
  });

  it('is entered again where it was wrong, and not before the period began', () => {
    const earlier = endLastPeriod(left, at('2026-02-01T00:00:00Z'), { reason: 'retired' });
    expect(isActiveAt(earlier, justBefore)).toBe(false);
    expect(() => endLastPeriod(officer, officer.periods[1]!.activeFrom, { reason: 'retired' })).toThrow(/began/);
    expect(() => endLastPeriod({ ...officer, periods: [] }, END, { reason: 'retired' })).toThrow(/began/);
  });

  it('makes no period longer that had an end, and gives one that ends then its reason', () => {
    const ended = { ...officer, periods: officer.periods.slice(0, 1) };
    const end = ended.periods[0]!.activeUntil!;
    expect(() => endLastPeriod(ended, END, { reason: 'retired' })).toThrow(/longer/);
    expect(endLastPeriod(ended, end, { reason: 'retired' }).periods).toEqual([
      { ...ended.periods[0], departure: { reason: 'retired' } },
    ]);
  });

  it('is not undone by an enrolment of the same period, and whoever comes back has a new one', () => {
    const { activeFrom } = officer.periods[1]!;
    expect(() => withPeriod(left, { activeFrom })).toThrow(/departure/);
    expect(withPeriod(left, { activeFrom, activeUntil: END }).periods).toEqual(left.periods);
    const back = withPeriod(left, { activeFrom: END });
    expect([isActiveAt(back, justBefore), isActiveAt(back, END)]).toEqual([true, true]);
  });

  it('by transfer is the last word of the agency', () => {
    const gone = endLastPeriod(officer, END, { reason: 'transferred', toAgencyId: 'taos-pd' });
    expect(() => endLastPeriod(gone, END, { reason: 'retired' })).toThrow(/transferred/);
  });

  it('sends the feedback to the unit that was left, and to the agency where there is none', () => {
    expect(lastServed(left, justBefore)).toBeUndefined();
    expect(lastServed(left, END)).toMatchObject({ unit: 'North' });
    expect(lastServed(withPeriod(left, { activeFrom: END }), END)).toBeUndefined();
    expect(lastServed({ ...officer, periods: [{ activeFrom: END }] }, justBefore)).toBeUndefined();
    const pairs = [
      ['North', 'North'],
      ['North', 'Bikes'],
      [undefined, 'North'],
      ['North', undefined],
    ] as const;
    expect(pairs.map(([own, of]) => getsFeedbackOf(own, of))).toEqual([true, false, true, true]);
  });
});
