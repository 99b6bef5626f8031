import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openArchive, ZIP_LIMITS } from './zip-archive.js';
import { encrypted, renamed, zipOf } from './zip-files.fixture.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zip-'));
});
afterAll(() => rm(folder, { recursive: true }));

const write = async (zip: Buffer): Promise<string> => {
  const path = join(folder, 'a.zip');
  await writeFile(path, zip);
  return path;
};

/** What became of a zip: the content of its entries, or why it was refused. */
async function outcome(zip: Buffer, limits = ZIP_LIMITS): Promise<string> {
  try {
    const archive = await openArchive(await write(zip), limits);
    let text = '';
    try {
      for (const { name, open } of archive.entries) {
        let bytes = 0;
        for await (const chunk of open()) bytes += chunk.length;
        text += `${name}:${bytes} `;
      }
    } finally {
      archive.close();
    }
    return text;
  } catch (error) {
    expect(error).toMatchObject({ kind: 'invalid', code: 'zip-refused' });
    return (error as Error).message;
  }
}

it('opens a zip and gives the content of its files', async () => {
  expect(await outcome(await zipOf({ 'a.csv': 'id\n', 'data/b.csv': 'id,name\n' }))).toBe('a.csv:3 data/b.csv:8 ');
});

describe('refuses', () => {
  it.each([
    ['a path that climbs out', '..xservices.csv', '../services.csv', /invalid relative path/],
    ['an absolute path', 'xservices.csv', '/services.csv', /absolute path/],
    ['a path of Windows that climbs out', '..xx..xservices.csv', '..\\x..\\services.csv', /invalid relative path/],
    ['a drive of Windows', 'cx/services.csv', 'c:/services.csv', /absolute path/],
  ])('%s', async (_, honest, hostile, reason) => {
    expect(await outcome(renamed(await zipOf({ [honest]: 'id\n' }), honest, hostile))).toMatch(reason);
  });

  it('two entries of one name, also in other letters', async () => {
    const two = await zipOf({ 'a.csv': 'id\n', 'b.csv': 'id\n' });
    expect(await outcome(renamed(two, 'b.csv', 'a.csv'))).toMatch(/same name/);
    expect(await outcome(await zipOf({ 'a.csv': '1', 'A.CSV': '2' }))).toMatch(/same name/);
  });

  it('a symbolic link', async () => {
    expect(await outcome(await zipOf({ 'services.csv': '/etc/passwd' }, 0o120777))).toMatch(/symbolic link/);
  });

  it('what is encrypted', async () => {
    expect(await outcome(encrypted(await zipOf({ 'a.csv': 'id\n' })))).toMatch(/encrypted/);
  });

  it('a bomb: by its ratio, by the sum of its sizes, by the number of its entries', async () => {
    const zeros = await zipOf({ 'services.csv': Buffer.alloc(20_000_000) });
    expect(zeros.length).toBeLessThan(100_000);
    expect(await outcome(zeros)).toMatch(/more than 200 times its size/);
    const two = await zipOf({ 'a.csv': 'a'.repeat(600), 'b.csv': 'b'.repeat(600) });
    expect(await outcome(two, { ...ZIP_LIMITS, bytes: 1000 })).toMatch(/more than 1000 bytes/);
    expect(await outcome(two, { ...ZIP_LIMITS, entries: 1 })).toMatch(/more than 1 entries/);
  });

  it('an entry that is larger than it says, or another', async () => {
    const content = 'x'.repeat(1000);
    const zip = await zipOf({ 'a.csv': content });
    const at = zip.indexOf('PK\x01\x02', 0, 'latin1');
    const smaller = Buffer.from(zip);
    smaller.writeUInt32LE(10, at + 24);
    expect(await outcome(smaller)).toMatch(/too many bytes/);
    const other = Buffer.from(zip);
    other.writeUInt32LE(1, at + 16);
    expect(await outcome(other)).toMatch(/checksum is wrong/);
  });

  it('what is no zip, and half of one', async () => {
    const zip = await zipOf({ 'a.csv': 'id\n'.repeat(100) });
    for (const bytes of [Buffer.from('no zip'), Buffer.alloc(0), zip.subarray(0, zip.length / 2)])
      expect(await outcome(bytes)).toMatch(/was refused/);
  });
});
