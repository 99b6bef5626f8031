import { hkdfSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { remembered } from '../infrastructure/remembered.js';

/** The four services, in the order of their ports after the identity provider's. */
export const serviceNames = ['referral', 'case-management', 'services-directory', 'reporting'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Key material of one platform. Generated, never committed. */
export interface Keys {
  /** Private key that opens what is sealed for case management; referral gets its public half. */
  caseManagementSealing: JWK;
  /** Key-encryption key of each service that keeps personal data: 32 bytes in base64. */
  fieldEncryption: Record<'referral' | 'case-management', string>;
}

/** The keys in the data folder, readable by their owner alone; generated on the first run. */
export function loadKeys(dataDir: string): Promise<Keys> {
  return remembered<Keys>(join(dataDir, 'keys.json'), async () => {
    const { privateKey } = await generateKeyPair('ECDH-ES+A256KW', { crv: 'P-256', extractable: true });
    const secret = () => randomBytes(32).toString('base64');
    return {
      caseManagementSealing: await exportJWK(privateKey),
      fieldEncryption: { referral: secret(), 'case-management': secret() },
    };
  });
}

/** A key for a second purpose (HKDF, RFC 5869), so that a data folder of an earlier version needs no new secret. */
const derivedKey = (secret: string, purpose: string): string =>
  Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'base64'), '', `throughline ${purpose}`, 32)).toString('base64');

/** The public half of an EC key: every member of a private JWK but its `d` (RFC 7518, 6.2.2). */
export function publicHalf({ d, ...rest }: JWK): JWK {
  if (d === undefined) throw new TypeError('this key is not a private one');
  return rest;
}

/** What a service needs to know of the secrets: its own, and nobody else's. */
export function secretsFor(service: ServiceName, keys: Keys): Record<string, string> {
  switch (service) {
    case 'referral':
      return {
        CASE_MANAGEMENT_PUBLIC_KEY: JSON.stringify(publicHalf(keys.caseManagementSealing)),
        FIELD_ENCRYPTION_KEY: keys.fieldEncryption.referral,
        BLIND_INDEX_KEY: derivedKey(keys.fieldEncryption.referral, 'blind index'),
      };
    case 'case-management':
      return {
        SEALING_PRIVATE_KEY: JSON.stringify(keys.caseManagementSealing),
        FIELD_ENCRYPTION_KEY: keys.fieldEncryption['case-management'],
      };
    case 'services-directory':
    case 'reporting':
      return {};
  }
}

/** The connection string of a server with a database of the service's own. */
export function databaseUrl(mongodbUrl: string, service: ServiceName): string {
  const [address, query] = mongodbUrl.split('?', 2) as [string, string | undefined];
  const server = /^mongodb(?:\+srv)?:\/\/[^/]+/.exec(address)?.[0] ?? address;
  return `${server}/throughline-${service}${query ? `?${query}` : ''}`;
}
