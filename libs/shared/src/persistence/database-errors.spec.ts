import { isDatabaseUnavailable, isDuplicateKey } from './database-errors.js';

const error = (name: string, code?: unknown, message = ''): Error => Object.assign(new Error(message), { name, code });

it.each([
  ['no server', error('MongoServerSelectionError')],
  ['a network error', error('MongoNetworkError')],
  ['a pooled connection whose server is gone', error('Error', 'EPIPE')],
  ['a server that steps down', error('MongoServerError', 189)],
  ['a connection lost in a bulk', Object.assign(error('MongoBulkWriteError'), { writeErrors: [] })],
  ['no first connection yet', error('MongooseError', undefined, 'before initial connection is complete')],
])('takes %s for an outage', (_name, thrown) => {
  expect(isDatabaseUnavailable(thrown)).toBe(true);
});

it.each([
  ['a duplicate key', error('MongoServerError', 11000)],
  ['what a server does not implement', error('MongoServerError', 238)],
  ['a refusal in a bulk', Object.assign(error('MongoBulkWriteError', 2), { writeErrors: [{ code: 2 }] })],
  ['a mistake of ours', error('TypeError')],
  ['no error', 'EPIPE'],
])('does not take %s for an outage', (_name, thrown) => {
  expect(isDatabaseUnavailable(thrown)).toBe(false);
});

it('knows a duplicate key, alone and in a bulk of nothing else', () => {
  expect(isDuplicateKey(error('MongoServerError', 11000))).toBe(true);
  expect(isDuplicateKey(Object.assign(error('MongoBulkWriteError', 11000), { writeErrors: [{ code: 11000 }] }))).toBe(
    true,
  );
  expect(
    isDuplicateKey(Object.assign(error('MongoBulkWriteError', 11000), { writeErrors: [{ code: 11000 }, { code: 2 }] })),
  ).toBe(false);
});
