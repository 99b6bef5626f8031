import { Refusal } from '@throughline/shared/domain';

/**
 * The answer to somebody who may not know of a record: to the letter the one for a record that does not exist, which
 * `AggregateStore` gives. Any difference would tell that there is such a client.
 */
export const noSuchRecord = (): Refusal => new Refusal('not-found', 'not-found', 'there is no such record');
