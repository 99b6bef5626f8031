import { SortedKeys } from './sorted-keys.js';

type Entry = [key: string, id: number];
const inOrder = (a: Entry, b: Entry): number => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[1] - b[1]);

describe('the entries of an index', () => {
  let seed = 11;
  const random = (n: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % n;
  };

  /** Few keys are shared by blocks of entries, many stand alone. */
  it.each([3, 40, 100_000])('stand in order of key and id, with %d keys at most', (different) => {
    const index = new SortedKeys();
    const model: Entry[] = [];
    for (let id = 1; id <= 4_000; id += 1) {
      const entry: Entry = [String(random(different)), random(4_000) * 10_000 + id];
      index.add(...entry);
      model.push(entry);
      if (random(3)) continue;
      const [gone] = model.splice(random(model.length), 1);
      index.remove(...gone!);
      index.remove(gone![0], -7);
    }
    model.sort(inOrder);
    expect(index.size).toBe(model.length);
    const ids = (entries: Entry[]): number[] => entries.map(([, id]) => id);
    expect([...index.scan('', '\uffff', false)]).toEqual(ids(model));
    for (let i = 0; i < 40; i += 1) {
      const [low, high] = [String(random(different)), String(random(different))].sort() as [string, string];
      const between = model.filter(([key]) => key >= low && key < high);
      expect([...index.scan(low, high, false)]).toEqual(ids(between));
      expect([...index.scan(low, high, true)]).toEqual(ids(between).reverse());
      expect(index.count(low, high)).toBe(between.length);
      const own = ids(model.filter(([key]) => key === low));
      expect(index.find(low)).toBe(own[0]);
      expect(index.find(low, own[0])).toBe(own[1]);
    }
  });
});
