import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { TimerRunner } from '@throughline/shared/persistence';
import { isWarningTimer, warn } from '../domain/charge-hold.js';
import { lapse } from '../domain/case-progress.js';
import { CHARGE_HOLD_TIMER, CORRECTION_TIMER } from '../domain/referral.js';
import { Corrections } from './corrections.js';
import { changeOf, ReferralsRepository } from './referrals.repository.js';

/** Fires the timers of referrals, of charge holds and of corrections: each is in the referral's document, so that it survives restarts and fires once. */
@Injectable()
export class ChargeHolds implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly timers: TimerRunner;

  constructor(repository: ReferralsRepository, corrections: Corrections) {
    this.timers = new TimerRunner(repository.model as never, async (id, timer, now) => {
      if (timer === CORRECTION_TIMER) return corrections.settle(id);
      const decide = timer === CHARGE_HOLD_TIMER ? lapse : isWarningTimer(timer) ? warn : undefined;
      if (!decide) throw new Error('no timer of this service');
      await repository.store.change(id, ({ state, timers }) => changeOf(decide(id, state, now, timers)));
    });
  }

  onApplicationBootstrap(): void {
    this.timers.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.timers.stop();
  }
}
