import { openCase } from './case.js';
import { noteNews } from './referral-news.js';

const AT = new Date('2026-03-20T10:00:00Z');
const referral = {
  referralId: 'referral-1',
  pathway: 'arrest-diversion' as const,
  agencyId: 'santa-fe-pd',
  district: 'downtown',
  occurredAt: new Date('2026-03-02T18:00:00Z'),
  decidedAt: new Date('2026-03-03T09:00:00Z'),
};
const opened = openCase('case-1', referral, 'encrypted', AT).state;
const charge = (chargeId: string) => ({ chargeId, about: 'new-event' as const, filedAt: AT });

describe('news of a referral', () => {
  it.each([
    ['edge case 7: a rescinded acceptance', { acceptanceRescindedAt: AT }],
    ['edge case 8: a charge after the hold', { charges: [charge('ch-1')] }],
    ['the end of the referral', { ended: { as: 'withdrawn', reason: 'reconsidered', at: AT } }],
  ])('%s is noted, and the case goes on as it was', (_, news) => {
    const noted = noteNews(opened, 'referral-1', news);
    expect(noted).toEqual({ state: { ...opened, referrals: [{ ...referral, news }] }, events: [] });
  });

  it('adds up, and is nothing to a case that does not serve the referral', () => {
    const first = noteNews(opened, 'referral-1', { charges: [charge('ch-1')] })!.state;
    const second = noteNews(first, 'referral-1', { charges: [charge('ch-2')] })!.state;
    const last = noteNews(second, 'referral-1', { acceptanceRescindedAt: AT })!.state;
    expect(last.referrals[0]?.news).toEqual({
      acceptanceRescindedAt: AT,
      charges: [charge('ch-1'), charge('ch-2')],
    });
    expect(noteNews(opened, 'referral-2', { acceptanceRescindedAt: AT })).toBeUndefined();
  });
});
