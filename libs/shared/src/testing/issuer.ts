import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';
import type { Role } from '../auth/index.js';

/** The claims of a test token. */
export interface TestClaims {
  sub?: string;
  roles?: readonly Role[];
  agency?: string;
  organization?: string;
  [claim: string]: unknown;
}

export interface TokenOverrides {
  issuer?: string;
  audience?: string;
  /** Seconds from now; negative for a token that has expired. */
  expiresIn?: number;
  /** Seconds from now at which the token begins to be valid. */
  notBefore?: number;
  kid?: string;
  /** Further members of the protected header. */
  header?: Record<string, unknown>;
}

export interface TestIssuer {
  /** The `iss` of its tokens, and where its discovery document is found. */
  url: string;
  /** What a service needs in its environment to believe this issuer. */
  env: { OIDC_ISSUER: string; OIDC_AUDIENCE: string };
  /** A signed access token, valid for five minutes unless overridden. */
  token: (claims?: TestClaims, overrides?: TokenOverrides) => Promise<string>;
  /** Replaces the key: new tokens have a new `kid`, and the old key is no longer published. */
  rotate: () => Promise<void>;
  /** The public key in use. */
  publicJwk: () => JWK;
  /** While true, every request is answered with 503. */
  setDown: (down: boolean) => void;
  /** Requests for keys so far. */
  keyRequests: () => number;
  close: () => Promise<void>;
}

const AUDIENCE = 'throughline';

/** An OpenID Connect issuer on a free port, with ES256 keys of its own, for tests alone. */
export async function testIssuer(): Promise<TestIssuer> {
  let current: { privateKey: CryptoKey; jwk: JWK };
  let generation = 0;
  let down = false;
  let keyRequests = 0;

  const rotate = async (): Promise<void> => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    generation += 1;
    current = {
      privateKey,
      jwk: { ...(await exportJWK(publicKey)), kid: `key-${generation}`, alg: 'ES256', use: 'sig' },
    };
  };
  await rotate();

  const server = createServer((request, response) => {
    const json = (body: unknown): void => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const asksForKeys = request.url === '/jwks';
    keyRequests += asksForKeys ? 1 : 0;
    if (down) {
      response.writeHead(503).end();
    } else if (request.url === '/.well-known/openid-configuration') {
      json({ issuer: url, jwks_uri: `${url}/jwks` });
    } else if (asksForKeys) {
      json({ keys: [current.jwk] });
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    url,
    env: { OIDC_ISSUER: url, OIDC_AUDIENCE: AUDIENCE },
    token: async (claims = {}, overrides = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const token = new SignJWT({ sub: 'persona:test', roles: [], ...claims })
        .setProtectedHeader({
          alg: 'ES256',
          typ: 'at+jwt',
          kid: overrides.kid ?? current.jwk.kid ?? '',
          ...overrides.header,
        })
        .setIssuer(overrides.issuer ?? url)
        .setAudience(overrides.audience ?? AUDIENCE)
        .setIssuedAt(now);
      if (!('exp' in claims)) {
        token.setExpirationTime(now + (overrides.expiresIn ?? 300));
      }
      if (overrides.notBefore !== undefined) {
        token.setNotBefore(now + overrides.notBefore);
      }
      return token.sign(current.privateKey);
    },
    rotate,
    publicJwk: () => current.jwk,
    setDown: (value) => {
      down = value;
    },
    keyRequests: () => keyRequests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
