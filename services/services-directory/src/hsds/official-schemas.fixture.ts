import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

type Json = Record<string, unknown>;

const official = (name: string): Json =>
  JSON.parse(gunzipSync(readFileSync(new URL(`../../hsds/${name}.json.gz`, import.meta.url))).toString()) as Json;

// not optimised: the large schemas compile in half the time so
const ajv = new Ajv({ strict: false, allErrors: true, inlineRefs: false, code: { optimize: false } });
addFormats.default(ajv);

/** The names of the objects that the schemas are made of, by what they say. */
const objects = new Map<string, string>();

/**
 * The official compiled schemas let unknown fields pass, because they are open to profiles. Ours are closed in tests,
 * so that a misspelt or forgotten field cannot hide. They repeat the same objects at every depth: here each is compiled
 * once, under a name, which takes an eighth of the time.
 */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, closed(value)]));
  if (!('properties' in copy && copy['type'] === 'object')) return copy;
  const object = { ...copy, additionalProperties: false };
  const text = JSON.stringify(object);
  const name = objects.get(text) ?? `object-${objects.size}`;
  if (!objects.has(text)) ajv.addSchema(object, name);
  objects.set(text, name);
  return { $ref: name };
}

type Operation = { parameters?: { $ref?: string; name?: string }[]; responses: Json };
export const openapi = official('openapi') as {
  paths: Record<string, { get: Operation; post?: Operation }>;
  components: { schemas: { Page: Json }; parameters: Record<string, { name: string }> };
};

const compiled = new Map<string, ValidateFunction>();

/** The validator of an official schema, made when it is first needed: the large ones take seconds. */
export function valid(name: SchemaName): ValidateFunction {
  const validate = compiled.get(name) ?? ajv.compile(closed(official(name)) as Json);
  compiled.set(name, validate);
  return validate;
}

export type SchemaName =
  | 'service'
  | 'service_list'
  | 'organization'
  | 'organization_list'
  | 'service_at_location'
  | 'service_at_location_list'
  | 'taxonomy'
  | 'taxonomy_term';

for (const name of ['taxonomy', 'metadata'])
  ajv.addSchema({ ...(closed(official(name)) as Json), $id: `${name}.json` }, `${name}.json`);

/** The envelope, with all its fields required: the official schema requires `empty` alone. */
export const validPage: ValidateFunction = ajv.compile({
  ...openapi.components.schemas.Page,
  properties: { ...(openapi.components.schemas.Page['properties'] as Json), contents: { type: 'array' } },
  required: [...Object.keys(openapi.components.schemas.Page['properties'] as Json), 'contents'],
  additionalProperties: false,
});

const rootResponse = openapi.paths['/']!.get.responses as {
  200: { content: { 'application/json': { schema: Json } } };
};
export const validRoot: ValidateFunction = ajv.compile(
  closed(rootResponse[200].content['application/json'].schema) as Json,
);

/** Throws an Error that says what is wrong where, unless the value is valid. */
export function mustBeValid(validate: ValidateFunction, value: unknown): void {
  if (!validate(value)) throw new Error(ajv.errorsText(validate.errors));
}
