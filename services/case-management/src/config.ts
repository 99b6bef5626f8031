import { createPrivateKey } from 'node:crypto';
import { keyEncryptionKeys } from '@throughline/shared/personal-data';
import { z } from 'zod';

/** RFC 7518, 6.2: an elliptic-curve private key on P-256, with its other members left as they are. */
const privateJwk = z.looseObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});

const sealingKey = z.string().transform((text, context) => {
  try {
    const jwk = privateJwk.parse(JSON.parse(text));
    createPrivateKey({ key: jwk, format: 'jwk' });
    return jwk;
  } catch {
    // what was wrong is not said: it would quote a secret
    context.addIssue({ code: 'custom', message: 'must be an EC P-256 private key as JWK JSON' });
    return z.NEVER;
  }
});

/** What this service reads from its environment besides the common variables. */
export const config = z.object({
  /** Opens what the referral service seals for this one: the identity of an accepted person. */
  SEALING_PRIVATE_KEY: sealingKey,
  /** 32 bytes in base64, or several, the newest first: they wrap the keys under which people are encrypted. */
  FIELD_ENCRYPTION_KEY: keyEncryptionKeys,
});

export type Config = z.output<typeof config>;
