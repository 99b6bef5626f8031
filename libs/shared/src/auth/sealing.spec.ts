import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { sealFor, unseal } from './index.js';

const keyPair = async (): Promise<{ publicKey: JWK; privateKey: JWK }> => {
  const pair = await generateKeyPair('ECDH-ES+A256KW', { extractable: true });
  return { publicKey: await exportJWK(pair.publicKey), privateKey: await exportJWK(pair.privateKey) };
};

const person = { name: 'Ana Ortiz', aliases: ['Nita'] };
const context = 'referral:1';

/** Changes one bit of each part in turn. */
const tampered = (jwe: string): string[] =>
  jwe.split('.').map((part, at, parts) => {
    const bytes = Buffer.from(part, 'base64url');
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
    return parts.map((other, index) => (index === at ? bytes.toString('base64url') : other)).join('.');
  });

const withContext = (jwe: string, ctx: string): string => {
  const [header, ...rest] = jwe.split('.') as [string, ...string[]];
  const claims = JSON.parse(Buffer.from(header, 'base64url').toString()) as object;
  return [Buffer.from(JSON.stringify({ ...claims, ctx })).toString('base64url'), ...rest].join('.');
};

describe('sealing for another service', () => {
  it('opens with the private key and the same context, and shows nothing on the way', async () => {
    const { publicKey, privateKey } = await keyPair();
    const jwe = await sealFor(publicKey, person, { context });
    expect(jwe.split('.')).toHaveLength(5);
    expect(
      jwe
        .split('.')
        .map((part) => Buffer.from(part, 'base64url').toString('latin1'))
        .join(),
    ).not.toContain('Ana');
    expect(await unseal(privateKey, jwe, { context })).toEqual(person);
  });

  it('does not open with another key, in another context, or after a change', async () => {
    const { publicKey, privateKey } = await keyPair();
    const other = await keyPair();
    const jwe = await sealFor(publicKey, person, { context });
    const broken = { kind: 'invalid', code: 'seal-broken' };
    await expect(unseal(other.privateKey, jwe, { context })).rejects.toMatchObject(broken);
    await expect(unseal(privateKey, jwe, { context: 'referral:2' })).rejects.toMatchObject(broken);
    const changed = [withContext(jwe, 'referral:2'), ...tampered(jwe), 'nonsense', ''];
    for (const text of changed) {
      await expect(unseal(privateKey, text, { context: 'referral:2' })).rejects.toMatchObject(broken);
      await expect(unseal(privateKey, text, { context })).rejects.toMatchObject(broken);
    }
    expect(changed).toHaveLength(8);
  });
});
