import fc from 'fast-check';
import { PackedColumn } from './packed-column.js';

it('holds what was set last, through any changes, in little more room than that takes', () => {
  const change = fc.record({ slot: fc.nat({ max: 12 }), size: fc.nat({ max: 300_000 }), fill: fc.nat({ max: 255 }) });
  fc.assert(
    fc.property(fc.array(change, { minLength: 30, maxLength: 60 }), (changes) => {
      let column = new PackedColumn();
      const model = new Map<number, Uint8Array>();
      for (const { slot, size, fill } of changes) {
        const bytes = new Uint8Array(size).fill(fill);
        model.set(slot, bytes);
        if (size % 3 === 0) column.clear(slot);
        column.set(slot, bytes);
        if (size % 7 === 0) {
          const before = column;
          column = new PackedColumn();
          column.restore(before.state());
        }
      }
      for (const [slot, bytes] of model) {
        const { byteOffset } = column.get(slot);
        expect(Buffer.compare(column.get(slot), bytes)).toBe(0);
        expect(byteOffset % 4).toBe(0);
      }
      const live = [...model.values()].reduce((sum, { length }) => sum + length, 0);
      const taken = column.state().blocks.reduce((sum, { length }) => sum + length, 0);
      expect(taken).toBeLessThanOrEqual(2.5 * live + 4 * 2 ** 20);
    }),
    { numRuns: 10 },
  );
});

it('takes a run that is larger than a block, and gives it up again', () => {
  const column = new PackedColumn();
  const large = new Uint8Array(3_000_000).fill(7);
  column.set(0, new Uint8Array([1, 2]));
  column.set(1, large);
  column.set(2, new Uint8Array([3]));
  expect(Buffer.compare(column.get(1), large)).toBe(0);
  column.clear(1);
  expect([column.get(0), column.get(1), column.get(2)].map((bytes) => [...bytes])).toEqual([[1, 2], [], [3]]);
  expect(column.state().blocks.reduce((sum, { length }) => sum + length, 0)).toBeLessThan(large.length);
});

it('leaves a block alone while more than half of it is in use, after a restart too', () => {
  const column = new PackedColumn();
  for (let slot = 0; slot < 6; slot += 1) column.set(slot, new Uint8Array(200_000));
  const again = new PackedColumn();
  again.restore(column.state());
  const inUse = (): number[] => again.state().blocks.map(({ length }) => length);
  const before = inUse();
  again.clear(0);
  again.clear(1);
  expect(inUse()).toEqual(before);
  again.clear(2);
  expect(inUse()[0]).toBe(0);
});
