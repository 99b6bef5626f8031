import { WordIndex } from './word-index.js';

const words = new WordIndex();
beforeAll(() => {
  ['housing', 'house', 'legal', 'food', 'foot', 'counseling'].forEach((word, slot) => words.set(slot, [[word]]));
});

const read = (typed: string) => {
  const { match, words: found } = words.read(typed);
  return [match, ...found.map(({ word }) => word.text).sort()];
};

it.each([
  ['legal', 'exact', 'legal'],
  ['hous', 'prefix', 'house', 'housing'],
  ['house', 'exact', 'house'],
  ['food', 'exact', 'food'], // and not foot, which is one letter away
  ['legl', 'similar', 'legal'],
  ['leagl', 'similar', 'legal'],
  ['fodo', 'similar', 'food'],
  ['legale', 'similar', 'legal'],
  ['counselng', 'similar', 'counseling'],
  ['couselng', 'similar', 'counseling'],
  ['coselng', 'none'],
  ['foo', 'prefix', 'food', 'foot'],
  ['fox', 'none'],
  ['f', 'none'],
])('%s is read as %s', (typed, ...expected) => expect(read(typed)).toEqual(expected));

it('a word that nobody holds any more is forgotten', () => {
  const other = new WordIndex();
  other.set(0, [['Shelter, shelter'], ['Beds']]);
  other.set(1, [[], [], ['shelter']]);
  other.set(0, [['beds'], ['Beds and beds']]);
  expect(other.read('beds').words.map(({ word }) => other.maskOf(word, 0))).toEqual([3]);
  expect(other.read('shelter').words.map(({ word }) => [other.maskOf(word, 0), other.maskOf(word, 1)])).toEqual([
    [0, 4],
  ]);
  other.remove(1);
  expect(other.read('shelter').match).toBe('none');
  expect(other.size).toBe(2);
});
