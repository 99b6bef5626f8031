import { pathway } from '@throughline/shared/contracts';
import { z } from 'zod';
import { VERDICTS } from '../domain/person-links.js';
import { REFERRAL_STATUSES } from '../domain/referral-status.js';

const time = z.iso.datetime();
const verdict = z.enum(VERDICTS);
const known = {
  id: z.uuid(),
  agencyId: z.string(),
  officerId: z.string(),
  pathway,
  district: z.string(),
  occurredAt: time,
  state: z.enum(REFERRAL_STATUSES),
};

export const candidatesView = z
  .object({
    items: z.array(
      z.object({
        ...known,
        /** Initials and nothing more, as in the worklist. */
        initials: z.string(),
        /** Bits of evidence for the same person; a referral is listed from 12 on. */
        score: z.number(),
        reasons: z.array(z.object({ code: z.string(), bits: z.number(), sentence: z.string() })),
      }),
    ),
    /** Keys that very many share: only the latest of those were compared. Empty: every one was. */
    leftOut: z.array(z.object({ kind: z.string(), compared: z.int(), sentence: z.string() })),
  })
  .meta({ id: 'MatchCandidates' });
export type CandidatesView = z.infer<typeof candidatesView>;

export const verdictRequest = z
  .strictObject({ verdict: z.enum(VERDICTS, { error: 'This must be same-person or different-people.' }) })
  .meta({ id: 'MatchVerdict' });
export type VerdictRequest = z.infer<typeof verdictRequest>;

export const personView = z
  .object({
    /** Every referral of the person, each with the officer who made it. */
    referrals: z.array(z.object({ ...known, caseId: z.string().optional(), episodeId: z.uuid() })),
    episodes: z.array(
      z.object({
        id: z.uuid(),
        referralIds: z.array(z.uuid()),
        startedAt: time,
        /** The one before, where the person came back after a year or more. */
        previousEpisodeId: z.uuid().optional(),
      }),
    ),
    /** What was said of these referrals, and by whom; what was taken back as well. */
    verdicts: z.array(
      z.object({
        referralIds: z.tuple([z.uuid(), z.uuid()]),
        verdict,
        by: z.string(),
        at: time,
        withdrawnBy: z.string().optional(),
        withdrawnAt: time.optional(),
      }),
    ),
  })
  .meta({ id: 'LinkedPerson' });
export type PersonView = z.infer<typeof personView>;
