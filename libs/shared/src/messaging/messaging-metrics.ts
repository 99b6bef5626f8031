import { Counter } from 'prom-client';

/** Events that the broker has confirmed, by routing key. */
export const eventsPublished = new Counter({
  name: 'throughline_events_published_total',
  help: 'Events confirmed by the broker',
  labelNames: ['type'],
});

/** Events that the broker did not take: returned means that the topology is broken, and wants a person. */
export const outboxFailures = new Counter({
  name: 'throughline_outbox_failures_total',
  help: 'Events that the broker returned or refused',
  labelNames: ['outcome'],
});

/** Messages by what became of them: handled, retried, waited for a gap, dead-lettered. */
export const messagesConsumed = new Counter({
  name: 'throughline_messages_consumed_total',
  help: 'Messages consumed, by queue and outcome',
  labelNames: ['queue', 'outcome'],
});
