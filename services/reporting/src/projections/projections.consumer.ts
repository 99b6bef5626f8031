import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import type { CloudEvent } from '@throughline/shared/contracts';
import { Subscribe } from '@throughline/shared/messaging';
import { generationsToFeed } from '../domain/rebuilds.js';
import { GenerationsStore } from '../rebuilds/generations.store.js';
import type { Projection } from './projection.js';
import { Projections } from './projections.js';

/** Everything of the services `referral` and `case-management`. */
export const JOURNEYS_QUEUE = 'reporting.journeys';
/** Everything of the services directory, whose imports come in thousands and must not hold the others up. */
export const SERVICES_QUEUE = 'reporting.services';

/** Listens to all that reports are made of. */
@Controller()
export class ProjectionsConsumer {
  constructor(
    private readonly projections: Projections,
    private readonly generations: GenerationsStore,
  ) {}

  @Subscribe(JOURNEYS_QUEUE, 'referral.#')
  referral(@Payload() event: CloudEvent): Promise<void> {
    return this.apply(this.projections.journeys, event);
  }

  @Subscribe(JOURNEYS_QUEUE, 'agency.#')
  agency(@Payload() event: CloudEvent): Promise<void> {
    return this.apply(this.projections.agencies, event);
  }

  @Subscribe(JOURNEYS_QUEUE, 'case.#')
  case(@Payload() event: CloudEvent): Promise<void> {
    return this.apply(this.projections.cases, event);
  }

  @Subscribe(JOURNEYS_QUEUE, 'linkage.#')
  linkage(@Payload() event: CloudEvent): Promise<void> {
    return this.apply(this.projections.linkages, event);
  }

  @Subscribe(SERVICES_QUEUE, 'service.#')
  service(@Payload() event: CloudEvent): Promise<void> {
    return this.apply(this.projections.services, event);
  }

  /**
   * An event is acknowledged when it is in every generation. The generations are read after it has arrived: one that was
   * not there yet by then is filled by a replay that was asked for later still, and so holds this event.
   */
  private async apply<Content extends object>(projection: Projection<Content>, event: CloudEvent): Promise<void> {
    for (const generation of generationsToFeed(await this.generations.current()))
      await projection.apply(event, generation);
  }
}
