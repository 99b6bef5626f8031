import { randomBytes } from 'node:crypto';
import { Database } from '../persistence/index.js';
import { eventually, testInfrastructure } from '../testing/index.js';
import { KeyEncryptionKeys } from './key-encryption-keys.js';
import { PersonKeys } from './person-keys.js';

const [OLDER, NEWER] = [randomBytes(32).toString('base64'), randomBytes(32).toString('base64')];
const CONTEXT = 'referral:1:confidential';
const erasure = { by: 'persona:coordinator', at: new Date('2026-03-02T18:04:00Z'), reason: 'requested-by-person' };

let remove: () => Promise<void>;
let database: Database;
const keysWith = (text: string): PersonKeys => new PersonKeys(database, new KeyEncryptionKeys(text));
const records = () => database.model('PersonKey', undefined as never, 'person_keys').collection;

beforeAll(async () => {
  const infrastructure = await testInfrastructure();
  remove = infrastructure.remove;
  database = new Database(infrastructure.mongodbUrl);
  keysWith(OLDER);
  database.onModuleInit();
  await eventually(async () => expect(await database.isReady()).toBe(true), { describe: 'the database' });
}, 30_000);
afterAll(async () => {
  await database.close();
  await remove();
});

it('gives each caller a key of its own that is in the database already, a thousand at once too', async () => {
  const keys = keysWith(OLDER);
  const taken = await Promise.all(Array.from({ length: 1_000 }, () => keys.take()));
  expect(new Set(taken.map(({ id }) => id)).size).toBe(1_000);
  const stored = await keysWith(OLDER).keysOf(taken.map(({ id }) => id));
  for (const key of taken)
    expect(stored.get(key.id)?.decrypt(key.encrypt({ of: key.id }, CONTEXT), CONTEXT)).toEqual({ of: key.id });
});

it('makes one key for an id, whoever asks first', async () => {
  const both = [keysWith(OLDER), keysWith(OLDER)];
  const found = await Promise.all(Array.from({ length: 20 }, (_, index) => both[index % 2]!.keyFor('case-1')));
  const text = found[0]!.encrypt({ name: 'Ana' }, CONTEXT);
  for (const key of found) expect(key?.decrypt(text, CONTEXT)).toEqual({ name: 'Ana' });
});

it('erases: no replica opens anything any more, and what stays says who, when and why', async () => {
  const [one, other] = [keysWith(OLDER), keysWith(OLDER)];
  const key = await one.take();
  const text = key.encrypt({ name: 'Ana' }, CONTEXT);
  expect((await other.keysOf([key.id])).get(key.id)?.decrypt(text, CONTEXT)).toEqual({ name: 'Ana' });
  await one.erase(key.id, erasure);
  await one.erase(key.id, { ...erasure, reason: 'court-order' });
  for (const keys of [one, other]) {
    expect(await keys.keysOf([key.id])).toEqual(new Map());
    expect(await keys.keyFor(key.id)).toBeUndefined();
  }
  expect(await records().findOne({ _id: key.id as never })).toEqual({ _id: key.id, erased: erasure });
  expect(await other.erasureOf(key.id)).toEqual(erasure);
});

it('wraps every key anew after a rotation, so that the earlier key-encryption key can go', async () => {
  const before = keysWith(OLDER);
  const [key, gone] = [await before.take(), await before.take()];
  await before.erase(gone.id, erasure);
  const text = key.encrypt({ name: 'Ana' }, CONTEXT);
  const both = keysWith(`${NEWER},${OLDER}`);
  expect((await both.keysOf([key.id])).get(key.id)?.decrypt(text, CONTEXT)).toEqual({ name: 'Ana' });
  const { rotated, remaining } = await both.rotate();
  expect({ enough: rotated > 1_000, remaining }).toEqual({ enough: true, remaining: 0 });
  expect(await both.rotate()).toEqual({ rotated: 0, remaining: 0 });
  const after = keysWith(NEWER);
  expect((await after.keysOf([key.id])).get(key.id)?.decrypt(text, CONTEXT)).toEqual({ name: 'Ana' });
  expect(await after.keyFor(gone.id)).toBeUndefined();
  await expect(keysWith(OLDER).keysOf([key.id])).rejects.toThrow('does not give');
});
