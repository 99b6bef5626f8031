import { once } from 'node:events';
import { Writable } from 'node:stream';
import { gatherWrites } from './gathered-writes.js';

describe('gathered writes', () => {
  it('of one turn leave together, in their order, and those of a later turn after them', async () => {
    const calls: string[] = [];
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        calls.push(String(chunk));
        done();
      },
      writev: (chunks, done) => {
        calls.push(chunks.map(({ chunk }) => String(chunk)).join(''));
        done();
      },
    });
    gatherWrites(stream);
    for (const part of ['a', 'b', 'c']) stream.write(part);
    await new Promise((resolve) => setImmediate(resolve));
    stream.write('d');
    stream.end();
    await once(stream, 'finish');
    expect(calls).toEqual(['abc', 'd']);
  });

  it('still say when the stream is full', () => {
    const stream = new Writable({ highWaterMark: 4, write: (_chunk, _encoding, done) => done() });
    gatherWrites(stream);
    expect(stream.write('123')).toBe(true);
    expect(stream.write('456')).toBe(false);
  });
});
