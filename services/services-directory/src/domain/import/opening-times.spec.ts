import { isAllDay, readTimeOfDay, readWeekdays } from './opening-times.js';

describe('readTimeOfDay', () => {
  it.each([
    ['9:00', '09:00', false],
    ['09:00:00', '09:00', false],
    ['09:00-05:00', '09:00-05:00', false],
    ['17:30Z', '17:30Z', false],
    ['8:30AM', '08:30', true],
    ['12:15 a.m.', '00:15', true],
    ['12 pm', '12:00', true],
    ['5 p.m.', '17:00', true],
    ['9', '09:00', true],
    ['7.45', '07:45', false],
    ['24:00', '23:59', true],
    ['Noon', '12:00', true],
    ['midnight', '00:00', true],
  ])('%s is %s', (text, time, rewritten) => {
    expect(readTimeOfDay(text)).toEqual({ time, rewritten });
  });

  it('keeps what stands beside the time', () => {
    expect(readTimeOfDay('10:30am (dispensing)')).toEqual({ time: '10:30', remark: 'dispensing', rewritten: true });
  });

  it.each(['', 'closed', '25:00', '24:30', '9:75', '13:00pm', '0am', '9-5', 'by appointment', '(dispensing)'])(
    '%j is no time',
    (text) => {
      expect(readTimeOfDay(text)).toBeUndefined();
    },
  );
});

it.each([
  ['24 hours', true],
  ['24hrs', true],
  ['24/7', true],
  ['All day', true],
  ['Open 24 hours', true],
  ['24:00', false],
  ['9:00', false],
])('%s all day: %s', (text, allDay) => {
  expect(isAllDay(text)).toBe(allDay);
});

describe('readWeekdays', () => {
  it.each([
    ['Monday', 'MO', false],
    ['tues', 'TU', false],
    ['We', 'WE', false],
    ['Thursdays', 'TH', false],
    ['1', 'MO', false],
    ['7', 'SU', false],
    ['0', 'SU', false],
    ['Monday-Friday', 'MO,TU,WE,TH,FR', true],
    ['Mon – Wed', 'MO,TU,WE', true],
    ['Saturday to Monday', 'MO,SA,SU', true],
    ['Mon, Wed & Fri', 'MO,WE,FR', true],
    ['Monday-Wednesday, Saturday', 'MO,TU,WE,SA', true],
    ['weekdays', 'MO,TU,WE,TH,FR', true],
    ['Daily', 'MO,TU,WE,TH,FR,SA,SU', true],
  ])('%s is %s', (text, byday, several) => {
    expect(readWeekdays(text)).toEqual({ byday, several });
  });

  it.each(['', 'holiday', '8', 'M', 'T', 'Monday-', 'first Monday', 'Mon-Wed-Fri', 'Sundayish'])(
    '%j is no weekday',
    (text) => {
      expect(readWeekdays(text)).toBeUndefined();
    },
  );
});
