import { z } from 'zod';
import { fieldErrorsOf } from './validation.pipe.js';

const schema = z.strictObject({
  name: z.string().min(1).max(5),
  code: z
    .string()
    .min(3)
    .regex(/^[a-z]+$/),
  own: z.string().min(3, { error: 'A name has three letters.' }),
  count: z.int().min(2).max(9),
  share: z.number().gt(0).lt(1),
  flag: z.boolean(),
  at: z.iso.datetime(),
  on: z.iso.date(),
  id: z.uuid(),
  kind: z.enum(['near', 'far']),
  list: z.array(z.string()).min(2).max(3),
  inner: z.object({}),
});
const right = {
  name: 'x',
  code: 'abc',
  own: 'abc',
  count: 3,
  share: 0.5,
  flag: true,
  at: '2026-03-02T18:04:00Z',
  on: '2026-03-02',
  id: '0b8f6b52-6a0e-5c7e-9c7e-2f0d5f3e9a01',
  kind: 'near',
  list: ['a', 'b'],
  inner: {},
};

describe('what is wrong with a field', () => {
  it.each([
    ['name', '', 'This must not be empty.'],
    ['name', 'abcdef', 'This must have 5 characters at most.'],
    ['name', 5, 'This must be a text.'],
    ['name', undefined, 'This field is required.'],
    ['code', 'ab', 'This must have 3 characters at least.'],
    ['code', 'ABC', 'This must be written in another way.'],
    ['own', 'ab', 'A name has three letters.'],
    ['count', 1, 'This must be 2 at least.'],
    ['count', 10, 'This must be 9 at most.'],
    ['count', 2.5, 'This must be a whole number.'],
    ['count', '3', 'This must be a number.'],
    ['share', 0, 'This must be more than 0.'],
    ['share', 1, 'This must be less than 1.'],
    ['flag', 'yes', 'This must be true or false.'],
    ['at', 'yesterday', 'This must be a date and time with its offset, as in 2026-03-02T18:04:00Z.'],
    ['on', '2026-02-30', 'This must be a date of the calendar, as in 2026-05-17.'],
    ['id', 'x', 'This must be a UUID.'],
    ['kind', 'up', 'This must be one of near, far.'],
    ['list', ['a'], 'This must have 2 entries at least.'],
    ['list', ['a', 'b', 'c', 'd'], 'This must have 3 entries at most.'],
    ['list', {}, 'This must be a list.'],
    ['inner', [], 'This must be an object.'],
    ['other', 1, 'This field is not known here.'],
  ])('is said in plain words: %s %j', (field, value, detail) => {
    const { error } = schema.safeParse({ ...right, [field]: value });
    expect(fieldErrorsOf(error?.issues ?? [])).toEqual([{ pointer: `#/${field}`, detail }]);
  });
});
