import { beginRebuild, FIRST, generationsToFeed, observe, running, type Generations } from './rebuilds.js';

const at = (second: number): Date => new Date(Date.UTC(2026, 2, 2, 18, 0, second));
const begin = (generations: Generations, id: string, second: number): Generations => {
  const { begun: _begun, ...next } = beginRebuild(generations, id, at(second));
  return next;
};
const look = (generations: Generations, sighting: { covers: boolean; lead: number }, second: number): Generations =>
  observe(generations, { generation: running(generations)?.generation ?? 0, ...sighting }, 5_000, at(second));

it('feeds the generation that is read, and the one that is rebuilt after it', () => {
  expect(generationsToFeed(FIRST)).toEqual([1]);
  expect(generationsToFeed(begin(FIRST, 'a', 0))).toEqual([1, 2]);
});

it('is complete when it covers what there was, and has not grown beyond for a while', () => {
  let generations = begin(FIRST, 'a', 0);
  generations = look(generations, { covers: false, lead: -40 }, 1);
  generations = look(generations, { covers: true, lead: 0 }, 2);
  generations = look(generations, { covers: true, lead: 3 }, 6);
  generations = look(generations, { covers: true, lead: 3 }, 10);
  expect(generationsToFeed(generations)).toEqual([1, 2]);
  generations = look(generations, { covers: true, lead: 3 }, 11);
  expect(generations).toMatchObject({ active: 2, rebuilds: [{ id: 'a', state: 'completed', endedAt: at(11) }] });
  expect(generationsToFeed(generations)).toEqual([2]);
});

it('is complete under live traffic, which makes its lead waver', () => {
  let generations = begin(FIRST, 'a', 0);
  for (const second of [1, 2, 3, 4, 5, 6])
    generations = look(generations, { covers: true, lead: -(second % 3) }, second);
  expect(running(generations)).toBeDefined();
  generations = look(generations, { covers: true, lead: -2 }, 8);
  expect(generations.active).toBe(2);
});

it('is never complete while something is missing', () => {
  let generations = begin(FIRST, 'a', 0);
  for (const second of [1, 10, 20, 30]) generations = look(generations, { covers: false, lead: 0 }, second);
  expect(generationsToFeed(generations)).toEqual([1, 2]);
});

it('gives a rebuild up for a later one, in a generation of its own', () => {
  const generations = begin(begin(FIRST, 'a', 0), 'b', 1);
  expect(generationsToFeed(generations)).toEqual([1, 3]);
  expect(generations.rebuilds).toMatchObject([
    { id: 'b', state: 'replaying' },
    { id: 'a', state: 'superseded', endedAt: at(1) },
  ]);
});

it('takes no notice of what was seen of a rebuild that was given up', () => {
  const generations = begin(begin(FIRST, 'a', 0), 'b', 1);
  expect(observe(generations, { generation: 2, covers: true, lead: 0 }, 0, at(2))).toBe(generations);
});

it('never uses a generation twice, and remembers fifty rebuilds', () => {
  let generations: Generations = FIRST;
  const used = new Set<number>();
  for (let second = 0; second < 59; second += 1) {
    generations = begin(generations, String(second), second);
    used.add(running(generations)!.generation);
    if (second % 3 === 0)
      generations = observe(
        generations,
        { generation: running(generations)!.generation, covers: true, lead: 0 },
        0,
        at(second),
      );
  }
  expect(used.size).toBe(59);
  expect(generations.rebuilds).toHaveLength(50);
});
