import { DOCUMENT_KINDS, POPULATION_KINDS, type Population } from '../../domain/search/fit-vocabulary.js';
import type { SearchQuery } from '../../domain/search/search-query.js';
import type { ClientProfile } from '../../domain/search/client-fit.js';
import { wordsOf } from '../../domain/words.js';
import { Seeded } from './seeded-random.fixture.js';
import { NOW, realTexts, TERMS, uuidOf } from './seeded-services.fixture.js';

/** Mixed queries, as somebody at a kitchen table asks them: one to five things at once, some words mistyped. */
export function seededQueries(count: number, seed = 7): SearchQuery[] {
  const { names } = realTexts();
  return Array.from({ length: count }, (_, at) => seededQuery(new Seeded(seed * 7_919 + at), names));
}

function seededQuery(random: Seeded, names: readonly string[]): SearchQuery {
  const chosen = <Value>(chance: number, key: string, values: readonly Value[]) =>
    random.chance(chance) ? { [key]: [random.pick(values), ...random.some(values, 1)] } : {};
  const day = random.below(60) - 20;
  const timed = random.chance(0.4);
  return {
    areas: [],
    reach: random.chance(0.2) ? 'yes' : 'maybe',
    fit: random.pick(['maybe', 'maybe', 'yes', 'any'] as const),
    statuses: random.chance(0.9) ? ['active'] : ['active', 'temporarily closed', 'inactive'],
    choices: {
      ...chosen(
        0.3,
        'category',
        TERMS.map(({ id, code }) => (random.chance(0.8) ? id : code!)),
      ),
      ...chosen(0.12, 'language', ['en', 'es', 'zh', 'ase']),
      ...chosen(0.1, 'cost', ['free', 'unknown', 'paid'] as const),
      ...chosen(0.1, 'capacity', ['available', 'unknown'] as const),
      ...chosen(0.1, 'freshness', ['fresh', 'stale'] as const),
      ...chosen(0.08, 'accessibility', ['wheelchair', 'elevator', 'sign-language'] as const),
      ...chosen(0.05, 'delivery', ['in-person', 'area-only'] as const),
      ...chosen(0.05, 'city', ['Chicago', 'Cicero', 'Gary']),
      ...chosen(0.03, 'organization', [uuidOf('organization 1'), uuidOf('organization 2')]),
    },
    ...(random.chance(0.6) ? { text: typed(random, random.pick(names)) } : {}),
    ...(random.chance(0.45)
      ? {
          near: {
            latitude: 41.2 + random.next() * 1.3,
            longitude: -88.6 + random.next() * 1.3,
            withinKm: random.pick([2, 5, 10, 25, 60]),
          },
        }
      : {}),
    ...(timed ? { openAt: new Date(NOW.getTime() + day * 86_400_000 + random.below(1440) * 60_000) } : {}),
    ...(timed && random.chance(0.7) ? { open: random.pick(['yes', 'maybe'] as const) } : {}),
    ...(random.chance(0.35) ? { client: client(random) } : {}),
  };
}

/** One to three words of a name, some cut short, some with a typing error. */
function typed(random: Seeded, name: string): string {
  const words = wordsOf(name);
  return Array.from({ length: 1 + random.below(3) }, () => {
    const word = random.pick(words);
    const kind = random.next();
    if (kind < 0.2) return word.slice(0, 2 + random.below(word.length));
    const at = random.below(word.length);
    if (kind < 0.3) return word.slice(0, at) + word.slice(at + 1) || word;
    if (kind < 0.35 && at > 0) return word.slice(0, at - 1) + word[at]! + word[at - 1]! + word.slice(at + 1);
    return word;
  }).join(' ');
}

function client(random: Seeded): ClientProfile {
  const populations = Object.fromEntries(
    random.some(POPULATION_KINDS, 4).map((group) => [group, random.chance(0.6)]),
  ) as Partial<Record<Population, boolean>>;
  return {
    ...(random.chance(0.7) ? { age: 10 + random.below(70) } : {}),
    ...(random.chance(0.4) ? { canPay: random.pick([0, 10, 50]) } : {}),
    ...(random.chance(0.3) ? { languages: [random.pick(['es', 'Polish', 'zh'])] } : {}),
    ...(random.chance(0.3) ? { documents: random.some(DOCUMENT_KINDS, 3) } : {}),
    ...(random.chance(0.2) ? { accessibility: ['wheelchair' as const] } : {}),
    ...(random.chance(0.3) ? { populations } : {}),
  };
}
