import { isUnitedStates, splitGluedLines, takeGluedCity } from './address-repair.js';

describe('takeGluedCity', () => {
  it.each([
    ['67 East Madison StreetSuite 2000Chicago', '67 East Madison StreetSuite 2000', 'Chicago'],
    ['7115 W. North Ave #253Oak Park', '7115 W. North Ave #253', 'Oak Park'],
    ['25 East Jackson Blvd.Chicago', '25 East Jackson Blvd.', 'Chicago'],
    ['300 Grand Ave STE AWaukegan', '300 Grand Ave STE A', 'Waukegan'],
  ])('%s', (line, rest, city) => {
    expect(takeGluedCity(line)).toEqual({ rest, city });
  });

  it.each(['67 East Madison Street', '12 Main St Chicago', '19 S. LaSalle', '5 McHenry', '', 'Chicago'])(
    'finds none in %j',
    (line) => {
      expect(takeGluedCity(line)).toBeUndefined();
    },
  );
});

it.each([
  ['67 East Madison StreetSuite 2000', ['67 East Madison Street', 'Suite 2000']],
  ['150 Court Street2nd Floor', ['150 Court Street', '2nd Floor']],
  ['19 S. LaSalle StreetSuite 702', ['19 S. LaSalle Street', 'Suite 702']],
  ['P.O. Box 726', ['P.O. Box 726', undefined]],
])('%s in lines', (line, lines) => {
  expect(splitGluedLines(line)).toEqual(lines);
});

it.each([
  ['IL', '60601', true],
  ['il', '60601-1234', true],
  ['ON', '60601', false],
  ['IL', 'K1A 0B1', false],
])('%s %s of the United States: %s', (state, postcode, expected) => {
  expect(isUnitedStates(state, postcode)).toBe(expected);
});
