/**
 * What free texts of HSDS records are recognised as, so that a client can be held against them. A text that none of
 * these recognises stays unknown: it is shown to the reader and decides nothing. English, as the field writes.
 */

type Vocabulary = Readonly<Record<string, RegExp>>;

/** Papers that services ask for (`required_document.document`). */
export const DOCUMENTS = {
  'photo-id':
    /\b(photo|picture|state|government)[\s-]*(issued\s+)?(photo\s+)?id\b|\bidentification\b|driver'?s licen[cs]e|\bpassport\b|^id$/i,
  'proof-of-address': /proof of (address|residen)|utility bill|\blease\b/i,
  'proof-of-income': /proof of income|income verification|pay ?stub|tax return|bank statement/i,
  'birth-certificate': /birth certificate/i,
  'social-security-card': /social security (card|number)|\bssn\b/i,
  'insurance-card': /insurance (card|information)|\bmedicaid\b|\bmedicare\b/i,
  'immigration-papers': /immigration|green card|\bvisa\b|work permit/i,
  'court-papers': /court (papers|documents|order|date)|\bcitation\b|\bsummons\b/i,
  referral: /\breferral\b|\breferred\b/i,
} as const satisfies Vocabulary;

/** What makes a place accessible (`accessibility.description` and `.details`). */
export const ACCESSIBILITY = {
  wheelchair: /wheel ?chair|\bramp\b|\bada\b|step[\s-]free/i,
  elevator: /\belevator\b|\blift\b/i,
  'accessible-restroom': /rest ?room|bath ?room|toilet/i,
  'accessible-parking': /parking/i,
  'sign-language': /sign language|\basl\b/i,
  tty: /\bt[dt][dy]\b|relay/i,
  braille: /braille|large print|\bblind\b|visual/i,
  'public-transport': /\bbus\b|\btransit\b|public transport/i,
} as const satisfies Vocabulary;

/** People whom a service is for: terms that describe its eligibility or audience. */
export const POPULATIONS = {
  women: /\bwom[ae]n\b|\bfemales?\b|\bmothers?\b/i,
  men: /(?<!wo)\bm[ae]n\b|(?<!fe)\bmales?\b|\bfathers?\b/i,
  transgender: /\btrans(gender)?\b/i,
  lgbtq: /\blgbtq?|\bgay\b|lesbian|\bqueer\b/i,
  pregnant: /pregnan/i,
  parents: /\bparents?\b|\bfamil(y|ies)\b|\bmothers?\b|\bfathers?\b/i,
  youth: /\byouths?\b|\bteens?\b|adolescen|young adult/i,
  children: /\bchild(ren)?\b|\binfants?\b|\bbabies\b/i,
  seniors: /\bseniors?\b|older adult|\belder/i,
  veterans: /\bveterans?\b|\bmilitary\b/i,
  homeless: /homeless|unhoused/i,
  reentry: /re-?entry|incarcerat|ex-?offender|criminal justice|\bparole|\bprobation/i,
  'substance-use': /substance|addict|\bdrugs?\b|alcohol|\bopioid/i,
  'mental-health': /mental (health|illness)|psychiatr|depress/i,
  disability: /disab|special needs/i,
  'domestic-violence': /domestic violence|abuse|batter|trafficking|survivors?\b/i,
  immigrants: /immigrant|refugee|asylum|undocumented/i,
  hiv: /\bhiv\b|\baids\b/i,
} as const satisfies Vocabulary;

export type DocumentKind = keyof typeof DOCUMENTS;
export type AccessibilityKind = keyof typeof ACCESSIBILITY;
export type Population = keyof typeof POPULATIONS;

export const DOCUMENT_KINDS = Object.keys(DOCUMENTS) as DocumentKind[];
export const ACCESSIBILITY_KINDS = Object.keys(ACCESSIBILITY) as AccessibilityKind[];
export const POPULATION_KINDS = Object.keys(POPULATIONS) as Population[];

/** The kinds that a text is recognised as. */
export function recognise<Kind extends string>(text: string, vocabulary: Readonly<Record<Kind, RegExp>>): Kind[] {
  return (Object.keys(vocabulary) as Kind[]).filter((kind) => vocabulary[kind].test(text));
}

const NEGATED =
  /\b(not|no|without|in)[\s-]?(wheel ?chair )?(accessible|access|wheel ?chair|elevator|ramp|parking|handicap)/i;

/** Whether an accessibility text says what is missing, `not wheelchair accessible`, rather than what is there. */
export const saysMissing = (text: string): boolean => NEGATED.test(text);

const LANGUAGE_NAMES = new Intl.DisplayNames('en', { type: 'language' });
const LANGUAGE_CODES: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...'en es fr de it pt pl ru uk ar zh ko ja vi tl hi ur bn gu fa ht so am sw ne el he tr ro sr bs hy my km lo th nv'.split(
      ' ',
    ),
  ].map((code) => [LANGUAGE_NAMES.of(code)!.toLowerCase(), code]),
);
const ALSO: Readonly<Record<string, string>> = {
  mandarin: 'zh',
  cantonese: 'zh',
  farsi: 'fa',
  tagalog: 'tl',
  'haitian creole': 'ht',
  'american sign language': 'ase',
  asl: 'ase',
};
const THREE_LETTERS: Readonly<Record<string, string>> = {
  eng: 'en',
  spa: 'es',
  fra: 'fr',
  pol: 'pl',
  zho: 'zh',
  ara: 'ar',
};

/**
 * One code for a language however it is written: an ISO 639-1 code, a regional one (`es-MX`), an English name, or the
 * text itself in lower case where it is none of these.
 */
export function languageCode(text: string): string {
  const plain = text.trim().toLowerCase();
  const code = plain.replace(/[-_].*$/, '');
  return LANGUAGE_CODES[plain] ?? ALSO[plain] ?? THREE_LETTERS[code] ?? (/^[a-z]{2,3}$/.test(code) ? code : plain);
}

const namesKnown = new Map<string, string>();

/** The English name of a language code, for people. */
export function languageName(code: string): string {
  // asked for with every answer, and slow; whatever sources call a language is not remembered without end
  if (namesKnown.size > 1_000) namesKnown.clear();
  let name = namesKnown.get(code);
  if (name === undefined) namesKnown.set(code, (name = nameOf(code)));
  return name;
}

function nameOf(code: string): string {
  try {
    return LANGUAGE_NAMES.of(code) ?? code;
  } catch {
    return code;
  }
}
