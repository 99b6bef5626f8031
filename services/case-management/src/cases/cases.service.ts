import type { Principal } from '@throughline/shared/auth';
import { Refusal } from '@throughline/shared/domain';
import type { CommandKey } from '@throughline/shared/http';
import { derivedId, isDuplicateKey, type Outcome } from '@throughline/shared/persistence';
import { assignCaseManager, completeIntake, recordContact, recordNeed, type CaseRecord } from '../domain/case.js';
import { CASELOAD_HARD_LIMIT, caseloadLevel } from '../domain/caseload.js';
import { noSuchRecord } from '../domain/visibility.js';
import type { CaseKey, CaseKeys } from './case-keys.js';
import { caseChange, type CasesRepository, type CaseSummary } from './cases.repository.js';
import type {
  Assignment,
  AssignmentAnswer,
  CasesQuery,
  CompletedIntake,
  ContactAnswer,
  IntakeAnswer,
  NeedAnswer,
  NewContact,
  NewNeed,
} from './cases.schemas.js';
import type { Identity } from './identity.js';
import { goalOf, identityOf, noteOf, type ProtectedText } from './protected-fields.js';
import { visibleCase } from './visible-case.js';

/** A case with its personal data in the clear, for the two roles that work with it. */
export type OpenedCase = Omit<CaseRecord, 'identity'> & { id: string; version: number; identity: Identity };

/** What happens to cases. Everybody but coordinators sees the cases that are assigned to them, and no trace of others. */
export class CasesService {
  constructor(
    private readonly cases: CasesRepository,
    private readonly keys: CaseKeys,
  ) {}

  /** Oldest first: all cases for a coordinator, their own for a case manager. */
  list(principal: Principal, { state, cursor }: CasesQuery, limit: number): Promise<CaseSummary[]> {
    const caseManagerId = principal.roles.includes('coordinator') ? undefined : principal.id;
    return this.cases.list({ state, caseManagerId }, limit, cursor);
  }

  /** @throws Refusal `not-found`, also for a case of somebody else's */
  async open(principal: Principal, id: string): Promise<OpenedCase> {
    const { version, state } = await visibleCase(this.cases, principal, id);
    const key = await this.keys.of(id);
    const identity = key.decrypt<Identity>(state.identity, identityOf(id));
    const contacts = state.contacts.map((one) => ({ ...one, note: reveal(key, one.note, noteOf(id, one.id)) }));
    const needs = state.needs.map((one) => ({ ...one, goal: reveal(key, one.goal, goalOf(id, one.id)) }));
    return { ...state, id, version, identity, contacts, needs };
  }

  /**
   * Gives a case to a case manager.
   * @throws Refusal `caseload-full` at the hard limit, `busy` when too many assign to this person at once
   */
  async assign(
    id: string,
    { caseManagerId }: Assignment,
    command: CommandKey,
    expectedVersion: number,
  ): Promise<Outcome<CaseRecord>> {
    for (let attempt = 0; attempt < CASELOAD_HARD_LIMIT; attempt += 1) {
      const taken = await this.cases.placesTaken(caseManagerId);
      const count = taken.length + 1;
      try {
        return await this.cases.store.change(
          id,
          ({ state: current }) => {
            const decision = assignCaseManager(id, current, { caseManagerId, taken }, new Date());
            return caseChange(decision, {
              id,
              state: decision.state.state,
              caseManagerId,
              caseload: { count, level: caseloadLevel(count), limit: CASELOAD_HARD_LIMIT },
            } satisfies AssignmentAnswer);
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

  async recordContact(
    principal: Principal,
    caseId: string,
    { occurredAt, note, ...contact }: NewContact,
    command: CommandKey,
  ): Promise<Outcome<CaseRecord>> {
    const id = derivedId('contact', command.key);
    const protectedNote = note === undefined ? {} : { note: await this.protect(caseId, note, noteOf(caseId, id)) };
    return this.cases.store.change(
      caseId,
      ({ state: current }) => {
        const entry = { ...contact, ...protectedNote, id, occurredAt: new Date(occurredAt), enteredBy: principal.id };
        const decision = recordContact(caseId, current, entry, new Date());
        return caseChange(decision, { id, caseId, state: decision.state.state } satisfies ContactAnswer);
      },
      { command },
    );
  }

  completeIntake(
    principal: Principal,
    caseId: string,
    intake: CompletedIntake,
    command: CommandKey,
  ): Promise<Outcome<CaseRecord>> {
    return this.cases.store.change(
      caseId,
      ({ state: current }) => {
        const now = new Date();
        const completedAt = new Date(intake.completedAt);
        const decision = completeIntake(caseId, current, { completedAt, enteredBy: principal.id }, now);
        return caseChange(decision, {
          caseId,
          state: decision.state.state,
          completedAt: completedAt.toISOString(),
          enteredAt: now.toISOString(),
        } satisfies IntakeAnswer);
      },
      { command },
    );
  }

  async recordNeed(
    principal: Principal,
    caseId: string,
    { category, goal }: NewNeed,
    command: CommandKey,
  ): Promise<Outcome<CaseRecord>> {
    const id = derivedId('need', command.key);
    const protectedGoal = goal === undefined ? {} : { goal: await this.protect(caseId, goal, goalOf(caseId, id)) };
    return this.cases.store.change(
      caseId,
      ({ state: current }) => {
        const need = { id, category, ...protectedGoal, recordedBy: principal.id };
        return caseChange(recordNeed(caseId, current, need, new Date()), { id, caseId, category } satisfies NeedAnswer);
      },
      { command },
    );
  }

  /** Looks first whether there is such a case, so that no key is made for none. */
  private async protect(caseId: string, text: string, context: string): Promise<string> {
    if (!(await this.cases.store.load(caseId))) throw noSuchRecord();
    return (await this.keys.of(caseId)).encrypt({ text } satisfies ProtectedText, context);
  }
}

const reveal = (key: CaseKey, text: string | undefined, context: string): string | undefined =>
  text === undefined ? undefined : key.decrypt<ProtectedText>(text, context).text;
