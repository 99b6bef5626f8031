import { generateKeyPair, exportJWK } from 'jose';
import { type Keys, databaseUrl, publicHalf, secretsFor, serviceNames } from './services.js';

describe('the database of a service', () => {
  it.each([
    ['mongodb://127.0.0.1:27017', 'mongodb://127.0.0.1:27017/throughline-referral'],
    ['mongodb://127.0.0.1:27017/', 'mongodb://127.0.0.1:27017/throughline-referral'],
    ['mongodb://a:b@h1:1,h2:2/other?replicaSet=rs0', 'mongodb://a:b@h1:1,h2:2/throughline-referral?replicaSet=rs0'],
    [
      'mongodb+srv://a:b@cluster.example?w=majority',
      'mongodb+srv://a:b@cluster.example/throughline-referral?w=majority',
    ],
  ])('of %s is %s', (server, expected) => {
    expect(databaseUrl(server, 'referral')).toBe(expected);
  });
});

describe('the secrets of a service', () => {
  let keys: Keys;

  beforeAll(async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    keys = {
      caseManagementSealing: await exportJWK(privateKey),
      fieldEncryption: { referral: 'key of referral', 'case-management': 'key of case management' },
    };
  });

  it('are its own: nobody but case management can open what is sealed for it', () => {
    for (const name of serviceNames) {
      const opens = JSON.stringify(secretsFor(name, keys)).includes(keys.caseManagementSealing.d!);
      expect([name, opens]).toEqual([name, name === 'case-management']);
    }
  });

  it('share no key at rest', () => {
    expect(secretsFor('referral', keys)['FIELD_ENCRYPTION_KEY']).not.toBe(
      secretsFor('case-management', keys)['FIELD_ENCRYPTION_KEY'],
    );
  });

  it('hold a key of 32 bytes for blind indexes that is no other key', () => {
    const { BLIND_INDEX_KEY = '', FIELD_ENCRYPTION_KEY } = secretsFor('referral', keys);
    expect(Buffer.from(BLIND_INDEX_KEY, 'base64')).toHaveLength(32);
    expect(BLIND_INDEX_KEY).not.toBe(FIELD_ENCRYPTION_KEY);
    expect(secretsFor('referral', keys)['BLIND_INDEX_KEY']).toBe(BLIND_INDEX_KEY);
  });

  it('take the public half of a private key only', () => {
    expect(publicHalf(keys.caseManagementSealing)).toEqual({
      kty: 'EC',
      crv: 'P-256',
      x: expect.any(String),
      y: expect.any(String),
    });
    expect(() => publicHalf(publicHalf(keys.caseManagementSealing))).toThrow(TypeError);
  });
});
