import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { Refusal } from '../domain/index.js';

/** Keys are asked for again after this time, so that a key taken out of the set is soon not believed any more. */
const FRESH_MS = 10 * 60_000;
/** With the issuer unreachable, known keys are believed this long: an hour of its outage is not an outage of ours. */
const USABLE_MS = 60 * 60_000;
/** The least time between two requests, so that tokens with invented key ids cannot be used to flood the issuer. */
const COOL_DOWN_MS = 5_000;
const TIMEOUT_MS = 3_000;

export interface KeySetOptions {
  issuer: string;
  /** Where the keys are; without it, the issuer's discovery document says. */
  jwksUri?: string | undefined;
  /** Milliseconds; tests move it. */
  now?: () => number;
}

const jwks = z.object({ keys: z.array(z.looseObject({})) });

/** What of a JWK Set (RFC 7517) may verify our tokens; a set may hold keys for other uses and algorithms. */
const verificationKey = z.union([
  z.looseObject({ kid: z.string(), kty: z.literal('EC'), crv: z.literal('P-256'), alg: z.literal('ES256').optional() }),
  z.looseObject({ kid: z.string(), kty: z.literal('RSA'), alg: z.literal('RS256').optional() }),
]);

const publicKeyOf = (jwk: Record<string, unknown>): [string, KeyObject][] => {
  const { success, data } = verificationKey.safeParse(jwk);
  if (!success || (jwk['use'] ?? 'sig') !== 'sig') {
    return [];
  }
  try {
    return [[data.kid, createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })]];
  } catch {
    return []; // one unreadable key must not take the others away
  }
};

const fetchJson = async (url: string): Promise<Record<string, unknown>> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  if (!response.ok) {
    throw new Error(`status ${response.status}`);
  }
  return (await response.json()) as Record<string, unknown>;
};

/**
 * The public keys of the issuer, by key id.
 *
 * Each request brings the whole set, and an unknown key id leads to one request at most per cool-down. So a flood of
 * invented ids costs the issuer one request in five seconds and even keeps the known keys fresh; a cache per id with a
 * limit of requests (as in jwks-rsa) can be starved by such a flood until the real keys have expired.
 */
export class KeySet {
  readonly #now: () => number;
  #keys = new Map<string, KeyObject>();
  #loadedAt = -Infinity;
  #triedAt = -Infinity;
  #loading: Promise<void> | undefined;
  #failed = false;

  constructor(private readonly options: KeySetOptions) {
    this.#now = options.now ?? Date.now;
  }

  /** The key of that id, or undefined where the issuer has none; throws Refusal `identity-provider-unavailable` (503) when it cannot be known. */
  async keyOf(kid: string): Promise<KeyObject | undefined> {
    if (!this.#keys.has(kid) || this.#age() >= USABLE_MS) {
      await this.#reload();
    } else if (this.#age() >= FRESH_MS) {
      void this.#reload();
    }
    if (this.#age() >= USABLE_MS) {
      throw this.#unavailable();
    }
    const key = this.#keys.get(kid);
    if (key === undefined && this.#failed) {
      throw this.#unavailable();
    }
    return key;
  }

  #age(): number {
    return this.#now() - this.#loadedAt;
  }

  #unavailable(): Refusal {
    return new Refusal('unavailable', 'identity-provider-unavailable', 'The keys of the token issuer cannot be read.', {
      retryAfterSeconds: COOL_DOWN_MS / 1000,
    });
  }

  async #reload(): Promise<void> {
    if (this.#loading === undefined) {
      if (this.#now() - this.#triedAt < COOL_DOWN_MS) {
        return;
      }
      this.#triedAt = this.#now();
      this.#loading = this.#load()
        .then(
          (keys) => {
            this.#keys = keys;
            this.#loadedAt = this.#now();
            this.#failed = false;
          },
          () => {
            this.#failed = true;
          },
        )
        .finally(() => {
          this.#loading = undefined;
        });
    }
    await this.#loading;
  }

  async #load(): Promise<Map<string, KeyObject>> {
    const { keys } = jwks.parse(await fetchJson(this.options.jwksUri ?? (await this.#discover())));
    return new Map(keys.flatMap(publicKeyOf));
  }

  /** OpenID Connect Discovery 1.0, section 4: the document must name the very issuer that was asked. */
  async #discover(): Promise<string> {
    const document = await fetchJson(`${this.options.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
    if (document['issuer'] !== this.options.issuer || typeof document['jwks_uri'] !== 'string') {
      throw new Error('the discovery document does not belong to the issuer');
    }
    return document['jwks_uri'];
  }
}
