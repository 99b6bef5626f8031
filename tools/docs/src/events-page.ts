import { schemaOf, type EventDefinition, type JsonSchema } from '@throughline/shared/contracts';
import { EVENTS_EXCHANGE } from '@throughline/shared/messaging';
import { exampleEvent } from './example-event.js';
import { nounOf, sourceOf } from './event-sources.js';
import { tableOf } from './markdown.js';

/** The keywords that a reader is told of. */
interface Described {
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  format?: string;
  pattern?: string;
  items?: JsonSchema;
}

/** What a value may be, in a few words: `text, 1-128 characters`. */
function valueOf(schema: JsonSchema): string {
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => `\`${String(value)}\``).join(', ');
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, format, pattern, items } = schema as Described;
  switch (schema['type']) {
    case 'string':
      if (format === 'date-time') return 'instant (ISO 8601, UTC)';
      return `text${range(minLength, maxLength, ' characters')}${pattern ? `, \`${pattern}\`` : ''}`;
    case 'integer':
    case 'number':
      // Zod writes the safe integers of JavaScript as limits, which tell a reader nothing
      return `${String(schema['type'])}${range(safe(minimum), safe(maximum), '')}`;
    case 'array':
      return `list${range(minItems, maxItems, ' items')} of ${valueOf(items ?? {})}`;
    default:
      return String(schema['type'] ?? 'anything');
  }
}

const safe = (limit: number | undefined): number | undefined =>
  limit === undefined || Math.abs(limit) === Number.MAX_SAFE_INTEGER ? undefined : limit;

function range(least: number | undefined, most: number | undefined, unit: string): string {
  if (least === undefined && most === undefined) return '';
  if (least === undefined) return `, at most ${most}${unit}`;
  return most === undefined ? `, at least ${least}${unit}` : `, ${least} to ${most}${unit}`;
}

/** Each field with its path, those inside objects and lists after the one that holds them. */
function fieldsOf(schema: JsonSchema, path = ''): string[][] {
  const properties = (schema['properties'] ?? {}) as Record<string, JsonSchema>;
  const required = (schema['required'] ?? []) as string[];
  return Object.entries(properties).flatMap(([name, property]) => {
    const inner = property['type'] === 'array' ? (property['items'] as JsonSchema) : property;
    const own = `${path}${name}`;
    return [
      [`\`${own}\``, valueOf(property), required.includes(name) ? 'always' : 'optional'],
      ...fieldsOf(inner, property['type'] === 'array' ? `${own}[].` : `${own}.`),
    ];
  });
}

function sectionOf(definition: EventDefinition): string {
  const { name, version, summary, routingKey, type, samples } = definition;
  const { source = 'that of the subscriber', subject } = sourceOf(definition);
  return [
    `### ${name} (v${version})`,
    summary,
    tableOf(
      ['Routing key', 'Type', 'Source', 'Subject'],
      [[`\`${routingKey}\``, `\`${type}\``, source.startsWith('/') ? `\`${source}\`` : source, subject]],
    ),
    tableOf(['Field of `data`', 'Value', 'Present'], fieldsOf(schemaOf(definition))),
    '```json',
    JSON.stringify(exampleEvent(definition, samples[0]), null, 2),
    '```',
  ].join('\n\n');
}

/** The events as a page to read, by noun. */
export function eventsPage(events: readonly EventDefinition[]): string {
  const nouns = [...new Set(events.map(nounOf))];
  return [
    '# Events',
    '<!-- Written by `npm run docs` from libs/shared/src/contracts. Do not edit. -->',
    `Everything that a service tells the others, on the topic exchange \`${EVENTS_EXCHANGE}\`, as a CloudEvent 1.0 in ` +
      'structured JSON. `subject` names the record it is about; `sequence` counts the events of that record, 1, 2, 3 without ' +
      'gaps. Each event arrives at least once. Bind whole nouns, so that a gap can be seen. No event holds personal data; ' +
      '`sealed` is for the key of one receiving service alone. The same for machines: [asyncapi.yaml](asyncapi.yaml).',
    nouns
      .map((noun) => {
        const names = events.filter((definition) => nounOf(definition) === noun).map(({ name }) => `\`${name}\``);
        return `- \`${noun}.#\`: ${names.join(', ')}`;
      })
      .join('\n'),
    ...nouns.flatMap((noun) => [
      `## ${noun}`,
      ...events.filter((definition) => nounOf(definition) === noun).map(sectionOf),
    ]),
  ].join('\n\n');
}
