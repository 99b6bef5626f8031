import type { Principal } from '@throughline/shared/auth';
import { Refusal } from '@throughline/shared/domain';
import type { CommandKey } from '@throughline/shared/http';
import { isDuplicateKey, type Outcome } from '@throughline/shared/persistence';
import type { CaseRecord } from '../domain/case.js';
import { endCase, reopenCase } from '../domain/case-end.js';
import { hasEnded } from '../domain/case-states.js';
import { CASELOAD_HARD_LIMIT } from '../domain/caseload.js';
import type { CaseMerges } from '../people/case-merges.js';
import type { EndAnswer, EndRequest, ReopeningAnswer, ReopeningRequest } from './case-end.schemas.js';
import { caseChange, type CasesRepository } from './cases.repository.js';
import { visibleCase } from './visible-case.js';

/** The end of a case and its return, by who has the case or coordinates. */
export class CaseEndService {
  constructor(
    private readonly cases: CasesRepository,
    private readonly merges: CaseMerges,
  ) {}

  /** @throws Refusal `not-found`, `version-mismatch`, and what `endCase` throws */
  async end(
    principal: Principal,
    id: string,
    { as, reason, endedAt }: EndRequest,
    command: CommandKey,
    expectedVersion: number,
  ): Promise<Outcome<CaseRecord>> {
    await visibleCase(this.cases, principal, id);
    return this.cases.store.change(
      id,
      ({ state }) => {
        const now = new Date();
        const end = { as, reason, endedAt: new Date(endedAt), enteredBy: principal.id };
        const answer: EndAnswer = { id, state: as, reason, endedAt, enteredAt: now.toISOString() };
        return caseChange(endCase(id, state, end, now), answer);
      },
      { command, expectedVersion },
    );
  }

  /** @throws Refusal `not-found`, `version-mismatch`, `person-has-open-case`, `busy`, and what `reopenCase` throws */
  async reopen(
    principal: Principal,
    id: string,
    { reason }: ReopeningRequest,
    command: CommandKey,
    expectedVersion: number,
  ): Promise<Outcome<CaseRecord>> {
    for (let attempt = 0; attempt < CASELOAD_HARD_LIMIT; attempt += 1) {
      const { state: before } = await visibleCase(this.cases, principal, id);
      const { caseManagerId } = before;
      const openElsewhere = hasEnded(before.state) ? await this.merges.openElsewhere(id, before) : undefined;
      const taken = caseManagerId === undefined ? [] : await this.cases.placesTaken(caseManagerId);
      try {
        return await this.cases.store.change(
          id,
          ({ state }) => {
            if (openElsewhere !== undefined) throw servedElsewhere(openElsewhere);
            const decision = reopenCase(id, state, { reason, by: principal.id, taken }, new Date());
            const answer: ReopeningAnswer = {
              id,
              state: decision.state.state,
              ...(decision.state.caseManagerId !== undefined && { caseManagerId: decision.state.caseManagerId }),
            };
            return caseChange(decision, answer);
          },
          { command, expectedVersion },
        );
      } catch (error) {
        // another case took the place in the meantime; there may be another one
        if (!isDuplicateKey(error)) throw error;
      }
    }
    throw new Refusal('unavailable', 'busy', 'Too many cases are being assigned to this person at once.', {
      retryAfterSeconds: 1,
    });
  }
}

const servedElsewhere = (caseId: string): Refusal =>
  new Refusal('conflict', 'person-has-open-case', 'The person is served in another case, which is open.', {
    extra: { caseId },
  });
