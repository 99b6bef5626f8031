import { toCloudEvent, type CloudEvent, type EventDefinition } from '@throughline/shared/contracts';
import { derivedId } from '@throughline/shared/persistence';
import { nounOf, sourceOf } from './event-sources.js';

/** The event as it would be on the wire, with a golden sample in it; the same at every run. */
export function exampleEvent(definition: EventDefinition, sample: unknown): CloudEvent {
  const { source = '/reporting' } = sourceOf(definition);
  const idOfNoun = (sample as Record<string, unknown>)[`${nounOf(definition)}Id`];
  const subject = typeof idOfNoun === 'string' ? idOfNoun : 'projections';
  return toCloudEvent(source, subject, {
    seq: 1,
    id: derivedId('event', source, subject, '1'),
    type: definition.routingKey,
    time: new Date('2026-03-02T18:31:07.512Z'),
    data: sample,
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  });
}
