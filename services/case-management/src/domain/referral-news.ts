import type { CaseDecision, CaseRecord, ReferralOfCase } from './case.js';

/** What referral intake tells of a referral after its case was opened. */
export interface ReferralNews {
  /** The referral is over on the side of the police and the prosecutor; undefined once it goes on. */
  ended?: { as: string; reason: string; at: Date } | undefined;
  /** The prosecutor took the acceptance back: no charge is held any more, and services go on. */
  acceptanceRescindedAt?: Date;
  /** Charges that were filed later: an alert for whoever stands by the client. */
  charges?: { chargeId: string; about: 'held-charge' | 'new-event'; filedAt: Date }[];
}

/** As many as a referral can have. */
const MAX_CHARGES = 100;

/** Notes what became of a referral, and changes nothing else. Undefined where the case does not serve it. */
export function noteNews(current: CaseRecord, referralId: string, news: ReferralNews): CaseDecision | undefined {
  if (!current.referrals.some((one) => one.referralId === referralId)) return undefined;
  const noted = (one: ReferralOfCase): ReferralOfCase => {
    const charges = [...(one.news?.charges ?? []), ...(news.charges ?? [])].slice(-MAX_CHARGES);
    const { ended, ...rest } = { ...one.news, ...news };
    return { ...one, news: { ...rest, ...(ended && { ended }), ...(charges.length > 0 && { charges }) } };
  };
  const referrals = current.referrals.map((one) => (one.referralId === referralId ? noted(one) : one));
  return { state: { ...current, referrals }, events: [] };
}
