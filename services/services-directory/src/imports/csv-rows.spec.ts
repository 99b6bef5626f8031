import { Readable } from 'node:stream';
import { MAX_COLUMNS, MAX_ROW_BYTES, readCsvRows, type CsvRow } from './csv-rows.js';

async function rowsOf(...content: (string | Buffer)[]): Promise<CsvRow[]> {
  const rows: CsvRow[] = [];
  for await (const row of readCsvRows(Readable.from([Buffer.concat(content.map((piece) => Buffer.from(piece)))])))
    rows.push(row);
  return rows;
}

const plain = (line: number, cells: Record<string, string>): CsvRow => ({ line, readable: true, cells, notes: [] });

describe('readCsvRows', () => {
  it('names the cells and the line on which each row begins', async () => {
    expect(await rowsOf('id,Name \r\n1,"two\r\nlines"\r\n\r\n2,b\r\n')).toEqual([
      plain(2, { id: '1', name: 'two\r\nlines' }),
      plain(5, { id: '2', name: 'b' }),
    ]);
  });

  it('takes a byte-order mark off', async () => {
    expect(await rowsOf('\ufeff"id",name\n1,a\n')).toEqual([plain(2, { id: '1', name: 'a' })]);
  });

  it('fills short rows, and says of long ones that cells were left over', async () => {
    expect(await rowsOf('id,name\n1\n2,b,,\n3,c,more\n')).toMatchObject([
      { cells: { id: '1', name: '' }, notes: [] },
      { cells: { id: '2', name: 'b' }, notes: [] },
      { cells: { id: '3', name: 'c' }, notes: [{ code: 'cells-without-column' }] },
    ]);
  });

  it('reads a row that is no UTF-8 as Windows-1252, and the others as they are', async () => {
    expect(await rowsOf('id,name\n1,Pe', Buffer.from([0xf1]), 'a\n2,Peña\n')).toMatchObject([
      { cells: { name: 'Peña' }, notes: [{ code: 'text-not-utf8' }] },
      { cells: { name: 'Peña' }, notes: [] },
    ]);
  });

  it('keeps the rows before a quote that is never closed', async () => {
    expect(await rowsOf('id,name\n1,say "hi"\n2,"open\n3,c\n')).toMatchObject([
      { line: 2, cells: { name: 'say "hi"' } },
      { readable: false, reason: { code: 'quote-not-closed' } },
    ]);
  });

  it('leaves a row out that is too long, and reads those before and after it', async () => {
    const endless = Buffer.alloc(MAX_ROW_BYTES * 3, 'a\n');
    expect(await rowsOf('id,name\n1,a\n2,"', endless, '"\n3,c\n')).toMatchObject([
      { line: 2, readable: true },
      { line: 4 + endless.length / 2, readable: true, cells: { id: '3', name: 'c' } },
      { line: 3, readable: false, reason: { code: 'row-too-long' } },
    ]);
    expect(await rowsOf('id,name\n1,a\n2,"', endless)).toMatchObject([
      { line: 2, readable: true },
      { line: 3, readable: false, reason: { code: 'quote-not-closed' } },
    ]);
  });

  it('reads no more than that of a file of 1 GB that is one line', async () => {
    let taken = 0;
    const chunk = Buffer.alloc(65_536, 'a');
    const gigabyte = async function* () {
      for (; taken < 1e9; taken += chunk.length) yield chunk;
    };
    const rows: CsvRow[] = [];
    for await (const row of readCsvRows(gigabyte())) rows.push(row);
    expect(rows).toMatchObject([{ line: 1, readable: false, reason: { code: 'row-too-long' } }]);
    expect(taken).toBeLessThan(MAX_ROW_BYTES * 2);
  });

  it('reads no file with more columns than any table has', async () => {
    const header = Array.from({ length: MAX_COLUMNS + 1 }, (_, index) => `c${index}`).join();
    expect(await rowsOf(`${header}\n1,2\n`)).toMatchObject([{ readable: false, reason: { code: 'too-many-columns' } }]);
  });

  it('takes NUL for a character like any other', async () => {
    expect(await rowsOf('id,name\n1,a\0b\n')).toEqual([plain(2, { id: '1', name: 'a\0b' })]);
  });

  it('finds no rows in an empty file', async () => {
    expect(await rowsOf('')).toEqual([]);
    expect(await rowsOf('id,name\n')).toEqual([]);
  });
});
