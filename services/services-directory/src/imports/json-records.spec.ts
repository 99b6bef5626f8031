import { MAX_DEPTH, MAX_RECORD_BYTES, readJsonLines, readJsonRecords, type JsonRecord } from './json-records.js';

async function* pieces(text: string | Buffer, size = 7): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function all(records: AsyncIterable<JsonRecord>): Promise<JsonRecord[]> {
  const found: JsonRecord[] = [];
  for await (const one of records) found.push(one);
  return found;
}

const read = (text: string | Buffer, size?: number) => all(readJsonRecords(pieces(text, size)));
const lines = (text: string | Buffer, size?: number) => all(readJsonLines(pieces(text, size)));

describe('readJsonRecords', () => {
  it('gives the items of a list, of the lists of an object, and a record alone', async () => {
    const record = { id: 'é', phones: [{ number: '1' }] };
    expect(await read(`\ufeff${JSON.stringify([record, 5])}`)).toEqual([
      { line: 1, readable: true, record },
      { line: 2, readable: false, reason: expect.objectContaining({ code: 'record-unreadable' }) },
    ]);
    expect(await read(JSON.stringify({ size: 1, services: [record], 'phones.csv': [{ id: 'b' }] }))).toEqual([
      { line: 1, readable: true, field: 'services', record },
      { line: 2, readable: true, field: 'phones.csv', record: { id: 'b' } },
    ]);
    expect(await read(JSON.stringify(record))).toEqual([{ line: 1, readable: true, record }]);
  });

  it.each([
    ['nothing', '', /empty/],
    ['no JSON', '[{"id": 1}, nonsense]', /no JSON/],
    ['no JSON at all', '\0\u0001\xff', /no JSON|middle/],
    ['half of it', '[{"id": 1}', /middle/],
    ['a deep one', `[${'['.repeat(MAX_DEPTH + 1)}`, /nested deeper/],
    ['a very deep one', '['.repeat(1_000_000), /nested deeper/],
    ['a record that is too large', `[{"id": "${'a'.repeat(MAX_RECORD_BYTES)}"}]`, /larger than/],
    ['one record alone that is too large', `{"id": "${'a'.repeat(MAX_RECORD_BYTES)}"}`, /larger than/],
  ])('refuses %s', async (_, text, reason) => {
    await expect(read(text, 65_536)).rejects.toMatchObject({
      code: 'json-refused',
      message: expect.stringMatching(reason),
    });
  });
});

describe('readJsonLines', () => {
  it('gives a record a line, and of a line that is none its reason', async () => {
    const deep = `{"a":${'['.repeat(100)}${']'.repeat(100)}}`;
    expect(await lines(`{"id":"[[{"}\n\nnonsense\n${deep}\n[]\n{"id":2}`)).toMatchObject([
      { line: 1, record: { id: '[[{' } },
      { line: 3, reason: { code: 'record-unreadable' } },
      { line: 4, reason: { code: 'record-too-deep' } },
      { line: 5, reason: { code: 'record-unreadable' } },
      { line: 6, record: { id: 2 } },
    ]);
  });

  it('gives up at a line that has no end', async () => {
    let taken = 0;
    const endless = async function* () {
      for (; taken < 1e9; taken += 65_536) yield Buffer.alloc(65_536, 'a');
    };
    expect(await all(readJsonLines(endless()))).toMatchObject([{ line: 1, reason: { code: 'row-too-long' } }]);
    expect(taken).toBeLessThan(MAX_RECORD_BYTES * 2);
  });
});
