import { readdir, readFile } from 'node:fs/promises';
import { tableOf } from './markdown.js';

/** What real programmes have met, in their order and words. */
export const EDGE_CASES = [
  'Two officers refer one person: one episode, both credited.',
  'An offline terminal replays a referral: same key and body, the first answer; same key and another body, refused.',
  'An alias: an alias row and a match to confirm; nothing is overwritten.',
  'A pending warrant: a flag for the liaison prosecutor, no automatic exclusion. A policy may exclude.',
  'On probation or parole: a state of approval by the supervising agency.',
  'Criteria change mid-case: new decisions use the new version, open cases keep theirs.',
  'The prosecutor rejects after services began: the charge path closes, services may go on as social contact.',
  'A charge is filed after the hold was satisfied: alert and record; enrolment unchanged.',
  'Intake done on day 30, entered on day 32: the time of the event governs, the entry is audited.',
  "The deadline falls on a daylight-saving change or a holiday: end of day in the site's zone; rolling to a business day is configurable.",
  'Jailed or in hospital during the window: an extension by the prosecutor with its reason.',
  'A no-contact order with another participant: hard stop shown to the coordinator alone; neither name disclosed to the other side.',
  'The person declines at the scene: recorded, no negative flag, later referral allowed.',
  'Unreachable: attempts logged with their mode; "in the wind"; never a failure.',
  'Back after a year: a new episode, the old plan readable; no new referral needed if the case was never closed, else configurable.',
  'Consent revoked: future sharing stops; partners are told "consent ended" and no more; care goes on.',
  "Release refused: services go on; the hold needs the prosecutor's manual path.",
  'Death: closed as `deceased`, reminders cancelled, statistics censored, records still protected.',
  'Moving away: warm transfer with consent; outcomes censored.',
  'Duplicates who were both served are merged: consents united restrictively, counts recomputed.',
  'A wrong merge: un-merge restores both.',
  'An officer is transferred, inactive or decertified: past referrals stay valid, feedback goes to the unit.',
  'A minor, or a false age: quarantined, coordinator told.',
  'No capacity: arrest diversions first, warnings before expiry.',
  'A case manager is subpoenaed, or an officer asks "where is he?": refused by default, recorded.',
  'A new arrest while enrolled: no termination, no immunity.',
  'A victim must agree, where the site says so.',
  'The case manager is a relative or former peer: blocked, with audited break-glass.',
] as const;

export interface EdgeCaseTest {
  edgeCase: number;
  /** Below the top folder. */
  path: string;
  title: string;
}

const LITERAL = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g;
const NUMBERS = /\bedges?(?: cases?)? (\d+(?:(?:, | and )\d+)*)/i;

/** The tests of the services that name an edge case in their title, by path and place. */
export async function edgeCaseTests(root: URL): Promise<EdgeCaseTest[]> {
  const paths: string[] = [];
  for (const service of await readdir(new URL('services/', root)))
    for (const name of await readdir(new URL(`services/${service}/src/`, root), { recursive: true }))
      if (name.endsWith('.spec.ts')) paths.push(`services/${service}/src/${name}`);
  const found: EdgeCaseTest[] = [];
  for (const path of paths.sort())
    for (const [literal] of (await readFile(new URL(path, root), 'utf8')).matchAll(LITERAL))
      for (const number of NUMBERS.exec(literal)?.[1]?.match(/\d+/g) ?? [])
        found.push({ edgeCase: Number(number), path, title: literal.slice(1, -1).replaceAll('\\', '') });
  return found;
}

/** The edge cases as a page to read, each with the tests that carry it. */
export async function edgeCasesPage(root: URL): Promise<string> {
  const tests = await edgeCaseTests(root);
  const of = (number: number): string =>
    tests
      .filter(({ edgeCase }) => edgeCase === number)
      .map(({ path, title }) => `[${title}](../../${path})`)
      .join('; ');
  return [
    '# Edge cases and the tests that prove them',
    '<!-- Written by `npm run docs` from the titles of the tests. Do not edit. -->',
    'What real programmes met. A test that carries one names it in its title, as in `edge case 2: …`.',
    tableOf(
      ['', 'Edge case', 'Tests'],
      EDGE_CASES.map((text, at) => [String(at + 1), text, of(at + 1) || 'none yet']),
    ),
  ].join('\n\n');
}
