import { Injectable, Logger } from '@nestjs/common';
import { markCorrected, noteCorrects, settled } from '../domain/correction-links.js';
import { CORRECTION_TIMER, type Decided, type ReferralState, type Timers } from '../domain/referral.js';
import { changeOf, ReferralsRepository } from './referrals.repository.js';

/**
 * A correction touches two referrals, and each write touches one. The first write leaves a timer in its document; the
 * other referral is told right after it, and by the timer where a crash came between.
 */
@Injectable()
export class Corrections {
  private readonly logger = new Logger(Corrections.name);

  constructor(private readonly repository: ReferralsRepository) {}

  /** Tells the other referral now if that can be done; the command that began it stands either way. */
  async settleSoon(id: string): Promise<void> {
    await this.settle(id).catch(() => this.logger.warn({ msg: 'correction-waits', referral: id }));
  }

  /** Makes both referrals of a correction know of each other. May be done again. */
  async settle(id: string): Promise<void> {
    const known = await this.repository.store.load(id);
    if (!known?.timers.some(({ name }) => name === CORRECTION_TIMER)) return;
    const { entered, correctedBy } = known.state;
    const { correctsReferralId: wrong, officerId: by, enteredAt: at } = entered;
    if (wrong !== undefined)
      await this.tell(wrong, (state, timers) => markCorrected(wrong, state, { id, by, at }, timers));
    if (correctedBy !== undefined) await this.tell(correctedBy, (state) => noteCorrects(state, id));
    await this.repository.store.change(id, ({ state, timers }) =>
      changeOf({ state, events: [], timers: settled([...timers]) }),
    );
  }

  private async tell(id: string, decide: (state: ReferralState, timers: Timers) => Decided | undefined): Promise<void> {
    await this.repository.store.change(id, ({ state, timers }) =>
      changeOf(decide(state, [...timers]) ?? { state, events: [] }),
    );
  }
}
