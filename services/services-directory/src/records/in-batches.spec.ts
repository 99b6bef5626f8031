import { setImmediate as turn } from 'node:timers/promises';
import { readAhead } from './in-batches.js';

async function* counted(log: string[], failsAt = Infinity): AsyncGenerator<number> {
  try {
    for (let number = 1; number <= 3; number += 1) {
      log.push(`reads ${number}`);
      if (number === failsAt) throw new Error('the database is away');
      yield number;
    }
  } finally {
    log.push('closed');
  }
}

it('has the next item on its way while one is worked with, and hands on all of them', async () => {
  const log: string[] = [];
  for await (const number of readAhead(counted(log))) {
    await turn();
    log.push(`has ${number}`);
  }
  expect(log).toEqual(['reads 1', 'reads 2', 'has 1', 'reads 3', 'has 2', 'closed', 'has 3']);
});

it('meets a failure where its turn comes, and closes what it reads', async () => {
  const log: string[] = [];
  const reading = (async () => {
    for await (const number of readAhead(counted(log, 2))) {
      await turn();
      log.push(`has ${number}`);
    }
  })();
  await expect(reading).rejects.toThrow('the database is away');
  expect(log).toEqual(['reads 1', 'reads 2', 'closed', 'has 1']);
});

it('closes what it reads when nobody reads on', async () => {
  const log: string[] = [];
  const reading = readAhead(counted(log));
  await reading.next();
  await reading.return(undefined);
  expect(log.at(-1)).toBe('closed');
});
