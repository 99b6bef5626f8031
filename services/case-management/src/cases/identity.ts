import { unseal } from '@throughline/shared/auth';
import { Refusal } from '@throughline/shared/domain';
import type { JWK } from 'jose';
import { z } from 'zod';

/** Who a client is, as the referring officer entered it. */
export const identity = z.object({
  givenName: z.string().min(1).max(200),
  familyName: z.string().min(1).max(200),
  birthDate: z.iso.date().optional(),
  aliases: z.array(z.string().min(1).max(400)).max(50).optional(),
  phone: z.string().min(1).max(100).optional(),
});
export type Identity = z.output<typeof identity>;

/**
 * Opens the sealed identity of an accepted referral.
 * @throws Refusal `seal-missing`, `seal-broken` or `identity-unreadable`, none of which quotes anything
 */
export async function unsealIdentity(
  privateKey: JWK,
  referralId: string,
  sealed: string | undefined,
): Promise<Identity> {
  if (sealed === undefined)
    throw new Refusal('invalid', 'seal-missing', 'the accepted referral brings no sealed identity');
  const opened: unknown = await unseal<object>(privateKey, sealed, { context: referralId }).catch((error: unknown) => {
    // what is no JSON fails with a text that quotes it, and would fail again at each retry
    throw error instanceof Refusal ? error : unreadable();
  });
  const parsed = identity.safeParse(opened);
  if (!parsed.success) throw unreadable();
  return parsed.data;
}

const unreadable = (): Refusal =>
  new Refusal('invalid', 'identity-unreadable', 'what was sealed is not the identity of a person');
