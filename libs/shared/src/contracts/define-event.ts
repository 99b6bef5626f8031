import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { Refusal } from '../domain/index.js';

/** Past this many bytes of JSON an event is refused at write time: 500 pending ones must fit one MongoDB document. */
export const MAX_EVENT_BYTES = 16_384;

export interface EventDeclaration<Data, Input> {
  /** What it says in one sentence, for the generated reference. */
  summary: string;
  schema: z.ZodType<Data, Input>;
  /** Golden samples. Each must parse for as long as this version is served. */
  samples: [Input, ...Input[]];
}

/** One event of one version: the only declaration from which types, checks, schemas and documents derive. */
export interface EventDefinition<Data = unknown> {
  /** `<noun>.<past-verb>`, for example `referral.accepted`. */
  readonly name: string;
  readonly version: number;
  /** The routing key on the exchange, for example `referral.accepted.v1`. */
  readonly routingKey: string;
  /** The CloudEvents `type`, for example `org.throughline.referral.accepted.v1`. */
  readonly type: string;
  readonly summary: string;
  readonly schema: z.ZodType<Data>;
  readonly samples: readonly unknown[];
  /**
   * The JSON text of what a producer is about to write, checked strictly: an unknown field, at any depth, is an error,
   * because it could be somebody's name. @throws Refusal `event-invalid`, kind `invalid`; nothing of the data is quoted.
   */
  write(data: unknown): string;
  /** Reads what came over the wire and ignores what it does not know. @throws Refusal `event-unreadable`. */
  read(data: unknown): Data;
}

const NAME = /^[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*$/;
export const TYPE_PREFIX = 'org.throughline.';

/** Declares an event. @throws TypeError on a name that is not noun.past-verb or a version below 1. */
export function defineEvent<Data, Input>(
  name: string,
  version: number,
  declaration: EventDeclaration<Data, Input>,
): EventDefinition<Data> {
  if (!NAME.test(name)) throw new TypeError(`an event is named <noun>.<past-verb> in kebab-case, not "${name}"`);
  if (!Number.isInteger(version) || version < 1) throw new TypeError(`${name}: a version is 1 or more`);
  const routingKey = `${name}.v${version}`;
  const { schema, summary, samples } = declaration;
  return {
    name,
    version,
    routingKey,
    type: TYPE_PREFIX + routingKey,
    summary,
    schema,
    samples,
    write(data) {
      const parsed = schema.safeParse(data);
      if (!parsed.success)
        throw new Refusal('invalid', 'event-invalid', `${routingKey} is not valid: ${where(parsed)}`);
      const text = JSON.stringify(data);
      // the same text is the same value; where only the order of fields differs, or a default came in, it is looked at
      const known = JSON.stringify(parsed.data);
      if (known !== text && !isDeepStrictEqual(JSON.parse(known), JSON.parse(text)))
        throw new Refusal('invalid', 'event-invalid', `${routingKey} holds a field that its contract does not know`);
      if (Buffer.byteLength(text) > MAX_EVENT_BYTES)
        throw new Refusal('invalid', 'event-too-large', `${routingKey} is larger than ${MAX_EVENT_BYTES} bytes`);
      return known;
    },
    read(data) {
      const parsed = schema.safeParse(data);
      if (!parsed.success)
        throw new Refusal('invalid', 'event-unreadable', `${routingKey} cannot be read: ${where(parsed)}`);
      return parsed.data;
    },
  };
}

/** Names the paths alone: the message of an issue may quote the value. */
const where = (failed: z.ZodSafeParseError<unknown>): string =>
  failed.error.issues.map((issue) => `/${issue.path.join('/')} (${issue.code})`).join(', ');

/** The data of an event definition. */
export type DataOf<Definition> = Definition extends EventDefinition<infer Data> ? Data : never;
