import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { BadEnvironment, readConfig } from '@throughline/shared/http';
import { config } from './config.js';

const jwkOf = (curve: string): string =>
  JSON.stringify(generateKeyPairSync('ec', { namedCurve: curve }).privateKey.export({ format: 'jwk' }));
const good = {
  PORT: '0',
  MONGODB_URL: 'mongodb://127.0.0.1/case',
  AMQP_URL: 'amqp://127.0.0.1',
  OIDC_ISSUER: 'http://127.0.0.1',
  SEALING_PRIVATE_KEY: jwkOf('P-256'),
  FIELD_ENCRYPTION_KEY: randomBytes(32).toString('base64'),
};
const { d: _private, ...publicPart } = JSON.parse(good.SEALING_PRIVATE_KEY) as Record<string, string>;

const problemsOf = (changes: Record<string, string | undefined>): readonly string[] => {
  try {
    readConfig(config, { ...good, ...changes });
    return [];
  } catch (error) {
    if (error instanceof BadEnvironment) return error.problems;
    throw error;
  }
};

describe('the environment of case management', () => {
  it('is taken when it is right, base64url included', () => {
    expect(problemsOf({})).toEqual([]);
    expect(problemsOf({ FIELD_ENCRYPTION_KEY: randomBytes(32).toString('base64url') })).toEqual([]);
  });

  it.each([
    ['missing', undefined],
    ['no JSON', 'secret-canary'],
    ['another curve', jwkOf('P-384')],
    ['a public key', JSON.stringify(publicPart)],
    ['no point of the curve', JSON.stringify({ ...publicPart, d: 'secret-canary', x: 'AAAA' })],
  ])('is refused when the sealing key is %s, without quoting it', (_what, key) => {
    const problems = problemsOf({ SEALING_PRIVATE_KEY: key });
    expect(problems).toEqual([expect.stringMatching(/^SEALING_PRIVATE_KEY/)]);
    expect(problems.join()).not.toContain('secret-canary');
  });

  it.each([
    ['missing', undefined],
    ['too short', randomBytes(16).toString('base64')],
    ['too long', randomBytes(33).toString('base64')],
    ['no base64', '!'.repeat(43)],
  ])('is refused when the encryption key is %s', (_what, key) => {
    expect(problemsOf({ FIELD_ENCRYPTION_KEY: key })).toEqual([expect.stringMatching(/^FIELD_ENCRYPTION_KEY/)]);
  });
});
