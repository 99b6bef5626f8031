import { createHash } from 'node:crypto';
import yazl from 'yazl';

/** Of every entry, so that the same entries make the same file. */
const mtime = new Date('2000-01-01T00:00:00Z');

/** A zip file in memory, of entries with their content. */
export async function zipOf(entries: Record<string, string | Buffer>, mode = 0o100644): Promise<Buffer> {
  const zip = new yazl.ZipFile();
  for (const [name, content] of Object.entries(entries)) zip.addBuffer(Buffer.from(content), name, { mode, mtime });
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The same zip with another name in it, of the same length: what no honest program writes. */
export function renamed(zip: Buffer, from: string, to: string): Buffer {
  if (from.length !== to.length) throw new Error('the names must be of one length');
  return Buffer.from(zip.toString('latin1').replaceAll(from, to), 'latin1');
}

/** The same zip with the flag of an encrypted entry. */
export function encrypted(zip: Buffer): Buffer {
  const copy = Buffer.from(zip);
  for (const [signature, flags] of [
    ['PK\x03\x04', 6],
    ['PK\x01\x02', 8],
  ] as const)
    for (let at = copy.indexOf(signature, 0, 'latin1'); at !== -1; at = copy.indexOf(signature, at + 1, 'latin1'))
      copy.writeUInt16LE(copy.readUInt16LE(at + flags) | 1, at + flags);
  return copy;
}

/** A small dataset in HSDS 1.1, with what `services` adds. */
export const dataset = (services = ''): Record<string, string> => ({
  'organizations.csv': 'id,name,description\no1,Aid,d\n',
  'services.csv': `id,organization_id,name,status\n${createHash('md5').digest('hex')},o1,Desk,active\n${services}`,
});
