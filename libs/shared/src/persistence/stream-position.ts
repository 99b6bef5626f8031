import { sequenceOf, type CloudEvent } from '../contracts/index.js';
import { Refusal } from '../domain/index.js';

/** Where an event stands in the stream of its source aggregate. */
export interface StreamPosition {
  subject: string;
  /** 1, 2, 3 … without gaps. */
  seq: number;
  /**
   * True for a record that follows the whole stream and so can see a gap. False for a record that is touched by some
   * events of the stream only, behind a `StreamCursor` that has looked for gaps already.
   */
  contiguous: boolean;
  /** Of the event, for those that follow from it. */
  traceparent?: string;
}

/** Where an event stands for a record that follows its whole stream (`contiguous`), or that is touched by some of it. */
export const positionOf = (event: CloudEvent, { contiguous }: Pick<StreamPosition, 'contiguous'>): StreamPosition => ({
  subject: event.subject,
  seq: sequenceOf(event),
  contiguous,
  ...(event.traceparent !== undefined && { traceparent: event.traceparent }),
});

/** An event came before one that precedes it. Retried shortly; later its source is asked to send the missing ones again. */
export class GapInStream extends Error {
  override readonly name = 'GapInStream';

  constructor(
    readonly subject: string,
    readonly lastApplied: number,
  ) {
    super(`the event after sequence ${lastApplied} has not arrived yet`);
  }
}

/**
 * The consumer's guard: at most once, and in order.
 * @throws GapInStream; Refusal `event-unreadable` for a subject that could not be a key in a document
 */
export function isAlreadyApplied({ subject, seq, contiguous }: StreamPosition, last = 0): boolean {
  if (!/^[\w:-]{1,128}$/.test(subject))
    throw new Refusal('invalid', 'event-unreadable', 'the subject is no id of ours');
  if (seq <= last) return true;
  if (contiguous && seq > last + 1) throw new GapInStream(subject, last);
  return false;
}
