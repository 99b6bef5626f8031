import { readdirSync, readFileSync } from 'node:fs';
import { CloudEvent as ReferenceCloudEvent } from 'cloudevents';
import { z } from 'zod';
import { allEvents } from './catalogue.js';
import { toCloudEvent } from './cloud-event.js';
import { defineEvent } from './define-event.js';
import { breaksHistory, isRecorded, recordRevision, type EventHistory } from './event-history.js';

const folder = new URL('./history/', import.meta.url);
const histories = new Map(
  readdirSync(folder).map((file) => [
    file.replace(/\.json$/, ''),
    JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as EventHistory,
  ]),
);
const events = allEvents.map((definition) => [definition.routingKey, definition] as const);

describe('what was published', () => {
  it.each(events)('%s is recorded (else: run npm run docs)', (routingKey, definition) => {
    expect(histories.get(routingKey)?.event).toBe(routingKey);
    expect(isRecorded(histories.get(routingKey)!, definition)).toBe(true);
  });

  it.each(events)('%s breaks nobody who holds on to an earlier revision', (routingKey, definition) => {
    expect(breaksHistory(histories.get(routingKey)!, definition)).toEqual([]);
  });

  it.each(events)('%s still reads every golden sample that there ever was', (routingKey, definition) => {
    const samples = histories.get(routingKey)!.revisions.flatMap((revision) => revision.samples);
    expect(samples.length).toBeGreaterThan(0);
    for (const sample of samples) definition.read(sample);
  });

  it('is still declared', () => {
    expect([...histories.keys()].sort()).toEqual(allEvents.map(({ routingKey }) => routingKey).sort());
  });
});

it.each(events)('%s is a CloudEvent by the rules of the CloudEvents project', (routingKey, { samples }) => {
  const event = toCloudEvent('/referral', 'subject-1', {
    seq: 1,
    id: 'event-1',
    type: routingKey,
    time: new Date('2026-03-02T18:04:00Z'),
    data: samples[0],
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  });
  expect(new ReferenceCloudEvent(event as never).validate()).toBe(true);
});

describe('a history', () => {
  const declare = (shape: z.ZodRawShape, sample: object) =>
    defineEvent('person.met', 1, { summary: '', schema: z.object(shape), samples: [sample as never] });
  const first = declare({ at: z.string() }, { at: 'noon' });
  const history = recordRevision(undefined, first);

  it('begins with the first revision, and does not grow without a change', () => {
    expect(history).toMatchObject({ event: 'person.met.v1', revisions: [{ samples: [{ at: 'noon' }] }] });
    expect(isRecorded(history, first)).toBe(true);
    expect(recordRevision(history, first)).toBe(history);
  });

  it('grows by an additive change', () => {
    const second = declare({ at: z.string(), place: z.string().optional() }, { at: 'noon', place: 'here' });
    expect(isRecorded(history, second)).toBe(false);
    const grown = recordRevision(history, second);
    expect(grown.revisions).toHaveLength(2);
    expect(isRecorded(grown, second)).toBe(true);
  });

  it('grows by another sample', () => {
    expect(recordRevision(history, declare({ at: z.string() }, { at: 'night' })).revisions).toHaveLength(2);
  });

  it('refuses a breaking change, and says what it is', () => {
    expect(() => recordRevision(history, declare({ at: z.int() }, { at: 1 }))).toThrow(
      'person.met.v1 would break what was published: /at type-changed (both)',
    );
  });

  it('is held against every revision, not the newest alone', () => {
    const foreign = { schema: { type: 'object', properties: { place: { type: 'string' } } }, samples: [] };
    const mended = { ...history, revisions: [foreign, ...history.revisions] };
    expect(breaksHistory(mended, first)).toContainEqual({
      pointer: '/place',
      change: 'property-removed',
      breaks: 'output',
    });
  });

  it('refuses to lose what was added later', () => {
    const second = declare({ at: z.string(), place: z.string().optional() }, { at: 'noon' });
    const grown = recordRevision(history, second);
    expect(() => recordRevision(grown, declare({ at: z.string() }, { at: 'noon' }))).toThrow('/place property-removed');
  });
});
