import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { HsdsAttribute, HsdsLocation, HsdsSchedule, HsdsService, HsdsTaxonomyTerm } from '../../domain/hsds.js';
import { Seeded } from './seeded-random.fixture.js';

/** A UUID that derives from a text. Not by SHA: that took a third of the time in which a directory is made up. */
export function uuidOf(text: string): string {
  let [one, two] = [0x811c9dc5, 0x9e3779b9];
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charCodeAt(at);
    one = Math.imul(one ^ letter, 0x01000193);
    two = Math.imul(two ^ letter, 0x85ebca6b) ^ (two >>> 13);
  }
  const mixed = [one ^ (two >>> 16), two ^ (one >>> 15), Math.imul(one, two | 1), Math.imul(one + two, 0xc2b2ae35)];
  const hex = mixed.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

const DATA = join(import.meta.dirname, '../../../data/ilao');
const rowsOf = (file: string) =>
  parse(readFileSync(join(DATA, file)), { columns: true, relax_quotes: true, bom: true }) as Record<string, string>[];

/** Texts of the bundled legal-aid data, cut into pieces that are put together anew. */
export function realTexts(): { names: string[]; sentences: string[]; organizations: string[] } {
  const services = rowsOf('services.csv');
  const organizations = rowsOf('organizations.csv');
  const long = [
    ...services.flatMap((row) => [row['description'], row['application_process']]),
    ...organizations.map((row) => row['description']),
  ];
  return {
    names: services.map((row) => row['name']!).filter(Boolean),
    organizations: organizations.map((row) => row['name']!).filter(Boolean),
    sentences: long.flatMap((text) => text?.split(/(?<=[.!?])\s+/) ?? []).filter((sentence) => sentence.length > 20),
  };
}

/**
 * A word that is none, but may be a name: streets, saints and founders make most of the words of a directory. Low
 * numbers come often, high ones once or twice, as words do.
 */
function madeWord(random: Seeded, count: number): string {
  const rank = Math.floor(Math.exp(random.next() * Math.log(Math.max(10, count / 4))));
  const syllables = 'ba ko ri sen mal to wi gra lun der ha mon ste pol vi ni cor la dor es'.split(' ');
  let word = '';
  for (let left = rank; left > 0; left = Math.floor(left / syllables.length))
    word += syllables[left % syllables.length];
  return word;
}

const CITIES = [
  'Chicago',
  'Evanston',
  'Cicero',
  'Oak Park',
  'Joliet',
  'Aurora',
  'Naperville',
  'Elgin',
  'Waukegan',
  'Skokie',
  'Berwyn',
  'Gary',
];
const NEEDS = ['Housing', 'Food', 'Health', 'Legal', 'Work', 'Education', 'Transit', 'Care', 'Money', 'Goods'];
const KINDS = [
  'Emergency',
  'Temporary',
  'Counseling',
  'Assistance',
  'Navigation',
  'Support',
  'Training',
  'Residential',
];
const GROUPS = ['Adults', 'Families', 'Youth', 'Veterans', 'Seniors', 'Women', 'Men', 'Homeless people'];
const LANGUAGES = ['en', 'es', 'pl', 'zh', 'ar', 'Spanish', 'French', 'Mandarin', 'ASL', 'vi'];
const FEATURES = [
  'Wheelchair accessible',
  'Ramp at the side door',
  'Not wheelchair accessible',
  'Elevator',
  'ASL interpreter',
  'Braille signs',
  'Accessible parking',
  'TTY',
  'On the bus line',
];
const PAPERS = [
  'Photo ID',
  'Proof of address',
  'Proof of income',
  'None',
  'A letter that explains the situation',
  'Birth certificate',
  'Social Security card',
];
const FEES = ['Free', 'Free to everyone', 'Sliding scale', 'Depends on income', '50 dollars an hour', 'Ask us'];
const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const HOURS = [
  ['09:00', '17:00'],
  ['08:30', '16:30'],
  ['10:00', '18:00'],
  ['12:00', '20:00'],
  ['20:00', '02:00'],
  ['00:00', '23:59'],
  ['09:00-05:00', '17:00-05:00'],
  ['13:00Z', '21:00Z'],
] as const;

