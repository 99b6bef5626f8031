import { createPublicKey } from 'node:crypto';
import type { JWK } from 'jose';
import { keyEncryptionKeys } from '@throughline/shared/personal-data';
import { z } from 'zod';

/** Only the public half: with the private one this service could open what is meant for case management alone. */
const publicKey = z.string().transform((text, context): JWK => {
  const refuse = (message: string): never => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  let jwk: unknown;
  try {
    jwk = JSON.parse(text);
  } catch {
    return refuse('must be a JSON Web Key in JSON');
  }
  const { kty, crv, d } = Object(jwk) as JWK;
  if (kty !== 'EC' || crv !== 'P-256') return refuse('must be an EC key on the curve P-256');
  if (d !== undefined) return refuse('must be a public key; this one holds the private part, which belongs elsewhere');
  try {
    createPublicKey({ key: jwk as JWK, format: 'jwk' });
  } catch {
    return refuse('is no point of the curve P-256');
  }
  return jwk as JWK;
});

/** The environment of this service besides the common one. */
export const referralConfig = z.object({
  /** JWK (EC, P-256) that identities are sealed for when a referral is accepted. */
  CASE_MANAGEMENT_PUBLIC_KEY: publicKey,
  /** 32 bytes in base64, or several, the newest first: they wrap the keys under which people are encrypted. */
  FIELD_ENCRYPTION_KEY: keyEncryptionKeys,
  /** 32 bytes in base64, or several, the newest first: what people are matched by at rest is hashed under them. */
  BLIND_INDEX_KEY: keyEncryptionKeys,
  /** Days from the event until the end of a charge hold; sites use 7 to 30. */
  CHARGE_HOLD_DAYS: z.coerce.number().int().min(7).max(30).default(30),
});

export type ReferralConfig = z.infer<typeof referralConfig>;
