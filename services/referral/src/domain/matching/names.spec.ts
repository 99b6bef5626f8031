import { aliasPartsOf, namePartsOf, wordsOf } from './names.js';

describe('the words of a name', () => {
  it.each([
    ['José  María', ['jose', 'maria']],
    ["O'Brien", ['obrien']],
    ['O’Brien', ['obrien']],
    ['O Brien', ['obrien']],
    ['Mc Donald', ['mcdonald']],
    ['García-López', ['garcia', 'lopez']],
    ['Łukasz Groß', ['lukasz', 'gross']],
    ['  SMITH, ', ['smith']],
    ['李小龍', ['李小龍']],
  ])('%s', (name, words) => expect(wordsOf(name)).toEqual(words));
});

describe('the parts of a name', () => {
  it.each([
    ['Juan', 'de la Cruz', { given: ['juan'], family: ['cruz'] }],
    ['Ana', 'De Leon Garcia', { given: ['ana'], family: ['leon', 'garcia'] }],
    ['Robert', 'Martinez Jr.', { given: ['robert'], family: ['martinez'], suffix: 'jr' }],
    ['Robert', 'Martinez III', { given: ['robert'], family: ['martinez'], suffix: 'iii' }],
    ['Junior', 'La', { given: ['junior'], family: ['la'] }],
  ])('%s %s', (given, family, parts) => expect(namePartsOf(given, family)).toEqual(parts));
});

describe('an alias', () => {
  it.each([
    ['Mari', { given: ['mari'], family: ['quintanilla'] }],
    ['Mari Lopez', { given: ['mari'], family: ['lopez'] }],
    ['Lopez, Mari', { given: ['mari'], family: ['lopez'] }],
    ['Lopez,', { given: ['lopez'], family: ['quintanilla'] }],
  ])('%s', (alias, parts) => expect(aliasPartsOf(alias, ['quintanilla'])).toEqual(parts));
});
