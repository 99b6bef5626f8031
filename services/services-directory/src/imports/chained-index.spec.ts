import { ChainedIndex } from './chained-index.js';

it('finds every item by its text, the newest first, through all its growth', () => {
  const index = new ChainedIndex();
  const texts = Array.from({ length: 10_000 }, (_, at) => (at % 10 === 9 ? undefined : `text ${at % 3_000}`));
  for (const text of texts) index.add(text);
  const wanted = new Map<string, number[]>();
  texts.forEach((text, at) => text && wanted.set(text, [at, ...(wanted.get(text) ?? [])]));
  for (const [text, items] of wanted) {
    const found = [...index.find(text)].filter((item) => texts[item] === text);
    expect(found).toEqual(items);
  }
});

it('finds next to nothing by a text that was not added', () => {
  const index = new ChainedIndex();
  for (let at = 0; at < 20_000; at += 1) index.add(`text ${at}`);
  const wrong = Array.from({ length: 20_000 }, (_, at) => [...index.find(`other ${at}`)].length);
  expect(wrong.reduce((a, b) => a + b)).toBeLessThan(20);
});
