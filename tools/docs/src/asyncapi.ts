import { stringify } from 'yaml';
import { z } from 'zod';
import { CLOUD_EVENT_MEDIA_TYPE, cloudEventSchema, type EventDefinition } from '@throughline/shared/contracts';
import { EVENTS_EXCHANGE } from '@throughline/shared/messaging';
import { exampleEvent } from './example-event.js';
import { nounOf, sourceOf } from './event-sources.js';

type Json = Record<string, unknown>;

/** JSON Schema draft 7, the dialect that AsyncAPI 3.0 takes without saying which. */
function jsonSchema(schema: z.ZodType): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' }) as Json;
  return rest;
}

const keyOf = ({ name, version }: EventDefinition): string =>
  `${name.replace(/(?:^|[.-])(\w)/g, (_match, letter: string) => letter.toUpperCase())}V${version}`;

const channelOf = (definition: EventDefinition): Json => ({
  address: definition.routingKey,
  description: definition.summary,
  messages: { [keyOf(definition)]: { $ref: `#/components/messages/${keyOf(definition)}` } },
  bindings: {
    amqp: {
      is: 'routingKey',
      exchange: { name: EVENTS_EXCHANGE, type: 'topic', durable: true, autoDelete: false },
      bindingVersion: '0.3.0',
    },
  },
});

const operationOf = (definition: EventDefinition): Json => ({
  action: 'send',
  channel: { $ref: `#/channels/${keyOf(definition)}` },
  summary: definition.summary,
  tags: [{ name: nounOf(definition) }, { name: sourceOf(definition).source ?? 'any subscriber' }],
});

const messageOf = (definition: EventDefinition): Json => ({
  name: definition.routingKey,
  title: definition.name,
  summary: definition.summary,
  contentType: CLOUD_EVENT_MEDIA_TYPE,
  payload: {
    allOf: [
      { $ref: '#/components/schemas/CloudEvent' },
      {
        type: 'object',
        properties: { type: { const: definition.type }, data: { $ref: `#/components/schemas/${keyOf(definition)}` } },
      },
    ],
  },
  examples: definition.samples.map((sample, index) => ({
    name: `sample-${index + 1}`,
    payload: exampleEvent(definition, sample),
  })),
});

/**
 * The AsyncAPI 3.0 document of the platform, from the declarations of the events alone: a channel for each routing key of
 * the one exchange. What other people may rely on; queues belong to their subscribers, and are not in it.
 */
export function asyncApi(events: readonly EventDefinition[]): Json {
  const each = (of: (definition: EventDefinition) => Json): Json =>
    Object.fromEntries(events.map((definition) => [keyOf(definition), of(definition)]));
  return {
    asyncapi: '3.0.0',
    id: 'urn:throughline:events',
    info: {
      title: 'Throughline events',
      version: '1',
      description:
        'What happens in a LEAD programme, as its services tell each other. Every event is a CloudEvent 1.0 in structured ' +
        'JSON on one topic exchange. Bind a queue of your own to whole nouns (`referral.#`): events of one subject come ' +
        'with a sequence 1, 2, 3 without gaps, at least once, and an additive change keeps the version. No event holds ' +
        'personal data.',
    },
    defaultContentType: CLOUD_EVENT_MEDIA_TYPE,
    servers: {
      broker: {
        host: '{broker}',
        protocol: 'amqp',
        protocolVersion: '0.9.1',
        description: 'RabbitMQ 3.10 to 4.x.',
        variables: { broker: { default: 'localhost:5672', description: 'Host and port of the broker.' } },
      },
    },
    channels: each(channelOf),
    operations: each(operationOf),
    components: {
      messages: each(messageOf),
      schemas: {
        CloudEvent: jsonSchema(cloudEventSchema),
        ...each(({ schema, summary }) => ({ description: summary, ...jsonSchema(schema) })),
      },
    },
  };
}

/** The same as YAML. */
export const asyncApiYaml = (events: readonly EventDefinition[]): string =>
  stringify(asyncApi(events), { aliasDuplicateObjects: false, lineWidth: 0 });
