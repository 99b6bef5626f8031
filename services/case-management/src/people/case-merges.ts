import { isDuplicateKey, type Snapshot } from '@throughline/shared/persistence';
import { caseChange, type CasesRepository } from '../cases/cases.repository.js';
import type { CaseDecision, CaseRecord } from '../domain/case.js';
import { giveReferralsBack, mergeInto, mergeSteps, openedBy, takeBack, takeReferrals } from '../domain/merged-cases.js';
import { isOpen } from '../domain/case-states.js';
import type { KnownLinksRepository } from './known-links.repository.js';

/** Steps that others undo in between are planned anew; more often than this, the event that asks is tried again later. */
const ROUNDS = 20;

/** Sees to it that a person has one open case, and that a link that was taken back gives everybody their own again. */
export class CaseMerges {
  constructor(
    private readonly cases: CasesRepository,
    private readonly links: KnownLinksRepository,
  ) {}

  /**
   * Merges and un-merges the cases of the people behind these referrals until nothing is left to do. Each step is one
   * guarded write for each of the two cases, in an order in which a crash between them leaves the step to be done again.
   */
  async settle(referralIds: readonly string[]): Promise<void> {
    for (let round = 0; round < ROUNDS; round += 1) {
      const people = await Promise.all(referralIds.map((id) => this.links.referralsOf(id)));
      const cases = await this.cases.ofReferrals([...new Set(people.flatMap((person) => [...person]))]);
      const personOf = (referralId: string): string | undefined => {
        const person = people.find((one) => one.has(referralId));
        return person && [...person].sort()[0];
      };
      const steps = mergeSteps(
        cases.map(({ id, ...state }) => ({ id, state })),
        personOf,
      );
      if (steps.length === 0) return;
      for (const step of steps) {
        if ('merge' in step) await this.merge(step.merge, step.into);
        else await this.unmerge(step.unmerge, step.from);
      }
    }
    throw new Error('the cases of a person keep changing while they are merged');
  }

  /** Another case of the same person in which they are served now; undefined where there is none. */
  async openElsewhere(caseId: string, state: CaseRecord): Promise<string | undefined> {
    const person = await this.links.referralsOf(openedBy(state) ?? '');
    const cases = await this.cases.ofReferrals([...person]);
    return cases.find((one) => one.id !== caseId && isOpen(one.state) && person.has(openedBy(one) ?? ''))?.id;
  }

  private async merge(id: string, into: string): Promise<void> {
    const rests = await this.cases.store.load(id);
    if (!rests || !isOpen(rests.state.state)) return;
    await this.write(into, (other) => {
      const state = takeReferrals(other, id, rests.state);
      return state && { state, events: [] };
    });
    const goesOn = (await this.cases.store.load(into))?.state;
    if (!goesOn || !isOpen(goesOn.state)) return;
    const intakeCompletedAt = goesOn.intake?.completedAt;
    await this.write(id, (current) => mergeInto(id, current, { caseId: into, intakeCompletedAt }, new Date()));
  }

  private async unmerge(id: string, from: string): Promise<void> {
    await this.write(from, (other) => {
      const state = giveReferralsBack(other, id);
      return state && { state, events: [] };
    });
    const caseManagerId = (await this.cases.store.load(id))?.state.caseManagerId;
    const taken = caseManagerId === undefined ? [] : await this.cases.placesTaken(caseManagerId);
    try {
      await this.write(id, (current) => takeBack(id, current, from, taken, new Date()));
    } catch (error) {
      // another case took the place in the meantime; the next round looks for another one
      if (!isDuplicateKey(error)) throw error;
    }
  }

  /** Writes only where there is something to change. */
  private async write(id: string, decide: (current: CaseRecord) => CaseDecision | undefined): Promise<void> {
    const found = await this.cases.store.load(id);
    if (!found || !decide(found.state)) return;
    await this.cases.store.change(id, ({ state }: Snapshot<CaseRecord>) =>
      caseChange(decide(state) ?? { state, events: [] }),
    );
  }
}
