import { applyDecorators, Catch, UseFilters, type RpcExceptionFilter } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import { routingKeyOf, type CloudEvent, type EventDefinition } from '../contracts/index.js';

/** Marks handlers as ours, so that no other transport of the same application picks them up. */
export const EVENTS_TRANSPORT = Symbol('throughline-events');

export interface SubscriptionMetadata {
  queue: string;
  /** Messages in hand at once, a process. */
  prefetch: number;
}

/** Nest's own filter turns every failure of a handler into "Internal server error", which nobody could act on. */
@Catch()
class PassFailureOn implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/**
 * Makes a method the handler of all events of a noun for one purpose. The method gets the `CloudEvent`; it must
 * apply an event at most once (`AggregateStore.receive`, `StreamCursor.follow`) and resolve only when that is written.
 * @param queue `<service>.<purpose>`
 * @param pattern a whole noun, for example `referral.#`
 */
export function Subscribe(queue: string, pattern: `${string}.#`, { prefetch = 50 } = {}): MethodDecorator {
  const metadata: SubscriptionMetadata = { queue, prefetch };
  return applyDecorators(EventPattern<string>(pattern, EVENTS_TRANSPORT, metadata), UseFilters(new PassFailureOn()));
}

interface EventCase<Result> {
  definition: EventDefinition;
  handle: (event: CloudEvent) => Result;
}

/** One branch of `matchEvent`: reads the data by its contract and hands it over with its envelope. */
export function on<Data, Result>(
  definition: EventDefinition<Data>,
  handle: (data: Data, event: CloudEvent) => Result,
): EventCase<Result> {
  return { definition, handle: (event) => handle(definition.read(event.data), event) };
}

/** Runs the branch of the event's type; answers undefined for a type that nobody here cares about. */
export function matchEvent<Result>(event: CloudEvent, ...cases: EventCase<Result>[]): Result | undefined {
  const routingKey = routingKeyOf(event);
  return cases.find(({ definition }) => definition.routingKey === routingKey)?.handle(event);
}
