/** Postal abbreviations of the 50 states, the district and the territories (USPS Publication 28, appendix B). */
const US_STATES = new Set(
  (
    'AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK ' +
    'OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI'
  ).split(' '),
);

/** Whether state and postal code are of the United States, so that a missing country can be nothing else. */
export const isUnitedStates = (state: string, postcode: string): boolean =>
  US_STATES.has(state.toUpperCase()) && /^\d{5}(-\d{4})?$/.test(postcode);

/** A place name that stands directly after the text before it, as when a line break was lost: `Suite 2000Chicago`. */
const GLUED_CITY = /^(.*[^\s])(?<!\bMc|\bMac|\bDe|\bLa)([A-Z][a-z]+(?: [A-Z][a-z]+)*)$/s;

/** Takes the city off the end of an address line in which the line breaks were lost; undefined where none stands out. */
export function takeGluedCity(line: string): { rest: string; city: string } | undefined {
  const [, rest, city] = GLUED_CITY.exec(line) ?? [];
  return rest === undefined || city === undefined ? undefined : { rest: rest.replace(/[\s,]+$/, ''), city };
}

/** Parts an address line where a line break was lost: `67 East Madison StreetSuite 2000`. */
export function splitGluedLines(line: string): [string, string | undefined] {
  const at = line.search(/(?<=[a-z.])(?<!\b(?:Mc|Mac|De|La))(?=[A-Z0-9])(?<![A-Z0-9#]\.)/);
  return at <= 0 ? [line, undefined] : [line.slice(0, at), line.slice(at)];
}