/** Three levels of terms with codes such as `101-02-03`. */
export const TERMS: HsdsTaxonomyTerm[] = NEEDS.flatMap((need, top) => {
  const code = String(101 + top);
  const level = (name: string, own: string, parent?: string): HsdsTaxonomyTerm => ({
    id: uuidOf(`term ${own}`),
    code: own,
    name,
    description: name,
    ...(parent ? { parent_id: uuidOf(`term ${parent}`) } : {}),
  });
  return [
    level(need, code),
    ...KINDS.flatMap((kind, second) => {
      const middle = `${code}-${String(second + 1).padStart(2, '0')}`;
      return [
        level(`${kind} ${need}`, middle, code),
        ...GROUPS.slice(0, 4).map((group, third) =>
          level(`${kind} ${need} for ${group}`, `${middle}-${String(third + 1).padStart(2, '0')}`, middle),
        ),
      ];
    }),
  ];
});

/** A few counties as squares, with their names. */
const COUNTIES = Array.from({ length: 24 }, (_, at) => {
  const [west, south] = [-88.6 + (at % 6) * 0.22, 41.2 + Math.floor(at / 6) * 0.33];
  const ring = [
    [west, south],
    [west + 0.22, south],
    [west + 0.22, south + 0.33],
    [west, south + 0.33],
    [west, south],
  ];
  return { name: `County ${at + 1}`, extent: JSON.stringify({ type: 'Polygon', coordinates: [ring] }) };
});

/** The middle of what is generated, on a Monday. */
export const NOW = new Date('2026-09-14T15:00:00Z');
export const ZONE = 'America/Chicago';
const dayFrom = (days: number): string => new Date(NOW.getTime() + days * 86_400_000).toISOString().slice(0, 10);

/**
 * Services that look like real ones, the same for the same seed. One after the other, so that they need no room.
 * @param from the first of them that is wanted, and every `step`-th after it
 */
export function* seededServices(count: number, seed = 1, from = 0, step = 1): Generator<HsdsService> {
  const texts = realTexts();
  for (let at = from; at < count; at += step) yield seededService(new Seeded(seed * 1_000_003 + at), at, count, texts);
}

function seededService(random: Seeded, at: number, count: number, texts: ReturnType<typeof realTexts>): HsdsService {
  const organizations = Math.max(1, Math.floor(count / 8));
  const owner = random.below(organizations);
  const organizationName =
    `${texts.organizations[owner % texts.organizations.length]!} ${Math.floor(owner / texts.organizations.length) || ''}`.trim();
  const id = uuidOf(`service ${at}`);
  const city = random.pick(CITIES);
  const attributes: HsdsAttribute[] = [
    ...random.some(TERMS, 3).map((term, n) => ({ id: uuidOf(`${id} ${n}`), taxonomy_term: term })),
    ...(random.chance(0.3) ? [audience(id, random.pick(GROUPS))] : []),
  ];
  const schedules = random.chance(0.5) ? seededSchedules(random, id) : [];
  const places = random.chance(0.85)
    ? Array.from({ length: random.chance(0.9) ? 1 : 3 }, (_, n) => location(random, `${id} ${n}`, city))
    : [];
  const maybe = <Key extends keyof HsdsService>(
    chance: number,
    key: Key,
    value: () => HsdsService[Key],
  ): Partial<HsdsService> => (random.chance(chance) ? ({ [key]: value() } as Partial<HsdsService>) : {});
  return {
    id,
    name: `${random.pick(texts.names)} ${random.chance(0.5) ? city : ''}`.trim(),
    status: random.chance(0.93) ? 'active' : random.pick(['inactive', 'temporarily closed'] as const),
    description: [
      ...Array.from({ length: 1 + random.below(4) }, () => random.pick(texts.sentences)),
      ...Array.from({ length: random.below(12) }, () => madeWord(random, count)),
    ].join(' '),
    last_modified: NOW.toISOString(),
    organization: { id: uuidOf(`organization ${owner}`), name: organizationName, description: organizationName },
    ...(attributes.length > 0 ? { attributes } : {}),
    ...(schedules.length > 0 ? { schedules } : {}),
    ...(places.length > 0
      ? { service_at_locations: places.map((place, n) => ({ id: uuidOf(`${id} at ${n}`), location: place })) }
      : {}),
    ...maybe(0.35, 'service_areas', () =>
      random.some(COUNTIES, 3).map((county, n) => ({
        id: uuidOf(`${id} area ${n}`),
        name: county.name,
        ...(random.chance(0.7) ? { extent: county.extent, extent_type: 'geojson' } : {}),
      })),
    ),
    ...maybe(0.3, 'minimum_age', () => random.pick([12, 16, 18, 21, 55, 60])),
    ...maybe(0.15, 'maximum_age', () => random.pick([17, 24, 25, 64])),
    ...maybe(0.4, 'fees_description', () => random.pick(FEES)),
    ...maybe(0.2, 'cost_options', () => [
      {
        id: uuidOf(`${id} cost`),
        ...(random.chance(0.8) ? { amount: random.pick([0, 5, 20, 100]), currency: 'usd' } : { option: 'Ask' }),
        ...(random.chance(0.3) ? { valid_to: dayFrom(random.below(60) - 30) } : {}),
      },
    ]),
    ...maybe(0.4, 'languages', () =>
      random
        .some(LANGUAGES, 3)
        .map((code, n) => ({ id: uuidOf(`${id} language ${n}`), ...(code.length === 2 ? { code } : { name: code }) })),
    ),
    ...maybe(0.1, 'interpretation_services', () => random.pick(['Language line', 'None'])),
    ...maybe(0.3, 'required_documents', () =>
      random.some(PAPERS, 2).map((document, n) => ({ id: uuidOf(`${id} paper ${n}`), document })),
    ),
    ...maybe(0.7, 'assured_date', () => dayFrom(-random.below(400))),
    ...maybe(0.25, 'capacities', () => [
      {
        id: uuidOf(`${id} capacity`),
        unit: { id: uuidOf('bed'), name: 'Bed' },
        available: random.below(3),
        updated: `${dayFrom(-random.below(30))}T12:00:00Z`,
      },
    ]),
  };
}

