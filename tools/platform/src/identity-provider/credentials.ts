import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { remember, remembered } from '../infrastructure/remembered.js';
import { personas } from './personas.js';

/** What the local identity provider keeps in its data folder, readable by its owner alone. */
export interface Credentials {
  /** Private ES256 key that signs the tokens. Kept, so that a restart does not make valid tokens invalid. */
  signingKey: JWK;
  /** Client secret of each persona, by name. */
  secrets: Record<string, string>;
  cookieKey: string;
}

export const credentialsFile = (dataDir: string): string => join(dataDir, 'identity-provider.json');

const secret = (): string => randomBytes(24).toString('base64url');

/** The credentials in the data folder; generated on the first run, and completed for personas that came later. */
export async function loadCredentials(dataDir: string): Promise<Credentials> {
  const file = credentialsFile(dataDir);
  const credentials = await remembered<Credentials>(file, async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const signingKey = {
      ...(await exportJWK(privateKey)),
      alg: 'ES256',
      use: 'sig',
      kid: randomBytes(8).toString('hex'),
    };
    return { signingKey, secrets: {}, cookieKey: secret() };
  });
  const missing = personas.filter(({ name }) => credentials.secrets[name] === undefined);
  if (missing.length > 0) {
    for (const { name } of missing) credentials.secrets[name] = secret();
    remember(file, credentials);
  }
  return credentials;
}
