import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  CaseContacted,
  CaseEnded,
  CaseOpened,
  CaseReopened,
  IntakeCompleted,
  ReferralJoinedCase,
  sequenceOf,
  type CloudEvent,
} from '@throughline/shared/contracts';
import { matchEvent, on, Subscribe } from '@throughline/shared/messaging';
import { Database, EventLog, StreamCursor } from '@throughline/shared/persistence';
import { closeWithCase, reopenWithCase } from '../domain/case-end.js';
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
    const seq = sequenceOf(event);
    const position = { subject: event.subject, seq, contiguous: false };
    await this.cursor.follow(event.subject, seq, async () => {
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
          const ended = { caseId, as, at: new Date(endedAt) };
          for (const referralId of referralIds)
            await this.repository.store.receive(referralId, position, (current) => {
              const decided = current && closeWithCase(referralId, current.state, ended, [...current.timers]);
              return decided && changeOf(decided);
            });
        }),
        on(CaseReopened, async ({ caseId, referralIds, reopenedAt }) => {
          const reopened = { caseId, at: new Date(reopenedAt) };
          for (const referralId of referralIds)
            await this.repository.store.receive(referralId, position, (current) => {
              const decided = current && reopenWithCase(referralId, current.state, reopened);
              return decided && changeOf(decided);
            });
        }),
      );
    });
  }
}
