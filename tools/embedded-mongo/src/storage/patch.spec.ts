import fc from 'fast-check';
import { doc } from '../bson/values.js';
import { encode } from '../bson/encode.js';
import { difference, patched } from './patch.js';

const referral = (ob: object, events = 3): Buffer =>
  encode(
    doc({
      _id: 'r1',
      state: 'x'.repeat(3000),
      outbox: Array.from({ length: events }, (_, seq) => doc({ seq, data: 'y'.repeat(500) })),
      ob: doc({ ...ob }),
      createdBy: 'k'.repeat(200),
    }),
  );
const size = (parts: readonly Buffer[] | undefined): number => Buffer.concat(parts ?? []).length;

describe('a patch', () => {
  it.each([
    [
      'fields set in a document inside',
      referral({ since: 1 }),
      referral({ since: 1, until: 2, token: 't'.repeat(36) }),
    ],
    ['an array emptied', referral({ since: 1 }), referral({ since: 1 }, 0)],
    ['a number in the middle', referral({ since: 1 }), referral({ since: 2 })],
  ])('holds what changed and little more: %s', (_, before, after) => {
    const parts = difference(before, after);
    expect(size(parts)).toBeGreaterThan(16);
    expect(size(parts)).toBeLessThan(130);
    expect(patched(before, Buffer.concat(parts!))).toEqual(after);
  });

  it('is not made where it would be more than half of the document', () => {
    const [before, after] = [
      encode(doc({ _id: 1, text: 'x'.repeat(500) })),
      encode(doc({ _id: 1, text: 'y'.repeat(500) })),
    ];
    expect(difference(before, after)).toBeUndefined();
    expect(difference(encode(doc({ _id: 1, n: 1 })), encode(doc({ _id: 1, n: 2 })))).toBeUndefined();
  });

  it('gives a document that shares no memory with the one before', () => {
    const [before, after] = [referral({ since: 1 }), referral({ since: 2 })];
    const made = patched(before, Buffer.concat(difference(before, after)!))!;
    before.fill(0);
    expect(made).toEqual(after);
  });

  it('fits no other version, be it of another length or of the same', () => {
    const [before, after] = [referral({ since: 1 }), referral({ since: 2 })];
    const patch = Buffer.concat(difference(before, after)!);
    expect(patched(referral({ since: 1, until: 1 }), patch)).toBeUndefined();
    const other = Buffer.from(before);
    other[100]! ^= 1;
    expect(patched(other, patch)).toBeUndefined();
  });

  // Few different bytes, so that front and end meet and would overlap where the same bytes come again and again.
  it('makes any document of any other, wherever the change lies', () => {
    const bytes = fc.array(fc.constantFrom(0, 1), { maxLength: 120, size: 'max' }).map((list) => Buffer.from(list));
    const stored = (middle: Buffer, front: Buffer, end: Buffer): Buffer => {
      const out = Buffer.concat([Buffer.alloc(4), front, middle, end, Buffer.alloc(1)]);
      out.writeInt32LE(out.length, 0);
      return out;
    };
    let made = 0;
    fc.assert(
      fc.property(bytes, bytes, bytes, bytes, (front, end, one, other) => {
        const [before, after] = [stored(one, front, end), stored(other, front, end)];
        const parts = difference(before, after);
        if (!parts) return;
        made += 1;
        expect(patched(before, Buffer.concat(parts))!.equals(after)).toBe(true);
      }),
      { numRuns: 2000 },
    );
    expect(made).toBeGreaterThan(500);
  });
});
