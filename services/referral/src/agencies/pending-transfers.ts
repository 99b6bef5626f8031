import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import { derivedId, TimerRunner } from '@throughline/shared/persistence';
import { TRANSFER_TIMER, transferOf } from '../domain/officer-departure.js';
import { AgenciesRepository } from './agencies.repository.js';
import { AgenciesService } from './agencies.service.js';

/**
 * A transfer touches two records, and each write touches one. The first write, out of the one agency, leaves a timer in its
 * document; the second, into the other, is made right after it, and by the timer where a crash came between.
 */
@Injectable()
export class PendingTransfers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(PendingTransfers.name);
  private readonly timers: TimerRunner;

  constructor(
    private readonly agencies: AgenciesService,
    private readonly repository: AgenciesRepository,
  ) {
    this.timers = new TimerRunner(repository.officerModel as never, (id) => this.settle(id));
  }

  onApplicationBootstrap(): void {
    this.timers.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.timers.stop();
  }

  /** Makes the second write now if that can be done; the command that began it stands either way. */
  async settleSoon(id: string): Promise<void> {
    await this.settle(id).catch(() => this.logger.warn({ msg: 'transfer-waits' }));
  }

  /** Takes the officer into the other agency. May be done again. */
  private async settle(id: string): Promise<void> {
    const known = await this.repository.officers.load(id);
    if (!known?.timers.some(({ name }) => name === TRANSFER_TIMER)) return;
    const { officerId } = known.state;
    const { toAgencyId, period } = transferOf(known.state);
    const key = derivedId('transfer', id, period.activeFrom.toISOString());
    try {
      await this.agencies.enrolOfficer(toAgencyId, officerId, period, { key, hash: key });
    } catch (error) {
      // whoever enrolled the officer there meanwhile has said what holds
      if (!(error instanceof Refusal) || error.kind !== 'conflict') throw error;
      this.logger.warn({ msg: 'transfer-superseded', code: error.code });
    }
    await this.repository.officers.change(id, ({ state }) => ({ state, timers: [] }));
  }
}
