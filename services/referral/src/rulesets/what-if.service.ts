import { Injectable } from '@nestjs/common';
import { decodeCursor, encodeCursor } from '@throughline/shared/http';
import { AgenciesRepository } from '../agencies/agencies.repository.js';
import type { EligibilityOutcome, Ruleset } from '../domain/criteria.js';
import type { Judgeable } from '../domain/intake.js';
import type { ReferralState } from '../domain/referral.js';
import { reconsider } from '../domain/what-if.js';
import { ReferralsRepository } from '../referrals/referrals.repository.js';
import { RulesetsService } from './rulesets.service.js';
import { whatIfPosition, type WhatIfAnswer, type WhatIfRequest } from './what-if.schemas.js';

/** Referrals in memory at once. */
const BATCH = 500;

type Past = Judgeable & Pick<ReferralState, 'status' | 'evaluations'>;
type Filter = Pick<WhatIfRequest, 'from' | 'to' | 'site' | 'pathway'>;

const none = (): Record<EligibilityOutcome, number> => ({
  eligible: 0,
  'presumptively-ineligible': 0,
  ineligible: 0,
  'information-missing': 0,
});

/** Shows what a draft would have come to on past referrals, before anybody is judged by it. */
@Injectable()
export class WhatIfService {
  constructor(
    private readonly rulesets: RulesetsService,
    private readonly referrals: ReferralsRepository,
    private readonly agencies: AgenciesRepository,
  ) {}

  /**
   * Counts on the first page, and on every page the referrals that would change, newest first. Nothing is written.
   * @throws Refusal `not-found`, `ruleset-published` (409), `cursor-malformed` (400)
   */
  async ask(rulesetId: string, draftId: string, request: WhatIfRequest): Promise<WhatIfAnswer> {
    const { title, criteria } = await this.rulesets.draft(rulesetId, draftId);
    const draft: Ruleset = { id: rulesetId, version: 0, title, effectiveFrom: new Date(0).toISOString(), criteria };
    const { most, limit, cursor, ...filter } = request;
    const after = cursor === undefined ? undefined : decodeCursor(cursor, whatIfPosition);
    const totals = { considered: 0, complete: true, changed: 0, now: none(), then: none() };
    const items: WhatIfAnswer['items'] = [];
    let seen = after?.seen ?? 0;
    let nextCursor: string | undefined;
    let last: { enteredAt: string; id: string; seen: number } | undefined;
    for await (const { id, state } of this.past(filter, after)) {
      if (seen === most) {
        totals.complete = false;
        break;
      }
      seen += 1;
      const judged = state.evaluations.at(-1);
      // what was entered twice or by mistake happened to nobody
      if (!judged || state.status === 'duplicate' || state.status === 'entered-in-error') continue;
      const { now, then, because } = reconsider(state, judged, draft);
      totals.considered += 1;
      totals.now[now] += 1;
      totals.then[then] += 1;
      if (now === then) continue;
      totals.changed += 1;
      if (items.length === limit) {
        nextCursor ??= encodeCursor(last);
        if (after) break;
        continue;
      }
      const { pathway, enteredAt } = state.entered;
      last = { enteredAt: enteredAt.toISOString(), id, seen };
      items.push({ referralId: id, pathway, enteredAt: last.enteredAt, now, then, because });
    }
    return { ...(!after && { totals }), items, ...(nextCursor !== undefined && { nextCursor }) };
  }

  /** Referrals newest first, from the one after `after` on, without what is confidential. */
  private async *past({ from, to, site, pathway }: Filter, after?: { enteredAt: Date; id: string }) {
    const entered = 'state.entered.enteredAt';
    const conditions: object[] = [];
    if (from !== undefined) conditions.push({ [entered]: { $gte: new Date(from) } });
    if (to !== undefined) conditions.push({ [entered]: { $lt: new Date(to) } });
    if (pathway !== undefined) conditions.push({ 'state.entered.pathway': pathway });
    if (site !== undefined) conditions.push({ 'state.site.id': site });
    if (after)
      conditions.push(
        { [entered]: { $lte: after.enteredAt } },
        { $or: [{ [entered]: { $lt: after.enteredAt } }, { _id: { $lt: after.id } }] },
      );
    const cursor = this.referrals.model.collection.find((conditions.length > 0 ? { $and: conditions } : {}) as never, {
      sort: { [entered]: -1, _id: -1 },
      batchSize: BATCH,
      projection: {
        'state.status': 1,
        'state.entered': 1,
        'state.information': 1,
        'state.quarantine': 1,
        'state.siteRules': 1,
        'state.evaluations': { $slice: -1 },
      },
    });
    for await (const doc of cursor) {
      const { _id, state } = doc as unknown as { _id: string; state: Past };
      yield { id: _id, state };
    }
  }
}
