import { wordsOf } from './words.js';

describe('wordsOf', () => {
  it.each([
    [['Legal aid'], ['aid', 'legal']],
    [['Café', undefined, 'CAFE'], ['cafe']],
    [['driver’s licence'], ['drivers', 'licence']],
    [['Walk-in (24/7)'], ['24', '7', 'in', 'walk']],
    [['$gt .* ^a'], ['a', 'gt']],
    [['ﬁle 法律援助'], ['file', '法律援助']],
    [['x'.repeat(100)], ['x'.repeat(64)]],
    [[' - '], []],
  ])('%j', (texts, words) => {
    expect(wordsOf(...texts)).toEqual(words);
  });
});
