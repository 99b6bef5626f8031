import { Refusal } from '../domain/index.js';
import type { AggregateDocument, CommandKey, CommandRecord } from './aggregate-document.js';

/** What a record keeps of a command that was carried out. */
export const remembered = ({ key, hash }: CommandKey, result: unknown): CommandRecord => ({ key, hash, result });

/**
 * What was remembered of an earlier command of the same key, if there was one.
 * @throws Refusal `idempotency-key-reused` where that one asked for something else
 */
export function answered(doc: AggregateDocument<unknown>, command: CommandKey): CommandRecord | undefined {
  const known = [doc.createdBy, ...doc.commands].find((record) => record?.key === command.key);
  if (known && known.hash !== command.hash)
    throw new Refusal('invalid', 'idempotency-key-reused', 'this idempotency key was used for another request');
  return known;
}
