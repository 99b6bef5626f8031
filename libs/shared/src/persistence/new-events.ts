import type { EventDefinition, RecordedEvent } from '../contracts/index.js';
import { spanOf } from '../observability/trace-context.js';
import { derivedId } from './derived-id.js';

/** An event that a change brings about, before it has its place in the stream. Made with `occurred`. */
export interface NewEvent {
  definition: EventDefinition;
  /** JSON text. */
  data: string;
}

/** Checks the data against the contract at once, so that nothing unreadable can enter an outbox. */
export function occurred<Data>(definition: EventDefinition<Data>, data: Data): NewEvent {
  return { definition, data: definition.write(data) };
}

/** Where events get their place: in the stream of `subject`, after the sequence number `after`. */
export interface EventPlace {
  source: string;
  subject: string;
  after: number;
  time: Date;
  /** The traceparent of what brought the events about; without one a trace begins here. */
  cause: string | undefined;
}

/** The events as an outbox holds them, all of one span. */
export function recordedEvents(
  events: readonly NewEvent[],
  { source, subject, after, time, cause }: EventPlace,
): RecordedEvent[] {
  if (events.length === 0) return [];
  const traceparent = spanOf(cause);
  return events.map(({ definition, data }, index) => ({
    seq: after + index + 1,
    id: derivedId('event', source, subject, String(after + index + 1)),
    type: definition.routingKey,
    time,
    data,
    traceparent,
  }));
}
