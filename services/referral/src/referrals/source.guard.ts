import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import type { FastifyRequest } from 'fastify';
import { Counter } from 'prom-client';
import type { SitePolicy } from '../domain/site-policy.js';

const ONLY_OFFICERS = 'Only a sworn officer can refer a person, at an arrest or out of the knowledge of the beat.';

/** Sources that the programme refuses by name, and what to tell them. */
const REFUSED: Readonly<Record<string, string>> = {
  self: `Nobody can refer themselves. ${ONLY_OFFICERS}`,
  family: `A family cannot refer its member. ${ONLY_OFFICERS}`,
  friend: `Friends cannot refer a person. ${ONLY_OFFICERS}`,
};

const refused = new Counter({
  name: 'throughline_referrals_refused_total',
  help: 'Referrals refused because of their source',
  labelNames: ['reason'],
});

/** Counted by reason, so that a programme sees who asks. */
function refusalOf(source: string, message: string): Refusal {
  const reason = `${source}-referral-not-permitted`;
  refused.inc({ reason });
  return new Refusal('invalid', reason, message, {
    errors: [{ pointer: '#/source', detail: 'Only law-enforcement is taken.' }],
  });
}

/**
 * What the community suggests is refused while the policy of the site says so; an officer refers in any case.
 * @throws Refusal `community-referral-not-permitted` (422)
 */
export function assertSourceOpen(source: string, { pathways }: SitePolicy): void {
  if (source === 'community' && !pathways.community)
    throw refusalOf(source, `This programme takes no referrals from the community. ${ONLY_OFFICERS}`);
}

/**
 * Refuses, before anything else in it is looked at, a referral that comes from the person, family or friends: 422
 * `self-referral-not-permitted` and so on.
 */
@Injectable()
export class SourceGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const body: unknown = context.switchToHttp().getRequest<FastifyRequest>().body;
    const source: unknown = typeof body === 'object' && body !== null && 'source' in body ? body.source : undefined;
    if (typeof source !== 'string' || !Object.hasOwn(REFUSED, source)) return true;
    throw refusalOf(source, REFUSED[source] ?? ONLY_OFFICERS);
  }
}
