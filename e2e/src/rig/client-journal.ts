import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { eventually, type TestIssuer } from '@throughline/shared/testing';
import { AGENCY, OFFICER } from './crash-rig.js';
import type { ServiceProcess } from './service-process.js';

interface Entry {
  /** Ids in the 2xx answers to this key: one, however often it was asked. */
  answers: Set<string>;
  attempts: number;
  /** How the newest attempt ended, for the message about a key that was never answered. */
  last: string;
}

/** Where a request may go: any replica of intake that is there at the moment. */
export type Door = () => string;

/** A name that stands nowhere else, to be looked for where it must not be. */
export const CANARY = `Canary${randomBytes(6).toString('hex')}`;

/** Milliseconds in which whatever was broken must have healed. */
const PATIENCE = 90_000;

/** Submits referrals as clients do who do not give up, and writes down what they were answered. */
export class ClientJournal {
  readonly entries = new Map<string, Entry>();
  private readonly unexpected: string[] = [];

  constructor(private readonly issuer: TestIssuer) {}

  /** Sends so many referrals from so many clients at once; resolves when each has had its 2xx. */
  async submit(count: number, clients: number, door: Door): Promise<void> {
    const token = await this.issuer.token({ sub: OFFICER, roles: ['officer'], agency: AGENCY }, { expiresIn: 3_600 });
    const keys = Array.from({ length: count }, () => randomBytes(8).toString('hex'));
    await Promise.all(
      Array.from({ length: clients }, async () => {
        for (let key = keys.pop(); key; key = keys.pop()) await this.untilAnswered(key, token, door);
      }),
    );
  }

  /**
   * Sends referrals until that process has died at its fault. Replicas share the work, so which of them gets to the step,
   * and when, is not ours to say.
   */
  async submitUntilDeathOf(doomed: ServiceProcess, door: Door): Promise<void> {
    for (let round = 0; round < 12 && doomed.deaths === 0; round += 1) await this.submit(20, 8, door);
    await eventually(() => expect(doomed.deaths).toBe(1), { describe: 'the process dies at its fault' });
  }

  /** Sends one referral once. Answers the status, or 0 where there was no answer. */
  async attempt(key: string, token: string, door: Door): Promise<{ status: number; retryAfter: string | null }> {
    const entry = this.entries.get(key) ?? { answers: new Set(), attempts: 0, last: '' };
    this.entries.set(key, entry);
    entry.attempts += 1;
    try {
      const response = await fetch(`${door()}/v1/referrals`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify(referralOf(key)),
        signal: AbortSignal.timeout(15_000),
      });
      const text = await response.text();
      entry.last = `${response.status} ${text}`;
      if (response.ok) entry.answers.add((JSON.parse(text) as { id: string }).id);
      else if (response.status < 500) this.unexpected.push(`${response.status}: ${text}`);
      return { status: response.status, retryAfter: response.headers.get('retry-after') };
    } catch (error) {
      entry.last = String(error);
      return { status: 0, retryAfter: null };
    }
  }

  /** What the clients saw that they should not have seen. */
  violations(): string[] {
    const several = [...this.entries].filter(([, { answers }]) => answers.size > 1);
    const none = [...this.entries].filter(([, { answers }]) => answers.size === 0);
    return [
      ...this.unexpected,
      ...several.map(([key]) => `the key ${key} was answered with several ids`),
      ...none.map(([key, { last }]) => `the key ${key} was never answered: ${last}`),
    ];
  }

  acknowledged(): string[] {
    return [...this.entries.values()].flatMap(({ answers }) => [...answers]);
  }

  /**
   * Asks with the same key until the answer is final: accepted, or refused for good.
   * @throws Error with the last answer, after so long that no client would still wait
   */
  async untilAnswered(key: string, token: string, door: Door): Promise<void> {
    const deadline = Date.now() + PATIENCE;
    while (Date.now() < deadline) {
      const { status } = await this.attempt(key, token, door);
      if (status >= 200 && status < 500) return;
      await pause(50);
    }
    const { attempts, last } = this.entries.get(key)!;
    throw new Error(`${key} had no answer in ${PATIENCE / 1_000} s and ${attempts} attempts. The last: ${last}`);
  }
}

/** The same for every attempt: a repeated command must say what it said the first time. */
const occurredAt = new Date(Date.now() - 60_000).toISOString();

/** A referral that every criterion lets pass, of a person who exists nowhere. */
export function referralOf(incidentNumber: string): object {
  return {
    source: 'law-enforcement',
    pathway: 'social-contact',
    incidentNumber,
    occurredAt,
    district: 'downtown',
    person: { givenName: CANARY, familyName: `${CANARY}son`, birthDate: '1988-04-12' },
    offenses: [{ nibrs: '23C' }],
    basisOfBelief: 'direct-observation',
    personAgrees: true,
  };
}
