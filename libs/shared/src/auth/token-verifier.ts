import { hash as digest, type KeyObject } from 'node:crypto';
import { JwtService } from '@nestjs/jwt';
import { Refusal } from '../domain/index.js';
import { KeySet, type KeySetOptions } from './key-set.js';
import { principalOf, type Principal } from './principal.js';

/** Clocks of two machines differ; more than this is a fault to be fixed, not tolerated. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** Tokens whose verification is remembered; callers at work at once are fewer, and a forgotten one is verified again. */
const REMEMBERED_TOKENS = 5_000;

/** What was found out about a token: it holds until the token expires or its key changes, whichever comes first. */
interface Verified {
  principal: Principal;
  expiresAt: number;
  kid: string;
  key: KeyObject;
}

export interface TokenVerifierOptions extends KeySetOptions {
  audience: string;
}

const invalidToken = (): Refusal =>
  new Refusal('unauthenticated', 'invalid-token', 'The access token is expired, forged or not meant for this service.');

/**
 * Verifies access tokens (RFC 9068 in spirit): ES256 or RS256 by a key of the issuer, `iss`, `aud`, `exp` and `nbf`.
 *
 * A verified token is remembered by its hash, so that a caller at work costs one verification and not one per request:
 * never beyond its expiry, nor beyond the very key that verified it, which is looked up each time.
 *
 * The answer to a bad token never says which check failed, so that it cannot be used to probe.
 */
export class TokenVerifier {
  readonly #keys: KeySet;
  readonly #jwt: JwtService;
  readonly #verified = new Map<string, Verified>();

  constructor(options: TokenVerifierOptions) {
    this.#keys = new KeySet(options);
    this.#jwt = new JwtService({
      verifyOptions: {
        algorithms: ['ES256', 'RS256'],
        issuer: options.issuer,
        audience: options.audience,
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      },
      secretOrKeyProvider: async (_type, token) => {
        const kid = this.#kidOf(String(token));
        const key = kid === undefined ? undefined : await this.#keys.keyOf(kid);
        if (key === undefined) {
          throw invalidToken();
        }
        return key;
      },
    });
  }

  /** The caller that the token names. Throws Refusal `invalid-token` (401) or `identity-provider-unavailable` (503). */
  async verify(token: string): Promise<Principal> {
    const hash = digest('sha256', token, 'base64');
    const known = this.#verified.get(hash);
    if (known !== undefined && Date.now() < known.expiresAt && (await this.#keys.keyOf(known.kid)) === known.key) {
      return known.principal;
    }
    this.#verified.delete(hash);
    const claims = await this.#verifiedClaims(token);
    const principal = principalOf(claims);
    if (principal === undefined) {
      throw invalidToken();
    }
    await this.#remember(hash, token, { principal, expiresAt: (claims as { exp: number }).exp * 1000 });
    return principal;
  }

  async #remember(hash: string, token: string, verified: Omit<Verified, 'kid' | 'key'>): Promise<void> {
    const kid = this.#kidOf(token);
    const key = kid === undefined ? undefined : await this.#keys.keyOf(kid);
    if (kid === undefined || key === undefined) {
      return;
    }
    const [oldest] = this.#verified.keys();
    if (this.#verified.size >= REMEMBERED_TOKENS && oldest !== undefined) {
      this.#verified.delete(oldest);
    }
    this.#verified.set(hash, { ...verified, kid, key });
  }

  async #verifiedClaims(token: string): Promise<unknown> {
    try {
      return await this.#jwt.verifyAsync<Record<string, unknown>>(token);
    } catch (error) {
      throw error instanceof Refusal ? error : invalidToken();
    }
  }

  /** A `crit` header names extensions that must be understood (RFC 7515, 4.1.11); we understand none. */
  #kidOf(token: string): string | undefined {
    const header = this.#jwt.decode<{ header: Record<string, unknown> } | null>(token, { complete: true })?.header;
    return header !== undefined && !('crit' in header) && typeof header['kid'] === 'string' ? header['kid'] : undefined;
  }
}
