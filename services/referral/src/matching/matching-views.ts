import type { PersonLink } from '../domain/person-links.js';
import type { ReferralState } from '../domain/referral.js';
import { initialsOf } from '../referrals/worklist-item.js';
import { leftOutSentence, type Candidates } from './candidates.service.js';
import type { CandidatesView, PersonView } from './matching.schemas.js';
import type { LinkedPerson } from './person-links.service.js';

const known = (id: string, { status, entered }: Pick<ReferralState, 'status' | 'entered'>) => ({
  id,
  agencyId: entered.agencyId,
  officerId: entered.officerId,
  pathway: entered.pathway,
  district: entered.district,
  occurredAt: entered.occurredAt.toISOString(),
  state: status,
});

export const candidatesViewOf = ({ candidates, leftOut }: Candidates): CandidatesView => ({
  items: candidates.map(({ id, state, person, score, reasons }) => ({
    ...known(id, state),
    initials: initialsOf(person.givenName, person.familyName),
    score,
    reasons: reasons.map(({ code, bits, sentence }) => ({ code, bits, sentence })),
  })),
  leftOut: leftOut.map((one) => ({ ...one, sentence: leftOutSentence(one) })),
});

export function personViewOf({ referrals, episodes, around }: LinkedPerson): PersonView {
  const own = new Set(referrals.map(({ id }) => id));
  const episodeOf = new Map(episodes.flatMap(({ id, referralIds }) => referralIds.map((referral) => [referral, id])));
  const verdict = (holder: string, { referralId, verdict: said, by, at }: PersonLink) => ({
    referralIds: [holder, referralId] as [string, string],
    verdict: said,
    by,
    at: at.toISOString(),
  });
  return {
    referrals: referrals.map(({ id, state }) => ({
      ...known(id, state),
      ...(state.caseId !== undefined && { caseId: state.caseId }),
      episodeId: episodeOf.get(id) ?? id,
    })),
    episodes: episodes.map(({ startedAt, ...episode }) => ({ ...episode, startedAt: startedAt.toISOString() })),
    verdicts: around
      .flatMap(({ id, links, withdrawnLinks }) => [
        ...links.map((link) => verdict(id, link)),
        ...withdrawnLinks.map((link) => ({
          ...verdict(id, link),
          withdrawnBy: link.withdrawnBy,
          withdrawnAt: link.withdrawnAt.toISOString(),
        })),
      ])
      .filter(({ referralIds }) => referralIds.some((id) => own.has(id)))
      .sort((a, b) => (a.at < b.at ? -1 : 1)),
  };
}
