import { ServiceCapacityUpdated, ServicePublished } from '@throughline/shared/contracts';
import { countedService, publishedService, unknownService, withdrawnService } from './known-service.js';
import { searchKeysOf, wordsOf } from './search-words.js';

const data = ServicePublished.read(ServicePublished.samples[0]);

describe('words', () => {
  it('are compared in lower case, without diacritics or punctuation, each once', () => {
    expect(wordsOf('  Española: LEGAL-aid, legal (24h) ')).toEqual(['espanola', 'legal', 'aid', '24h']);
  });

  it('are found by each beginning of three letters or more, and short ones whole', () => {
    expect(searchKeysOf(['Housing ID'])).toEqual(['hou', 'hous', 'housi', 'housin', 'housing', 'id']);
  });

  it('stay few enough for an index, however long the text', () => {
    const text = Array.from({ length: 5_000 }, (_, index) => `word${index}`).join(' ');
    expect(searchKeysOf([text]).length).toBeLessThan(650);
  });
});

describe('a service of the directory', () => {
  it('is found by its name, category, city and provider', () => {
    const { keys } = publishedService(unknownService, data);
    for (const text of [data.name, 'legal', 'chicago', data.organizationName])
      for (const word of wordsOf(text)) expect(keys).toContain(word);
  });

  it.each([
    ['active', true],
    ['inactive', false],
    ['defunct', false],
    ['temporarily closed', false],
  ] as const)('that is %s can be linked to: %s', (status, listed) => {
    expect(publishedService(unknownService, { ...data, status }).listed).toBe(listed);
  });

  it('that was withdrawn is still known by name, and cannot be chosen', () => {
    const withdrawn = withdrawnService(publishedService(unknownService, data));
    expect(withdrawn.listed).toBe(false);
    expect(withdrawn.details?.name).toBe(data.name);
  });

  it('keeps its room whatever else is announced of it, until it is counted again', () => {
    const [counted, emptied] = ServiceCapacityUpdated.samples.map((sample) => ServiceCapacityUpdated.read(sample));
    const known = publishedService(countedService(unknownService, counted!), { ...data, name: 'Renamed' });
    expect([known.details?.name, known.capacities]).toEqual(['Renamed', counted!.capacities]);
    expect(countedService(known, emptied!)).toEqual(publishedService(unknownService, { ...data, name: 'Renamed' }));
  });
});
