import { ServicePublished } from '@throughline/shared/contracts';
import { publishedService, withdrawnService } from './known-service.js';
import { searchKeysOf, wordsOf } from './search-words.js';

const data = ServicePublished.validate(ServicePublished.samples[0]);

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
    const { keys } = publishedService(data);
    for (const text of [data.name, 'legal', 'chicago', data.organizationName])
      for (const word of wordsOf(text)) expect(keys).toContain(word);
  });

  it.each([
    ['active', true],
    ['inactive', false],
    ['defunct', false],
    ['temporarily closed', false],
  ] as const)('that is %s can be linked to: %s', (status, listed) => {
    expect(publishedService({ ...data, status }).listed).toBe(listed);
  });

  it('that was withdrawn is still known by name, and cannot be chosen', () => {
    const withdrawn = withdrawnService(publishedService(data));
    expect(withdrawn.listed).toBe(false);
    expect(withdrawn.details?.name).toBe(data.name);
  });
});
