import { ReferralAccepted } from '@throughline/shared/contracts';
import type { EventLog } from '@throughline/shared/persistence';

/** Takes the sealed identity of a referral out of the event log: its receiver has it, or nobody may. */
export async function dropSealedIdentity(log: EventLog, referralId: string): Promise<void> {
  for await (const { event } of log.read(referralId))
    if (event.type === ReferralAccepted.routingKey) await log.dropSealed(referralId, event.seq);
}
