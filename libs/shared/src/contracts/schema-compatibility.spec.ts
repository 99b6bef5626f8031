import { z, type ZodType } from 'zod';
import { breakingChanges, type JsonSchema } from './schema-compatibility.js';

const schemaOf = (schema: ZodType): JsonSchema => z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
const id = z.string().min(1).max(128);
const color = z.enum(['red', 'green']);

/** Golden fixtures: each pair is a change that somebody will make one day. */
const breaking: [name: string, before: ZodType, after: ZodType, expected: string[]][] = [
  ['a property is removed', z.object({ id, at: id }), z.object({ id }), ['/at property-removed output']],
  [
    'an optional property is removed',
    z.object({ id, at: id.optional() }),
    z.object({ id }),
    ['/at property-removed output'],
  ],
  [
    'a property is renamed',
    z.object({ at: id }),
    z.object({ happenedAt: id }),
    ['/at property-removed output', '/happenedAt required-added input'],
  ],
  ['a required property is added', z.object({ id }), z.object({ id, at: id }), ['/at required-added input']],
  ['a property becomes required', z.object({ id: id.optional() }), z.object({ id }), ['/id required-added input']],
  ['a property becomes optional', z.object({ id }), z.object({ id: id.optional() }), ['/id required-dropped output']],
  ['a type is changed', z.object({ n: z.string() }), z.object({ n: z.boolean() }), ['/n type-changed both']],
  ['an integer becomes a number', z.object({ n: z.int() }), z.object({ n: z.number() }), ['type-widened output']],
  ['a number becomes an integer', z.object({ n: z.number() }), z.object({ n: z.int() }), ['type-narrowed input']],
  [
    'a value may be null',
    z.object({ n: z.string() }),
    z.object({ n: z.string().nullable() }),
    ['/n type-widened output'],
  ],
  ['a single value becomes a list', z.object({ n: id }), z.object({ n: z.array(id) }), ['/n type-changed both']],
  ['anything is taken for a string', z.object({ n: z.string() }), z.object({ n: z.any() }), ['/n type-widened output']],
  ['no more than a string is taken', z.object({ n: z.any() }), z.object({ n: z.string() }), ['/n type-narrowed input']],
  [
    'an enum is widened',
    z.object({ color }),
    z.object({ color: z.enum(['red', 'green', 'blue']) }),
    ['enum-widened output'],
  ],
  ['an enum is narrowed', z.object({ color }), z.object({ color: z.enum(['red']) }), ['/color enum-narrowed input']],
  [
    'an enum is changed',
    z.object({ color }),
    z.object({ color: z.enum(['red', 'blue']) }),
    ['/color enum-widened output', '/color enum-narrowed input'],
  ],
  ['an enum becomes any text', z.object({ color }), z.object({ color: z.string() }), ['/color enum-widened output']],
  ['a text becomes an enum', z.object({ color: z.string() }), z.object({ color }), ['/color enum-narrowed input']],
  [
    'a literal is changed',
    z.object({ v: z.literal(1) }),
    z.object({ v: z.literal(2) }),
    ['/v enum-widened output', '/v enum-narrowed input'],
  ],
  [
    'a text may be longer',
    z.object({ id }),
    z.object({ id: z.string().min(1).max(200) }),
    ['/id limit-loosened output'],
  ],
  [
    'a text must be shorter',
    z.object({ id }),
    z.object({ id: z.string().min(1).max(64) }),
    ['/id limit-tightened input'],
  ],
  ['a text may be empty', z.object({ id }), z.object({ id: z.string().max(128) }), ['/id limit-loosened output']],
  ['a number may be less', z.object({ n: z.int().min(1) }), z.object({ n: z.int().min(0) }), ['limit-loosened output']],
  ['a list must not be empty', z.array(id), z.array(id).min(1), ['/ limit-tightened input']],
  ['a pattern is changed', z.string().regex(/^a/), z.string().regex(/^b/), ['/ rule-changed both']],
  ['a format is dropped', z.iso.datetime(), z.string(), ['/ rule-changed both', '/ rule-changed both']],
  [
    'something breaks far below',
    z.object({ places: z.array(z.object({ city: z.string() })) }),
    z.object({ places: z.array(z.object({ city: z.int() })) }),
    ['/places/*/city type-changed both'],
  ],
  [
    'the values of a map are narrowed',
    z.record(z.string(), color),
    z.record(z.string(), z.enum(['red'])),
    ['/* enum-narrowed input'],
  ],
  ['unknown properties are forbidden', z.object({ id }), z.strictObject({ id }), ['/* rule-changed both']],
  ['an alternative is added', z.union([id, z.int()]), z.union([id, z.int(), z.boolean()]), ['/ rule-changed both']],
];

it.each(breaking)('finds that %s', (_name, before, after, expected) => {
  const found = breakingChanges(schemaOf(before), schemaOf(after));
  const texts = found.map(({ pointer, change, breaks }) => `${pointer || '/'} ${change} ${breaks}`);
  for (const one of expected) expect(texts).toContainEqual(expect.stringContaining(one));
  expect(new Set(found.map(({ breaks }) => breaks)).size).toBeGreaterThan(0);
});

const compatible: [name: string, before: ZodType, after: ZodType][] = [
  ['nothing changes', z.object({ id, color }), z.object({ id, color })],
  ['an optional property is added', z.object({ id }), z.object({ id, note: z.string().optional() })],
  ['an optional object is added', z.object({ id }), z.object({ id, place: z.object({ city: z.string() }).optional() })],
  [
    'an optional property is added far below',
    z.object({ places: z.array(z.object({ city: z.string() })) }),
    z.object({ places: z.array(z.object({ city: z.string(), postcode: z.string().optional() })) }),
  ],
  ['a description is added', z.object({ id }), z.object({ id: id.describe('Which one it is.') })],
  ['properties change places', z.object({ id, color }), z.object({ color, id })],
  ['the values of an enum change places', z.object({ color }), z.object({ color: z.enum(['green', 'red']) })],
];

it.each(compatible)('lets pass that %s', (_name, before, after) => {
  expect(breakingChanges(schemaOf(before), schemaOf(after))).toEqual([]);
});

it('refuses a keyword that it does not know, rather than guess', () => {
  expect(breakingChanges({ type: 'array' }, { type: 'array', uniqueItems: true })).toEqual([
    { pointer: '', change: 'rule-changed', breaks: 'both' },
  ]);
});
