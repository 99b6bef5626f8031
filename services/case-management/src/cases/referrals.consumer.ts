import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  AcceptanceRescinded,
  ChargeRecorded,
  DuplicateFound,
  OutreachEnded,
  PersonDeclined,
  ReferralAccepted,
  ReferralClosed,
  ReferralCorrected,
  ReferralExpired,
  ReferralLinked,
  ReferralReopened,
  ReferralUnlinked,
  ReferralWithdrawn,
  sequenceOf,
  type CloudEvent,
  type DataOf,
  type EventDefinition,
} from '@throughline/shared/contracts';
import { matchEvent, on, Subscribe } from '@throughline/shared/messaging';
import { derivedId, positionOf, StreamCursor } from '@throughline/shared/persistence';
import type { JWK } from 'jose';
import { joinReferral, openCase, type ReferralOfCase } from '../domain/case.js';
import { endByProsecutor } from '../domain/case-end.js';
import { CaseKeys } from './case-keys.js';
import { noteNews, type ReferralNews } from '../domain/referral-news.js';
import { CaseMerges } from '../people/case-merges.js';
import { KnownLinksRepository } from '../people/known-links.repository.js';
import { caseChange, CasesRepository } from './cases.repository.js';
import { unsealIdentity } from './identity.js';
import { identityOf } from './protected-fields.js';

/** The ends of a referral, by the state that each leads to. */
const ENDS: { definition: EventDefinition<{ reason: string; endedAt: string }>; as: string }[] = [
  { definition: ReferralWithdrawn, as: 'withdrawn' },
  { definition: PersonDeclined, as: 'declined-by-person' },
  { definition: OutreachEnded, as: 'unable-to-contact' },
  { definition: ReferralExpired, as: 'expired' },
  { definition: DuplicateFound, as: 'duplicate' },
  { definition: ReferralCorrected, as: 'entered-in-error' },
  { definition: ReferralClosed, as: 'closed' },
];

/** The purpose in whose name referrals are followed. */
export const REFERRALS_QUEUE = 'case-management.referrals';

/** The case of a referral: one referral opens one case, however often it is announced. */
export const caseIdOf = (referralId: string): string => derivedId('case', referralId);

/** The private key that opens what is sealed for this service. */
export class SealingKey {
  constructor(readonly jwk: JWK) {}
}

const referralOf = (data: DataOf<typeof ReferralAccepted>): ReferralOfCase => ({
  referralId: data.referralId,
  pathway: data.pathway,
  agencyId: data.agencyId,
  district: data.district,
  occurredAt: new Date(data.occurredAt),
  decidedAt: new Date(data.decidedAt),
  ...(data.chargeHoldDueAt === undefined ? {} : { chargeHoldDueAt: new Date(data.chargeHoldDueAt) }),
});

/** Opens a case for each accepted referral, unless the person has an open one, which it joins. */
@Controller()
export class ReferralsConsumer {
  constructor(
    private readonly cases: CasesRepository,
    private readonly cursor: StreamCursor,
    private readonly sealing: SealingKey,
    private readonly keys: CaseKeys,
    private readonly links: KnownLinksRepository,
    private readonly merges: CaseMerges,
  ) {}

  @Subscribe(REFERRALS_QUEUE, 'referral.#')
  async receive(@Payload() event: CloudEvent): Promise<void> {
    await this.cursor.follow(event.subject, sequenceOf(event), async () => {
      await matchEvent(
        event,
        on(ReferralAccepted, async (data) => {
          await this.open(data, event);
          await this.merges.settle([data.referralId]);
        }),
        on(ReferralLinked, ({ linkedReferralId }) => this.link(event, linkedReferralId, true)),
        on(ReferralUnlinked, ({ linkedReferralId }) => this.link(event, linkedReferralId, false)),
        on(AcceptanceRescinded, ({ rescindedAt }) =>
          this.note(event, { acceptanceRescindedAt: new Date(rescindedAt) }),
        ),
        on(ChargeRecorded, ({ chargeId, about, filedAt }) =>
          this.note(event, { charges: [{ chargeId, about, filedAt: new Date(filedAt) }] }),
        ),
        on(ReferralReopened, () => this.note(event, { ended: undefined })),
        ...ENDS.map(({ definition, as }) =>
          on(definition, ({ reason, endedAt }) => this.note(event, { ended: { as, reason, at: new Date(endedAt) } })),
        ),
      );
    });
  }

  private async link(event: CloudEvent, other: string, holds: boolean): Promise<void> {
    const position = positionOf(event, { contiguous: false });
    await this.links.note(position, other, holds);
    await this.merges.settle([event.subject, other]);
  }

  /** What became of the referral stands in the case that serves it; where there is none, nobody waits for it. */
  private async note(event: CloudEvent, news: ReferralNews): Promise<void> {
    const position = positionOf(event, { contiguous: false });
    for (const { id } of await this.cases.ofReferrals([event.subject]))
      await this.cases.store.receive(id, position, (current) => {
        const noted = current && noteNews(current.state, event.subject, news);
        if (!noted) return undefined;
        return caseChange((news.ended && endByProsecutor(id, noted.state, news.ended.at, new Date())) ?? noted);
      });
  }

  private async open(data: DataOf<typeof ReferralAccepted>, event: CloudEvent): Promise<void> {
    const caseId = caseIdOf(data.referralId);
    // Sent again after the identity was dropped from its source: the case that it opened has it.
    if ((await this.cases.ofReferrals([data.referralId])).length > 0) return;
    if (await this.join(data, event)) return;
    const person = await unsealIdentity(this.sealing.jwk, data.referralId, data.sealed);
    const protectedIdentity = (await this.keys.of(caseId)).encrypt(person, identityOf(caseId));
    const position = positionOf(event, { contiguous: false });
    await this.cases.store.receive(caseId, position, (current) =>
      current ? undefined : caseChange(openCase(caseId, referralOf(data), protectedIdentity, new Date())),
    );
  }

  /** Joins the oldest open case of the person; false where there is none. */
  private async join(data: DataOf<typeof ReferralAccepted>, event: CloudEvent): Promise<boolean> {
    if (!data.linkedReferralIds) return false;
    const position = positionOf(event, { contiguous: false });
    for (const { id } of await this.cases.ofReferrals(data.linkedReferralIds)) {
      let joined = false;
      await this.cases.store.receive(id, position, (current) => {
        const decided = current && joinReferral(id, current.state, referralOf(data), new Date());
        joined = decided !== undefined;
        return decided && caseChange(decided);
      });
      if (joined) return true;
    }
    return false;
  }
}
