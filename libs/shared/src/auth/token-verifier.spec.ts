import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto';
import { jest } from '@jest/globals';
import { JwtService } from '@nestjs/jwt';
import { Refusal } from '../domain/index.js';
import { testIssuer, type TestIssuer } from '../testing/index.js';
import { TokenVerifier } from './index.js';

const officer = { sub: 'persona:officer', roles: ['officer'], agency: 'santa-fe-pd' } as const;

const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const refusalOf = async (attempt: Promise<unknown>): Promise<string> => {
  const thrown: unknown = await attempt.then(
    () => undefined,
    (error: unknown) => error,
  );
  return thrown instanceof Refusal ? `${thrown.kind} ${thrown.code}` : `no refusal: ${String(thrown)}`;
};

const INVALID = 'unauthenticated invalid-token';
const UNAVAILABLE = 'unavailable identity-provider-unavailable';

describe('the token verifier', () => {
  let issuer: TestIssuer;
  let verifier: TokenVerifier;
  let now: number;

  beforeEach(async () => {
    issuer = await testIssuer();
    now = 1_000_000;
    verifier = new TokenVerifier({ issuer: issuer.url, audience: 'throughline', now: () => now });
  });
  afterEach(() => issuer.close());

  it('names the caller of a good token', async () => {
    const token = await issuer.token({ ...officer, organization: 'org-1', name: 'Not Read' });
    expect(await verifier.verify(token)).toEqual({
      id: 'persona:officer',
      roles: ['officer'],
      agency: 'santa-fe-pd',
      organization: 'org-1',
    });
  });

  it('grants a badge no role that opens what happens to people, and leaves the others', async () => {
    for (const badge of ['officer', 'supervisor'] as const) {
      const opening = ['prosecutor', 'coordinator', 'case-manager', 'provider'] as const;
      const hats = await issuer.token({ sub: 'x', roles: [...opening, badge, 'admin', 'analyst'] });
      expect((await verifier.verify(hats)).roles).toEqual([badge, 'analyst', 'admin']);
    }
  });

  it('grants nothing for a role that it does not know, nor for a token without roles', async () => {
    const unknown = await issuer.token({ sub: 'x', roles: ['officer', 'emperor' as 'officer'] });
    expect((await verifier.verify(unknown)).roles).toEqual(['officer']);
    expect((await verifier.verify(await issuer.token({ sub: 'x', roles: undefined }))).roles).toEqual([]);
  });

  it.each([
    ['expired', { expiresIn: -10 }],
    ['not valid yet', { notBefore: 60 }],
    ['for another audience', { audience: 'somewhere-else' }],
    ['of another issuer', { issuer: 'https://elsewhere.example' }],
    ['with an extension that must be understood', { header: { crit: ['b64'], b64: true } }],
  ])('refuses a token %s', async (_, overrides) => {
    expect(await refusalOf(verifier.verify(await issuer.token(officer, overrides)))).toBe(INVALID);
  });

  it('verifies a token once, and believes it neither beyond its expiry nor beyond its key', async () => {
    const verify = jest.spyOn(JwtService.prototype, 'verifyAsync');
    const token = await issuer.token(officer, { expiresIn: 300 });
    const [first, second] = [await verifier.verify(token), await verifier.verify(token)];
    expect(second).toEqual(first);
    expect(verify).toHaveBeenCalledTimes(1);
    const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 306_000);
    expect(await refusalOf(verifier.verify(token))).toBe(INVALID);
    clock.mockRestore();
    expect((await verifier.verify(token)).id).toBe(officer.sub);
    await issuer.rotate();
    now += 11 * 60_000;
    await verifier.verify(await issuer.token(officer));
    expect(await refusalOf(verifier.verify(token))).toBe(INVALID);
    verify.mockRestore();
  });

  it('tolerates five seconds between two clocks', async () => {
    expect((await verifier.verify(await issuer.token(officer, { expiresIn: -3, notBefore: 3 }))).id).toBe(officer.sub);
  });

  it.each([
    ['without an expiry', { exp: undefined }],
    ['without a subject', { sub: undefined }],
    ['with an object as subject', { sub: { $gt: '' } }],
    ['with roles that are no list', { roles: 'officer' }],
  ])('refuses a signed token %s', async (_, claims) => {
    const token = await issuer.token({ ...officer, ...(claims as object) });
    expect(await refusalOf(verifier.verify(token))).toBe(INVALID);
  });

  it('refuses a forged signature, a changed payload and a token of no algorithm', async () => {
    const [header, payload, signature] = (await issuer.token(officer)).split('.') as [string, string, string];
    const forged = Buffer.from(signature, 'base64url');
    forged[10] = (forged[10] ?? 0) ^ 1;
    const admin = base64url({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), roles: ['admin'] });
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
    for (const token of [
      `${header}.${payload}.${forged.toString('base64url')}`,
      `${header}.${admin}.${signature}`,
      `${base64url({ alg: 'none', kid })}.${payload}.`,
      `${base64url({ alg: 'none', kid })}.${payload}.${signature}`,
      `${header}.${payload}`,
      'not a token',
      '',
    ]) {
      expect(await refusalOf(verifier.verify(token))).toBe(INVALID);
    }
  });

  it('refuses HS256 with the public key as the secret', async () => {
    const [, payload] = (await issuer.token(officer)).split('.') as [string, string];
    const jwk = issuer.publicJwk();
    const pem = createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    const header = base64url({ alg: 'HS256', typ: 'JWT', kid: jwk.kid });
    const signature = createHmac('sha256', pem).update(`${header}.${payload}`).digest('base64url');
    expect(await refusalOf(verifier.verify(`${header}.${payload}.${signature}`))).toBe(INVALID);
  });

  it('asks for the keys once, however many tokens come at the same time', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, () => issuer.token(officer)));
    await Promise.all(tokens.map((token) => verifier.verify(token)));
    expect(issuer.keyRequests()).toBe(1);
  });

  it('asks once more for a key id that it does not know, and not again before the cool-down is over', async () => {
    await verifier.verify(await issuer.token(officer));
    now += 5_000;
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const invented = await issuer.token(officer, { kid: `invented-${attempt}` });
      expect(await refusalOf(verifier.verify(invented))).toBe(INVALID);
    }
    expect(issuer.keyRequests()).toBe(2);
    now += 5_000;
    await refusalOf(verifier.verify(await issuer.token(officer, { kid: 'another' })));
    expect(issuer.keyRequests()).toBe(3);
  });

  it('takes a new key after a rotation, and no longer the old one', async () => {
    const old = await issuer.token(officer);
    await verifier.verify(old);
    await issuer.rotate();
    now += 5_000;
    expect((await verifier.verify(await issuer.token(officer))).id).toBe(officer.sub);
    expect(await refusalOf(verifier.verify(old))).toBe(INVALID);
  });

  it('answers 503 with Retry-After while no key can be read, and recovers', async () => {
    issuer.setDown(true);
    const token = await issuer.token(officer);
    await expect(verifier.verify(token)).rejects.toMatchObject({
      kind: 'unavailable',
      code: 'identity-provider-unavailable',
      details: { retryAfterSeconds: 5 },
    });
    issuer.setDown(false);
    now += 5_000;
    expect((await verifier.verify(token)).id).toBe(officer.sub);
  });

  it('goes on with the keys that it knows while the issuer is down, for an hour', async () => {
    const token = await issuer.token(officer);
    await verifier.verify(token);
    issuer.setDown(true);
    now += 59 * 60_000;
    expect((await verifier.verify(token)).id).toBe(officer.sub);
    expect(await refusalOf(verifier.verify(await issuer.token(officer, { kid: 'new' })))).toBe(UNAVAILABLE);
    now += 60_000;
    expect(await refusalOf(verifier.verify(token))).toBe(UNAVAILABLE);
  });

  it('reads the keys from JWKS_URI without discovery, and leaves keys for other uses alone', async () => {
    const direct = new TokenVerifier({ issuer: issuer.url, audience: 'throughline', jwksUri: `${issuer.url}/jwks` });
    expect((await direct.verify(await issuer.token(officer))).id).toBe(officer.sub);
    issuer.publicJwk().use = 'enc';
    const fresh = new TokenVerifier({ issuer: issuer.url, audience: 'throughline', jwksUri: `${issuer.url}/jwks` });
    expect(await refusalOf(fresh.verify(await issuer.token(officer)))).toBe(INVALID);
  });

  it('does not believe a discovery document that names another issuer', async () => {
    const elsewhere = new TokenVerifier({ issuer: `${issuer.url}/`, audience: 'throughline' });
    expect(await refusalOf(elsewhere.verify(await issuer.token(officer)))).toBe(UNAVAILABLE);
  });
});
