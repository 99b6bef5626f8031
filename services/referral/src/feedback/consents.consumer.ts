import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  ConsentExpired,
  ConsentGiven,
  ConsentRevoked,
  sequenceOf,
  type CloudEvent,
} from '@throughline/shared/contracts';
import { matchEvent, on, Subscribe } from '@throughline/shared/messaging';
import { Database, StreamCursor } from '@throughline/shared/persistence';
import { KnownCasesRepository } from './known-cases.repository.js';

const QUEUE = 'referral.consents';

/** Follows the consents of clients: one that has ended, however it ended, is forgotten. */
@Controller()
export class ConsentsConsumer {
  private readonly cursor: StreamCursor;

  constructor(
    database: Database,
    private readonly cases: KnownCasesRepository,
  ) {
    this.cursor = new StreamCursor(database, QUEUE);
  }

  @Subscribe(QUEUE, 'consent.#')
  async consentEvent(@Payload() event: CloudEvent): Promise<void> {
    const forget = ({ consentId, caseId }: { consentId: string; caseId: string }): Promise<void> =>
      this.cases.note(caseId, event, (known) => ({
        ...known,
        consents: known.consents.filter((one) => one.consentId !== consentId),
      }));
    // an end is noted before the order of the stream is looked at: it waits for no earlier event that may be retried for
    // minutes, and a consent whose end is noted is never taken up
    await matchEvent(event, on(ConsentRevoked, forget), on(ConsentExpired, forget));
    await this.cursor.follow(event.subject, sequenceOf(event), async () => {
      await matchEvent(
        event,
        on(ConsentGiven, ({ consentId, caseId, agencyId, information, expiresAt }) =>
          this.cases.note(caseId, event, (known) => ({
            ...known,
            consents: [...known.consents, { consentId, agencyId, information, expiresAt: new Date(expiresAt) }],
          })),
        ),
      );
    });
  }
}
