import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { EventDefinition } from './define-event.js';
import { breakingChanges, type BreakingChange, type JsonSchema } from './schema-compatibility.js';

/** One state of a contract that was published, with its golden samples. */
export interface Revision {
  schema: JsonSchema;
  samples: readonly unknown[];
}

/** Every state that one version of an event was ever published in, oldest first. */
export interface EventHistory {
  /** The routing key, for example `referral.accepted.v1`. */
  event: string;
  revisions: readonly Revision[];
}

/** The JSON Schema (2020-12) of the data of an event, as a subscriber should read it: unknown properties are allowed. */
export function schemaOf(definition: EventDefinition): JsonSchema {
  return z.toJSONSchema(definition.schema, { io: 'input', target: 'draft-2020-12' }) as JsonSchema;
}

/** What is published now. */
export const revisionOf = (definition: EventDefinition): Revision => ({
  schema: schemaOf(definition),
  samples: definition.samples,
});

/** True when what is published now stands in the history as its newest revision. */
export function isRecorded({ revisions }: EventHistory, definition: EventDefinition): boolean {
  return isDeepStrictEqual(revisions.at(-1), JSON.parse(JSON.stringify(revisionOf(definition))));
}

/** What would hurt somebody who holds on to an earlier revision; empty when the contract may be published. */
export function breaksHistory({ revisions }: EventHistory, definition: EventDefinition): BreakingChange[] {
  const schema = schemaOf(definition);
  return revisions.flatMap((revision) => breakingChanges(revision.schema, schema));
}

/**
 * The history with what is published now.
 * @param history absent for an event that is published for the first time
 * @throws Error that names the breaking changes; such a contract is published as a new version beside this one
 */
export function recordRevision(history: EventHistory | undefined, definition: EventDefinition): EventHistory {
  const { routingKey: event } = definition;
  if (!history) return { event, revisions: [revisionOf(definition)] };
  if (isRecorded(history, definition)) return history;
  const breaking = breaksHistory(history, definition);
  if (breaking.length > 0) {
    const what = breaking.map(({ pointer, change, breaks }) => `${pointer || '/'} ${change} (${breaks})`).join(', ');
    throw new Error(`${event} would break what was published: ${what}. Publish it as a new version beside this one.`);
  }
  return { event, revisions: [...history.revisions, revisionOf(definition)] };
}
