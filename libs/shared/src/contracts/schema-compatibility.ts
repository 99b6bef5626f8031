import { isDeepStrictEqual } from 'node:util';

/** A JSON Schema (2020-12), as Zod writes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export type SchemaChange =
  | 'property-removed'
  | 'required-added'
  | 'required-dropped'
  | 'type-widened'
  | 'type-narrowed'
  | 'type-changed'
  | 'enum-widened'
  | 'enum-narrowed'
  | 'limit-loosened'
  | 'limit-tightened'
  | 'rule-changed';

export interface BreakingChange {
  /** Where in the data, as a JSON pointer in which `*` stands for each item of a list and each value of a map. */
  pointer: string;
  change: SchemaChange;
  /**
   * Who is hurt. `input`: what was written before cannot be read any more, so neither an event log nor a message under
   * way. `output`: what is written from now on cannot be read by a subscriber who knows the old schema.
   */
  breaks: 'input' | 'output' | 'both';
}

/** Say something about the data without deciding what is valid. */
const ANNOTATIONS = new Set(['$schema', '$id', 'id', 'title', 'description', 'examples', 'deprecated', '$comment']);
const LOWER_LIMITS = ['minLength', 'minItems', 'minProperties', 'minimum', 'exclusiveMinimum'];
const UPPER_LIMITS = ['maxLength', 'maxItems', 'maxProperties', 'maximum', 'exclusiveMaximum'];
/** Compared by rules of their own; every other keyword must stay as it is. */
const UNDERSTOOD = new Set([
  ...['type', 'enum', 'const', 'properties', 'required', 'items', 'additionalProperties'],
  ...LOWER_LIMITS,
  ...UPPER_LIMITS,
]);

type Found = BreakingChange[];

/**
 * What makes `after` unfit to stand under the same version as `before`; empty for an additive change.
 *
 * An event is written by one service, read by others, and read again from a log years later, so that it must be
 * compatible both ways. What remains is: optional properties may be added, and descriptions may change. A keyword that
 * this comparison does not know must not change at all: a check that guesses would pass what it does not understand.
 */
export function breakingChanges(before: JsonSchema, after: JsonSchema, pointer = ''): BreakingChange[] {
  const found: Found = [
    ...ofTypes(before, after, pointer),
    ...ofValues(before, after, pointer),
    ...ofLimits(before, after, pointer),
    ...ofProperties(before, after, pointer),
    ...ofSubschema(before['items'], after['items'], `${pointer}/*`),
    ...ofSubschema(before['additionalProperties'], after['additionalProperties'], `${pointer}/*`),
  ];
  for (const keyword of new Set([...Object.keys(before), ...Object.keys(after)]))
    if (!ANNOTATIONS.has(keyword) && !UNDERSTOOD.has(keyword) && !isDeepStrictEqual(before[keyword], after[keyword]))
      found.push({ pointer, change: 'rule-changed', breaks: 'both' });
  return found;
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : value === undefined ? [] : [value]);

/** Every integer is a number: to a reader of numbers, `integer` adds nothing new. */
const typesOf = ({ type }: JsonSchema): Set<unknown> => {
  const types = new Set(listOf(type));
  return types.has('number') ? types.add('integer') : types;
};

function ofTypes(before: JsonSchema, after: JsonSchema, pointer: string): Found {
  const [old, now] = [typesOf(before), typesOf(after)];
  // no type at all means that any is taken
  const gained = (old.size > 0 && now.size === 0) || (old.size > 0 && [...now].some((type) => !old.has(type)));
  const lost = (old.size === 0 && now.size > 0) || (now.size > 0 && [...old].some((type) => !now.has(type)));
  if (gained && lost) return [{ pointer, change: 'type-changed', breaks: 'both' }];
  if (gained) return [{ pointer, change: 'type-widened', breaks: 'output' }];
  return lost ? [{ pointer, change: 'type-narrowed', breaks: 'input' }] : [];
}

const valuesOf = (schema: JsonSchema): unknown[] | undefined =>
  'const' in schema ? [schema['const']] : (schema['enum'] as unknown[] | undefined);

function ofValues(before: JsonSchema, after: JsonSchema, pointer: string): Found {
  const [old, now] = [valuesOf(before), valuesOf(after)];
  const found: Found = [];
  const lacks = (list: unknown[], value: unknown): boolean => !list.some((one) => isDeepStrictEqual(one, value));
  if (old && (!now || now.some((value) => lacks(old, value))))
    found.push({ pointer, change: 'enum-widened', breaks: 'output' });
  if (now && (!old || old.some((value) => lacks(now, value))))
    found.push({ pointer, change: 'enum-narrowed', breaks: 'input' });
  return found;
}

function ofLimits(before: JsonSchema, after: JsonSchema, pointer: string): Found {
  const found: Found = [];
  const compare = (keyword: string, none: number, sign: 1 | -1): void => {
    const old = sign * ((before[keyword] as number | undefined) ?? none);
    const now = sign * ((after[keyword] as number | undefined) ?? none);
    if (now > old) found.push({ pointer, change: 'limit-loosened', breaks: 'output' });
    if (now < old) found.push({ pointer, change: 'limit-tightened', breaks: 'input' });
  };
  for (const keyword of UPPER_LIMITS) compare(keyword, Infinity, 1);
  for (const keyword of LOWER_LIMITS) compare(keyword, -Infinity, -1);
  return found;
}

function ofProperties(before: JsonSchema, after: JsonSchema, pointer: string): Found {
  const old = (before['properties'] ?? {}) as Record<string, JsonSchema>;
  const now = (after['properties'] ?? {}) as Record<string, JsonSchema>;
  const [oldRequired, nowRequired] = [listOf(before['required']), listOf(after['required'])];
  const found: Found = [];
  for (const name of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const own = `${pointer}/${name}`;
    const schema = now[name];
    if (old[name] && !schema) found.push({ pointer: own, change: 'property-removed', breaks: 'output' });
    else if (old[name] && schema) found.push(...breakingChanges(old[name], schema, own));
    if (!oldRequired.includes(name) && nowRequired.includes(name))
      found.push({ pointer: own, change: 'required-added', breaks: 'input' });
    if (oldRequired.includes(name) && !nowRequired.includes(name) && schema)
      found.push({ pointer: own, change: 'required-dropped', breaks: 'output' });
  }
  return found;
}

function ofSubschema(before: unknown, after: unknown, pointer: string): Found {
  if (isSchema(before) && isSchema(after)) return breakingChanges(before, after, pointer);
  return isDeepStrictEqual(before, after) ? [] : [{ pointer, change: 'rule-changed', breaks: 'both' }];
}

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
