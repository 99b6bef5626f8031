import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  ServiceCapacityUpdated,
  ServicePublished,
  ServiceWithdrawn,
  type CloudEvent,
} from '@throughline/shared/contracts';
import { matchEvent, on, Subscribe } from '@throughline/shared/messaging';
import { positionOf } from '@throughline/shared/persistence';
import {
  countedService,
  publishedService,
  unknownService,
  withdrawnService,
  type KnownService,
} from '../domain/known-service.js';
import { KnownServicesRepository } from './known-services.repository.js';

/** Follows the directory, one record for each of its services. */
@Controller()
export class KnownServicesConsumer {
  constructor(private readonly services: KnownServicesRepository) {}

  @Subscribe('case-management.services', 'service.#')
  async receive(@Payload() event: CloudEvent): Promise<void> {
    const next = matchEvent<(current: KnownService) => KnownService>(
      event,
      on(ServicePublished, (data) => (current) => publishedService(current, data)),
      on(ServiceCapacityUpdated, (data) => (current) => countedService(current, data)),
      on(ServiceWithdrawn, () => withdrawnService),
    );
    const position = positionOf(event, { contiguous: true });
    await this.services.store.receive(event.subject, position, (current) => {
      const state = current?.state ?? unknownService;
      return { state: next?.(state) ?? state };
    });
  }
}
