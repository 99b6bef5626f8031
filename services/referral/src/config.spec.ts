import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { referralConfig } from './config.js';

describe('the environment', () => {
  const pair = () => generateKeyPair('ECDH-ES+A256KW', { crv: 'P-256', extractable: true });
  const good = async () => ({
    CASE_MANAGEMENT_PUBLIC_KEY: JSON.stringify(await exportJWK((await pair()).publicKey)),
    FIELD_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    BLIND_INDEX_KEY: randomBytes(32).toString('base64'),
  });

  it('has 30 days for a charge hold', async () => {
    expect(referralConfig.parse(await good())).toMatchObject({
      CHARGE_HOLD_DAYS: 30,
      CASE_MANAGEMENT_PUBLIC_KEY: { kty: 'EC', crv: 'P-256' },
    });
  });

  it.each<[string, string, () => string | Promise<string>]>([
    ['CASE_MANAGEMENT_PUBLIC_KEY', 'no JSON', () => 'abc'],
    ['CASE_MANAGEMENT_PUBLIC_KEY', 'null', () => 'null'],
    ['CASE_MANAGEMENT_PUBLIC_KEY', 'another curve', () => '{"kty":"OKP","crv":"X25519","x":"AA"}'],
    ['CASE_MANAGEMENT_PUBLIC_KEY', 'no point', () => '{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}'],
    [
      'CASE_MANAGEMENT_PUBLIC_KEY',
      'a private key',
      async () => JSON.stringify(await exportJWK((await pair()).privateKey)),
    ],
    ['FIELD_ENCRYPTION_KEY', 'too short', () => randomBytes(31).toString('base64')],
    ['BLIND_INDEX_KEY', 'too short', () => randomBytes(31).toString('base64')],
    ['FIELD_ENCRYPTION_KEY', 'no base64', () => '!'.repeat(43)],
    ['CHARGE_HOLD_DAYS', 'too few', () => '6'],
    ['CHARGE_HOLD_DAYS', 'too many', () => '31'],
  ])('refuses %s: %s', async (name, _, value) => {
    const { error } = referralConfig.safeParse({ ...(await good()), [name]: await value() });
    expect(error?.issues.map(({ path }) => path.join('.'))).toEqual([name]);
  });
});
