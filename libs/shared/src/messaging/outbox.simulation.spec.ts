import { Logger } from '@nestjs/common';
import type { Mutation } from './simulation/simulated-collection.js';
import { runPlatform, type Mistakes } from './simulation/simulated-platform.js';

const SEEDS = 300;

// The simulated broker returns messages all the time, and the relay rightly says so.
Logger.overrideLogger(false);

async function firstViolation(mistakes: Mistakes): Promise<string | undefined> {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const [wrong] = await runPlatform(seed, mistakes);
    if (wrong) return `seed ${seed}: ${wrong}`;
  }
  return undefined;
}

/** Statements of the relay and the store, bent the way somebody might write them. */
const clearWithoutGuard: Mutation = (_method, filter) => {
  if (filter['outbox']) delete filter['outbox'];
};
const clearWithThePullUnseen: Mutation = (_method, filter) => delete filter['eventSeq'];
const emptyTheOutbox: Mutation = (_method, _filter, update) => {
  if (!update['$pull']) return;
  delete update['$pull'];
  update['$set'] = { outbox: [] };
};
const writeWithoutVersion: Mutation = (method, filter) => {
  if (method === 'updateOne') delete filter['version'];
};
const forgetTheCommand: Mutation = (_method, _filter, update) => {
  const push = update['$push'] as Record<string, unknown> | undefined;
  if (push) delete push['commands'];
};
const forgetToRing: Mutation = (_method, _filter, update) => delete update['$min'];

describe('store, relay and subscriber under random kills, stalls and reordering', () => {
  it(`keeps every promise in ${SEEDS} seeded runs`, async () => {
    expect(await firstViolation({})).toBeUndefined();
  }, 120_000);

  it.each<[string, Mistakes]>([
    ['clears a claim although the outbox is not empty', { mutation: clearWithoutGuard }],
    ['clears a claim with the pull although there is more', { mutation: clearWithThePullUnseen }],
    ['empties the outbox instead of pulling what was confirmed', { mutation: emptyTheOutbox }],
    ['writes without looking at the version', { mutation: writeWithoutVersion }],
    ['forgets which commands were carried out', { mutation: forgetTheCommand }],
    ['writes an event without marking its outbox', { mutation: forgetToRing }],
    ['takes a returned message for a delivered one', { ignoreReturns: true }],
    ['publishes without logging', { skipLog: true }],
    ['applies without a guard', { noConsumerGuard: true }],
    ['skips gaps', { skipGaps: true }],
    ['acknowledges before the effect is written', { acknowledgeFirst: true }],
  ])(
    'is seen to fail when somebody %s',
    async (_name, mistakes) => {
      expect(await firstViolation(mistakes)).toBeDefined();
    },
    120_000,
  );
});