const audience = (id: string, group: string): HsdsAttribute => ({
  id: uuidOf(`${id} audience`),
  link_type: 'eligibility',
  taxonomy_term: { id: uuidOf(`group ${group}`), name: group, description: group },
});

function location(random: Seeded, id: string, city: string): HsdsLocation {
  const virtual = random.chance(0.05);
  const schedules = random.chance(0.3) ? seededSchedules(random, id) : [];
  return {
    id: uuidOf(`location ${id}`),
    location_type: virtual ? 'virtual' : 'physical',
    ...(!virtual && random.chance(0.93)
      ? { latitude: 41.2 + random.next() * 1.3, longitude: -88.6 + random.next() * 1.3 }
      : {}),
    ...(schedules.length > 0 ? { schedules } : {}),
    accessibility: random
      .some(FEATURES, 3)
      .map((description, n) => ({ id: uuidOf(`${id} feature ${n}`), description })),
    addresses: [
      {
        id: uuidOf(`${id} address`),
        address_1: `${1 + random.below(999)} Main Street`,
        city,
        state_province: 'IL',
        postal_code: `606${String(random.below(60)).padStart(2, '0')}`,
        country: 'US',
        address_type: 'physical',
      },
    ],
  };
}

function seededSchedules(random: Seeded, id: string): HsdsSchedule[] {
  const [opens_at, closes_at] = random.pick(HOURS);
  const hours = { opens_at, closes_at };
  const named = (n: number): { id: string } => ({ id: uuidOf(`${id} schedule ${n}`) });
  const weekly: HsdsSchedule = {
    ...named(0),
    freq: 'WEEKLY',
    byday: random.chance(0.6) ? 'MO,TU,WE,TH,FR' : random.some(DAYS, 4).concat('MO').join(','),
    ...hours,
  };
  const kind = random.next();
  if (kind < 0.6)
    return [
      weekly,
      ...(random.chance(0.3)
        ? [{ ...named(1), freq: 'WEEKLY' as const, byday: 'SA', opens_at: '10:00', closes_at: '14:00' }]
        : []),
      ...(random.chance(0.2)
        ? [
            {
              ...named(2),
              valid_from: dayFrom(random.below(10) - 5),
              valid_to: dayFrom(5 + random.below(3)),
              description: random.pick(['Closed', 'Holiday hours']),
            },
          ]
        : []),
    ];
  if (kind < 0.7) return [{ ...named(0), freq: 'MONTHLY', byday: random.pick(['1MO', '-1FR', '2TU,4TU']), ...hours }];
  if (kind < 0.75) return [{ ...named(0), freq: 'MONTHLY', bymonthday: random.pick(['1,15', '-1', '14']), ...hours }];
  if (kind < 0.85)
    return [{ ...weekly, interval: 2, dtstart: dayFrom(-random.below(60)), wkst: random.pick(['MO', 'SU'] as const) }];
  if (kind < 0.9) return [{ ...weekly, dtstart: dayFrom(-random.below(60)), count: 1 + random.below(20) }];
  if (kind < 0.95) return [{ ...weekly, until: dayFrom(random.below(60) - 30) }];
  return [{ ...named(0), description: 'Call for hours' }];
}
