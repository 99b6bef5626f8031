import { jest } from '@jest/globals';
import { SelectedIds } from './selected-ids.js';

function rig() {
  const changes = { place: 1, last: async () => changes.place };
  const reads: string[] = [];
  const ids = new SelectedIds(changes);
  const ask = (query: string, found: string[] = ['b', 'a']) =>
    ids.of(query, async () => {
      reads.push(query);
      return found;
    });
  return { ids, changes, reads, ask };
}

const many = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index).padStart(6, '0'));

describe('the ids of a list', () => {
  it('are read once and in order, for as long as nothing changes', async () => {
    const { ask, reads } = rig();
    expect(await ask('services')).toEqual(['a', 'b']);
    expect(await ask('services')).toEqual(['a', 'b']);
    expect(reads).toEqual(['services']);
  });

  it('are read again after any change of the directory', async () => {
    const { ask, reads, changes } = rig();
    await ask('services');
    changes.place = 2;
    expect(await ask('services', ['c'])).toEqual(['c']);
    expect(reads).toHaveLength(2);
  });

  it('are read once for all who ask at the same time', async () => {
    const { ask, reads } = rig();
    const answers = await Promise.all([ask('services'), ask('services'), ask('organizations', ['o'])]);
    expect(answers).toEqual([['a', 'b'], ['a', 'b'], ['o']]);
    expect(reads).toEqual(['services', 'organizations']);
  });

  it('are not remembered where reading them failed', async () => {
    const { ids, ask } = rig();
    await expect(ids.of('services', () => Promise.reject(new Error('away')))).rejects.toThrow('away');
    expect(await ask('services')).toEqual(['a', 'b']);
  });

  it('make room for others, those asked for first go first', async () => {
    const { ask, reads } = rig();
    await ask('old', many(300_000));
    await ask('new', many(300_000));
    await ask('new');
    expect(reads).toEqual(['old', 'new']);
    await ask('old', []);
    expect(reads).toEqual(['old', 'new', 'old']);
  });

  it('of countless different queries do not pile up', async () => {
    const { ask, reads } = rig();
    for (const query of many(1_001)) await ask(query, []);
    await ask('001000');
    expect(reads).toHaveLength(1_001);
    await ask('000000');
    expect(reads).toHaveLength(1_002);
  });

  it('make room for as much as they took, however often they are read again', async () => {
    const { ask, reads, changes } = rig();
    for (changes.place = 1; changes.place < 5; changes.place += 1) await ask('services', many(200_000));
    await ask('others', many(200_000));
    await ask('services');
    await ask('others');
    expect(reads.slice(4)).toEqual(['others', 'services']);
  });

  it('of a large list are those of a moment ago while they are read anew, at most half a minute old', async () => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(0);
    const { ask, reads, changes } = rig();
    const first = many(10_000);
    await ask('services', first);
    for (const [now, place] of [
      [29_000, 2],
      [29_500, 3],
    ] as const) {
      clock.mockReturnValue(now);
      changes.place = place;
      expect(await ask('services', many(10_001))).toHaveLength(place === 2 ? 10_000 : 10_001);
    }
    // the one of 29.0 s was read beside its answer, and the one of 29.5 s is being read
    expect(reads).toHaveLength(3);
    clock.mockReturnValue(60_000);
    changes.place = 4;
    expect(await ask('services', many(10_002))).toHaveLength(10_002);
    clock.mockRestore();
  });

  it('of a large list are read anew once for all who ask meanwhile, and again where that failed', async () => {
    const { ids, ask, reads, changes } = rig();
    await ask('services', many(10_000));
    changes.place = 2;
    await ids.of('services', () => Promise.reject(new Error('away')));
    let end: (found: string[]) => void = () => undefined;
    const slow = () => {
      reads.push('slow');
      return new Promise<string[]>((resolve) => (end = resolve));
    };
    for (let asked = 0; asked < 3; asked += 1) expect(await ids.of('services', slow)).toHaveLength(10_000);
    expect(reads).toEqual(['services', 'slow']);
    end(many(10_003));
    await new Promise((resolve) => setImmediate(resolve));
    expect(await ask('services')).toHaveLength(10_003);
    expect(reads).toEqual(['services', 'slow']);
  });
});
