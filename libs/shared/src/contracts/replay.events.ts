import { z } from 'zod';
import { defineEvent } from './define-event.js';
import { code, id, instant } from './vocabulary.js';

export const ReplayRequested = defineEvent('replay.requested', 1, {
  summary: 'A subscriber asks the service that owns a stream to send it again, from its event log to one named queue.',
  schema: z.object({
    /** CloudEvents source of the stream, for example `/referral`. */
    source: z.string().min(2).max(100),
    /** The queue of the subscriber that asks. */
    queue: z.string().min(1).max(200),
    /** Only events of these nouns; absent for all of them. */
    nouns: z.array(code).max(50).optional(),
    /** One aggregate; absent for all of them. */
    subject: id.optional(),
    fromSequence: z.int().min(1),
    requestedAt: instant,
  }),
  samples: [
    {
      source: '/referral',
      queue: 'reporting.journeys',
      nouns: ['referral', 'agency'],
      fromSequence: 1,
      requestedAt: '2026-03-02T18:04:00.000Z',
    },
    {
      source: '/referral',
      queue: 'reporting.journeys',
      subject: 'r-1',
      fromSequence: 3,
      requestedAt: '2026-03-02T18:04:00.000Z',
    },
  ],
});

export const replayEvents = [ReplayRequested];
