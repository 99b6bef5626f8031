import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  CaseContacted,
  CaseEnded,
  CaseMerged,
  CaseOpened,
  CaseReopened,
  CaseUnmerged,
  IntakeCompleted,
  ReferralJoinedCase,
  type CloudEvent,
} from '@throughline/shared/contracts';
import { matchEvent, on, Subscribe } from '@throughline/shared/messaging';
import { Database, EventLog, positionOf, StreamCursor } from '@throughline/shared/persistence';
import { closeWithCase, reopenWithCase } from '../domain/case-end.js';
import { moveBackToCase, moveToCase, type CaseChange } from '../domain/case-merge.js';
import { enrol, handOff, joinCase } from '../domain/case-progress.js';
import { KnownCasesRepository } from '../feedback/known-cases.repository.js';
import { changeOf, ReferralsRepository } from './referrals.repository.js';
import { dropSealedIdentity } from './sealed-identity.js';

const QUEUE = 'referral.cases';

/**
 * Follows the cases: what happens to a case happens to the referrals behind it. One event may touch several referrals,
 * each guarded by its own record; the cursor has looked for gaps before.
 */
@Controller()
export class ReferralsConsumer {
  private readonly cursor: StreamCursor;

  constructor(
    database: Database,
    private readonly repository: ReferralsRepository,
    private readonly log: EventLog,
    private readonly cases: KnownCasesRepository,
  ) {
    this.cursor = new StreamCursor(database, QUEUE);
  }

  @Subscribe(QUEUE, 'case.#')
  async caseEvent(@Payload() event: CloudEvent): Promise<void> {
    const position = positionOf(event, { contiguous: false });
    await this.cursor.follow(event.subject, position.seq, async () => {
      await matchEvent(
        event,
        on(CaseOpened, async ({ caseId, referralId, openedAt }) => {
          await this.repository.store.receive(referralId, position, (current) => {
            const decided = current && handOff(referralId, current.state, { caseId, openedAt: new Date(openedAt) });
            return decided && changeOf(decided);
          });
          await dropSealedIdentity(this.log, referralId);
        }),
        on(ReferralJoinedCase, async ({ caseId, referralId, joinedAt, intakeCompletedAt }) => {
          const joined = { caseId, joinedAt: new Date(joinedAt), intakeCompleted: intakeCompletedAt !== undefined };
          await this.repository.store.receive(referralId, position, (current) => {
            const decided = current && joinCase(referralId, current.state, joined, current.timers);
            return decided && changeOf(decided);
          });
          await dropSealedIdentity(this.log, referralId);
        }),
        on(CaseContacted, ({ caseId, contactedAt }) =>
          this.cases.note(caseId, event, (known) => ({ ...known, contactedAt: new Date(contactedAt) })),
        ),
        on(IntakeCompleted, async ({ caseId, referralIds, completedAt, enteredAt }) => {
          const intake = { caseId, completedAt: new Date(completedAt), enteredAt: new Date(enteredAt) };
          for (const referralId of referralIds)
            await this.repository.store.receive(referralId, position, (current) => {
              const decided = current && enrol(referralId, current.state, intake, current.timers);
              return decided && changeOf(decided);
            });
          await this.cases.note(caseId, event, (known) => ({ ...known, intakeCompletedAt: intake.completedAt }));
        }),
        on(CaseEnded, async ({ caseId, referralIds, as, endedAt }) => {
          const ended = { as, at: new Date(endedAt) };
          await this.cases.note(caseId, event, (known) => ({ ...known, ended }));
          for (const referralId of referralIds)
            await this.repository.store.receive(referralId, position, (current) => {
              const decided =
                current && closeWithCase(referralId, current.state, { caseId, ...ended }, [...current.timers]);
              return decided && changeOf(decided);
            });
        }),
        on(CaseReopened, async ({ caseId, referralIds, reopenedAt }) => {
          const reopened = { caseId, at: new Date(reopenedAt) };
          await this.cases.note(caseId, event, ({ ended: _ended, ...known }) => known);
          for (const referralId of referralIds)
            await this.repository.store.receive(referralId, position, (current) => {
              const decided = current && reopenWithCase(referralId, current.state, reopened);
              return decided && changeOf(decided);
            });
        }),
        on(CaseMerged, async ({ caseId: fromCaseId, intoCaseId: caseId, referralIds, mergedAt, intakeCompletedAt }) => {
          const change = changeOfCase(caseId, fromCaseId, mergedAt, intakeCompletedAt);
          for (const referralId of referralIds) {
            await this.repository.store.receive(referralId, position, (current) => {
              const decided = current && moveToCase(referralId, current.state, change, [...current.timers]);
              return decided && changeOf(decided);
            });
            await this.endWith(referralId, caseId, position.traceparent);
          }
        }),
        on(CaseUnmerged, async ({ caseId, fromCaseId, referralIds, unmergedAt, intakeCompletedAt }) => {
          const change = changeOfCase(caseId, fromCaseId, unmergedAt, intakeCompletedAt);
          for (const referralId of referralIds)
            await this.repository.store.receive(referralId, position, (current) => {
              const decided = current && moveBackToCase(referralId, current.state, change, [...current.timers]);
              return decided && changeOf(decided);
            });
        }),
      );
    });
  }

  /** The streams of two cases come in any order: the case that a referral was moved to may have ended already. */
  private async endWith(referralId: string, caseId: string, traceparent: string | undefined): Promise<void> {
    const known = (await this.cases.ofAll([caseId])).get(caseId);
    const referral = known?.ended && (await this.repository.store.load(referralId));
    if (!known?.ended || !referral) return;
    const ended = { caseId, ...known.ended };
    if (!closeWithCase(referralId, referral.state, ended, [...referral.timers])) return;
    await this.repository.store.change(
      referralId,
      ({ state, timers }) => changeOf(closeWithCase(referralId, state, ended, [...timers]) ?? { state, events: [] }),
      { ...(traceparent !== undefined && { traceparent }) },
    );
  }
}

const changeOfCase = (caseId: string, fromCaseId: string, at: string, intakeCompletedAt?: string): CaseChange => ({
  caseId,
  fromCaseId,
  at: new Date(at),
  ...(intakeCompletedAt !== undefined && { intakeCompletedAt: new Date(intakeCompletedAt) }),
});
