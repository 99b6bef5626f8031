import { Injectable } from '@nestjs/common';
import type { Principal } from '@throughline/shared/auth';
import { Refusal } from '@throughline/shared/domain';
import type { CommandKey } from '@throughline/shared/persistence';
import { extendHold, resolveHold } from '../domain/charge-hold.js';
import type { ChargeHold, Decided } from '../domain/referral.js';
import { SitesService } from '../sites/sites.service.js';
import type { ChargeHoldView, ExtensionRequest, HoldAnswer, ResolutionRequest } from './hold.schemas.js';
import { changeOf, ReferralsRepository } from './referrals.repository.js';
import { ReferralsService } from './referrals.service.js';

type Answer = HoldAnswer & { version: number };

/** What a prosecutor does to a charge hold by hand. */
@Injectable()
export class HoldService {
  constructor(
    private readonly repository: ReferralsRepository,
    private readonly referrals: ReferralsService,
    private readonly sites: SitesService,
  ) {}

  /** @throws Refusal `not-found`, `version-mismatch`, and what `extendHold` throws */
  async extend(
    id: string,
    { until, reason }: ExtensionRequest,
    { id: by }: Principal,
    command: CommandKey,
    expectedVersion: number,
  ): Promise<Answer> {
    const { state } = await this.referrals.read(id);
    const { timeZone } = await this.sites.policyOf(state.entered.agencyId, state);
    const extension = { until, reason, by, at: new Date() };
    const { result, version } = await this.repository.store.change(
      id,
      (current) => answering(id, extendHold(id, current.state, extension, current.timers, timeZone)),
      { command, expectedVersion },
    );
    return { ...(result as HoldAnswer), version };
  }

  /** @throws Refusal `not-found`, `version-mismatch`, `hold-not-open` */
  async resolve(
    id: string,
    request: ResolutionRequest,
    { id: by }: Principal,
    command: CommandKey,
    expectedVersion: number,
  ): Promise<Answer> {
    const resolution = { ...request, by, at: new Date() };
    const { result, version } = await this.repository.store.change(
      id,
      (current) => answering(id, resolveHold(id, current.state, resolution, current.timers)),
      { command, expectedVersion },
    );
    return { ...(result as HoldAnswer), version };
  }
}

function answering(id: string, decided: Decided) {
  const { chargeHold } = decided.state;
  if (!chargeHold) throw new Refusal('conflict', 'hold-not-open', 'No charge is held for this referral.');
  return changeOf(decided, { id, chargeHold: chargeHoldViewOf(chargeHold) } satisfies HoldAnswer);
}

/** What is shown of a hold; every member is named. */
export function chargeHoldViewOf({ dueAt, status, warned, extensions, resolution }: ChargeHold): ChargeHoldView {
  return {
    dueAt: dueAt.toISOString(),
    status,
    ...(warned && { warned: { daysLeft: warned.daysLeft, at: warned.at.toISOString() } }),
    ...(extensions && {
      extensions: extensions.map((one) => ({
        previousDueAt: one.previousDueAt.toISOString(),
        dueAt: one.dueAt.toISOString(),
        reason: one.reason,
        by: one.by,
        at: one.at.toISOString(),
      })),
    }),
    ...(resolution && { resolution: { ...resolution, at: resolution.at.toISOString() } }),
  };
}
