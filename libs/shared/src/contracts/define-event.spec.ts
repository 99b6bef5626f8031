import { z } from 'zod';
import { allEvents, eventByRoutingKey } from './catalogue.js';
import { readCloudEvent, routingKeyOf, sequenceOf, toCloudEvent, toMessage } from './cloud-event.js';
import { defineEvent, MAX_EVENT_BYTES } from './define-event.js';

const Met = defineEvent('person.met', 2, {
  summary: 'Somebody met somebody.',
  schema: z.object({
    at: z.iso.datetime(),
    place: z.object({ city: z.string() }).optional(),
    notes: z.array(z.string()),
  }),
  samples: [{ at: '2026-01-05T16:00:00.000Z', notes: [] }],
});
const valid = { at: '2026-01-05T16:00:00.000Z', place: { city: 'Santa Fe' }, notes: ['a'] };

it('names its routing key and its CloudEvents type', () => {
  expect(Met).toMatchObject({ routingKey: 'person.met.v2', type: 'org.throughline.person.met.v2' });
});

it.each(['Person.met', 'person', 'person.met.twice', 'person met', 'person.'])('refuses the name %j', (name) => {
  expect(() => defineEvent(name, 1, { summary: '', schema: z.object({}), samples: [{}] })).toThrow(TypeError);
});

describe('a producer', () => {
  it('may leave an optional field out', () => {
    expect(JSON.parse(Met.write({ ...valid, place: undefined }))).toEqual({ at: valid.at, notes: ['a'] });
    const anotherOrder = { place: undefined, notes: ['a'], at: valid.at };
    expect(JSON.parse(Met.write(anotherOrder))).toEqual({ at: valid.at, notes: ['a'] });
  });

  it.each([
    ['an unknown field', { ...valid, name: 'Maria' }],
    ['an unknown field further down', { ...valid, place: { city: 'Santa Fe', name: 'Maria' } }],
    ['a missing field', { notes: ['Maria'] }],
    ['a field of another type', { ...valid, notes: 'Maria' }],
    ['more than fits an outbox', { ...valid, notes: ['Maria'.repeat(MAX_EVENT_BYTES)] }],
  ])('is refused %s, without a word of what was in it', (_name, data) => {
    const refused = (): unknown => Met.write(data);
    expect(refused).toThrow(expect.objectContaining({ name: 'Refusal', kind: 'invalid' }));
    expect(refused).not.toThrow(/Maria/);
  });
});

describe('a consumer', () => {
  it('ignores what it does not know', () => {
    expect(Met.read({ ...valid, added: 'later', place: { city: 'Santa Fe', added: 1 } })).toEqual(valid);
  });

  it('refuses what it cannot read', () => {
    expect(() => Met.read({ at: 'Maria' })).toThrow(expect.objectContaining({ code: 'event-unreadable' }));
  });
});

describe('the envelope', () => {
  const recorded = { seq: 12, id: 'e-1', type: 'person.met.v2', time: new Date('2026-01-05T16:00:00Z') };
  const event = toCloudEvent('/referral', 'r-1', { ...recorded, data: valid });

  it('survives the wire', () => {
    const { content, ...rest } = toMessage('/referral', 'r-1', { ...recorded, data: Met.write(valid) });
    expect(rest).toEqual({ id: 'e-1', routingKey: 'person.met.v2', type: Met.type });
    const read = readCloudEvent(Buffer.from(content));
    expect(read).toEqual(event);
    const ofBefore = toMessage('/referral', 'r-1', { ...recorded, data: valid as never });
    expect(JSON.parse(ofBefore.content)).toEqual(event);
    expect([routingKeyOf(read), sequenceOf(read)]).toEqual(['person.met.v2', 12]);
  });

  it.each(['', 'null', '[]', '{"specversion":"1.0"}', JSON.stringify({ ...event, sequence: '-1' })])(
    'refuses %j',
    (text) => {
      expect(() => readCloudEvent(Buffer.from(text))).toThrow(expect.objectContaining({ code: 'event-unreadable' }));
    },
  );

  it('does not take foreign types for ours', () => {
    expect(routingKeyOf({ type: 'com.example.person.met.v2' })).toBeUndefined();
  });
});

describe('the catalogue', () => {
  it.each(allEvents.map((definition) => [definition.routingKey, definition] as const))(
    '%s has samples that a producer may send and a consumer can read',
    (routingKey, definition) => {
      expect(eventByRoutingKey(routingKey)).toBe(definition);
      expect(definition.samples.length).toBeGreaterThan(0);
      for (const sample of definition.samples)
        expect(definition.read(JSON.parse(definition.write(sample)))).toEqual(sample);
    },
  );

  it('declares every routing key once', () => {
    expect(new Set(allEvents.map(({ routingKey }) => routingKey)).size).toBe(allEvents.length);
  });
});
