import { Injectable } from '@nestjs/common';
import type { Principal } from '@throughline/shared/auth';
import { Refusal } from '@throughline/shared/domain';
import { derivedId, type CommandKey, type Snapshot } from '@throughline/shared/persistence';
import { rescindAcceptance } from '../domain/acceptance-rescission.js';
import { recordApproval } from '../domain/approvals.js';
import { recordCharge } from '../domain/later-charges.js';
import type { Decided, ReferralState, Timers } from '../domain/referral.js';
import { isNoEncounter, leave, withdrawByOfficer, type ExitLinks, type ExitStatus } from '../domain/side-exits.js';
import { Corrections } from './corrections.js';
import type { ApprovalRequest, ChargeAnswer, ChargeRequest, RescissionRequest } from './referral-course.schemas.js';
import { changeOf, ReferralsRepository } from './referrals.repository.js';
import { answering, assertMayRead, notFound, type Answered } from './referrals.service.js';

/** Who sends a command, under which key, and the version that was seen, where one is asked for. */
export interface Sent {
  by: Principal;
  command: CommandKey;
  expectedVersion?: number;
}

/** What happens to a referral beside the line from intake to enrolment. */
@Injectable()
export class ReferralCourseService {
  constructor(
    private readonly repository: ReferralsRepository,
    private readonly corrections: Corrections,
  ) {}

  /**
   * Ends a referral by a side exit.
   * @throws Refusal `not-found`, `version-mismatch`, `transition-not-allowed`; `validation-failed` (422) for a link to
   *   a referral that cannot be the one that stays
   */
  async leave(id: string, to: ExitStatus, reason: string, links: ExitLinks, sent: Sent): Promise<Changed> {
    const refusal =
      (await this.noStay(id, links.duplicateOf, '#/duplicateOf')) ??
      (await this.noStay(id, links.correctedBy, '#/correctedBy'));
    const changed = await this.change(id, sent, (state, at, timers) => {
      // said here, since whoever sends again is answered as before, whatever became of the other referral
      if (refusal) throw refusal;
      return leave(id, state, { to, reason, by: sent.by.id, at }, timers, links);
    });
    if (links.correctedBy !== undefined) await this.corrections.settleSoon(id);
    return changed;
  }

  /** @throws Refusal `not-found` for what another officer entered; `referral-closed` */
  async withdrawByOfficer(id: string, reason: string, sent: Sent): Promise<Changed> {
    // in the words that hide what another officer entered
    if (!(await this.repository.store.load(id))) throw notFound();
    return this.change(id, sent, (state, at, timers) => {
      assertMayRead(sent.by, state);
      return withdrawByOfficer(id, state, { reason, by: sent.by.id, at }, timers);
    });
  }

  /** @throws Refusal as `rescindAcceptance`, `not-found`, `version-mismatch` */
  async rescind(id: string, { reasons }: RescissionRequest, sent: Sent): Promise<Changed> {
    const given = reasons as [string, ...string[]];
    return this.change(id, sent, (state, at, timers) =>
      rescindAcceptance(id, state, { reasons: given, by: sent.by.id, at }, timers),
    );
  }

  /** @throws Refusal as `recordApproval`, `not-found`, `version-mismatch` */
  async recordApproval(id: string, request: ApprovalRequest, sent: Sent): Promise<Changed> {
    return this.change(id, sent, (state, at) => recordApproval(id, state, { ...request, by: sent.by.id, at }));
  }

  /** @throws Refusal as `recordCharge`, `not-found`, `version-mismatch` */
  async recordCharge(
    id: string,
    { about, offenses, filedAt }: ChargeRequest,
    { by, command, ...seen }: Sent,
  ): Promise<ChargeAnswer & { version: number }> {
    const chargeId = derivedId('charge', command.key);
    const charge = { id: chargeId, about, offenses, filedAt: new Date(filedAt), by: by.id };
    const { result, version } = await this.repository.store.change(
      id,
      ({ state }) => changeOf(recordCharge(id, state, { ...charge, recordedAt: new Date() }), { id, chargeId }),
      { command, ...seen },
    );
    return { ...(result as ChargeAnswer), version };
  }

  private async change(
    id: string,
    { command, expectedVersion }: Sent,
    decide: (state: ReferralState, at: Date, timers: Timers) => Decided,
  ): Promise<Changed> {
    const { result, version } = await this.repository.store.change(
      id,
      ({ state, timers }: Snapshot<ReferralState>) => answering(id, decide(state, new Date(), [...timers])),
      { command, ...(expectedVersion !== undefined && { expectedVersion }) },
    );
    return { ...(result as Answered), version };
  }

  /**
   * Why a referral cannot be the one that another gives way to: it is not there, is the same, or gives way itself. One that
   * can is written as it is, so that a command on what was seen before fails: of two that are to give way to each other at
   * once, one stays.
   */
  private async noStay(id: string, other: string | undefined, pointer: string): Promise<Refusal | undefined> {
    if (other === undefined) return undefined;
    const refusal = (detail: string): Refusal =>
      new Refusal('invalid', 'validation-failed', 'The link cannot be right. See errors.', {
        errors: [{ pointer, detail }],
      });
    if (other === id) return refusal('A referral does not give way to itself.');
    try {
      await this.repository.store.change(other, ({ state }) => {
        if (isNoEncounter(state.status)) throw refusal(`This one gives way itself: it is ${state.status}.`);
        return changeOf({ state, events: [] });
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.kind === 'not-found') return refusal('There is no such referral.');
      if (error.kind === 'invalid') return error;
      throw error;
    }
    return undefined;
  }
}

export type Changed = Answered & { version: number };
