import { z } from 'zod';
import { Refusal } from '../domain/index.js';
import { TYPE_PREFIX } from './define-event.js';

/** Media type of the structured mode, which survives AMQP 1.0 bridges that drop message properties. */
export const CLOUD_EVENT_MEDIA_TYPE = 'application/cloudevents+json';

/** The envelope on the wire; extensions that are not ours may stand beside ours. */
export const cloudEventSchema = z.looseObject({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(200),
  source: z.string().min(1).max(200),
  type: z.string().min(1).max(200),
  subject: z.string().min(1).max(200),
  time: z.iso.datetime({ offset: true }),
  sequence: z.string().regex(/^\d{1,20}$/),
  partitionkey: z.string().optional(),
  traceparent: z.string().optional(),
  dataschema: z.string().optional(),
  datacontenttype: z.string().optional(),
  data: z.unknown(),
});

/**
 * A CloudEvents 1.0 envelope (structured JSON) with the extensions `sequence`, `partitionkey` and `traceparent`.
 * `subject` is the aggregate, `sequence` its place among the events of that aggregate, from 1 and without gaps.
 */
export type CloudEvent<Data = unknown> = z.output<typeof cloudEventSchema> & { data: Data };

/** An event as it waits in an outbox or rests in an event log. */
export interface RecordedEvent {
  seq: number;
  id: string;
  /** The routing key, `<noun>.<past-verb>.v<N>`. */
  type: string;
  time: Date;
  /** Its data as JSON text, made once when it was checked: whoever carries an event need not read it. */
  data: string;
  traceparent?: string;
}

/** The text of an event's data. Outboxes and logs that were written before it was text hold the value. */
export const textOf = (data: unknown): string => (typeof data === 'string' ? data : JSON.stringify(data));

/** A CloudEvent in structured mode, as the broker gets it. */
export interface EventMessage {
  id: string;
  routingKey: string;
  /** The CloudEvents `type`. */
  type: string;
  /** JSON of the envelope with the data. */
  content: string;
}

/** Dresses a recorded event for the wire. `source` is the path of the owning service, for example `/referral`. */
export function toMessage(source: string, subject: string, event: RecordedEvent): EventMessage {
  const envelope = toCloudEvent(source, subject, { ...event, data: undefined });
  const content = `${JSON.stringify(envelope).slice(0, -1)},"data":${textOf(event.data)}}`;
  return { id: event.id, routingKey: event.type, type: envelope.type, content };
}

/** The same event as {@link toMessage} makes, with its data as a value. */
export function toCloudEvent(
  source: string,
  subject: string,
  event: Omit<RecordedEvent, 'data'> & { data: unknown },
): CloudEvent {
  return {
    specversion: '1.0',
    id: event.id,
    source,
    type: TYPE_PREFIX + event.type,
    subject,
    time: event.time.toISOString(),
    datacontenttype: 'application/json',
    dataschema: `urn:throughline:events:${event.type}`,
    sequence: String(event.seq).padStart(12, '0'),
    partitionkey: subject,
    ...(event.traceparent ? { traceparent: event.traceparent } : {}),
    data: event.data,
  };
}

/** Reads an envelope off the wire. @throws Refusal `event-unreadable` without quoting what was in it. */
export function readCloudEvent(content: Buffer): CloudEvent {
  let json: unknown;
  try {
    json = JSON.parse(content.toString('utf8'));
  } catch {
    throw new Refusal('malformed', 'event-unreadable', 'the message is not JSON');
  }
  const parsed = cloudEventSchema.safeParse(json);
  if (!parsed.success) {
    const fields = parsed.error.issues.map((issue) => issue.path.join('.') || '(root)').join(', ');
    throw new Refusal('malformed', 'event-unreadable', `the message is no CloudEvent of ours: ${fields}`);
  }
  return parsed.data;
}

/** The routing key that an envelope was published under, from its type; undefined for a type that is not ours. */
export function routingKeyOf(event: Pick<CloudEvent, 'type'>): string | undefined {
  return event.type.startsWith(TYPE_PREFIX) ? event.type.slice(TYPE_PREFIX.length) : undefined;
}

/** The place of an event in the stream of its aggregate: 1, 2, 3 … */
export const sequenceOf = (event: Pick<CloudEvent, 'sequence'>): number => Number(event.sequence);
