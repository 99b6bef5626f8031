import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { TimerRunner } from '@throughline/shared/persistence';
import { expireConsent } from '../domain/consent.js';
import { consentChange, type ConsentsRepository } from './consents.repository.js';

/** Tells that a consent has expired. Its timer is in its document, so that it survives restarts and fires once. */
export class ConsentExpiry implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly timers: TimerRunner;

  constructor(consents: ConsentsRepository) {
    this.timers = new TimerRunner(consents.model as never, async (id, _timer, now) => {
      await consents.store.change(id, ({ state }) => consentChange(expireConsent(id, state, now)));
    });
  }

  onApplicationBootstrap(): void {
    this.timers.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.timers.stop();
  }
}
