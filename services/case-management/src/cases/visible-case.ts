import type { Principal } from '@throughline/shared/auth';
import type { Snapshot } from '@throughline/shared/persistence';
import { assertAssigned, type CaseRecord } from '../domain/case.js';
import { noSuchRecord } from '../domain/visibility.js';
import type { CasesRepository } from './cases.repository.js';

/**
 * The case, to the coordinator and to whoever has it now, or has the one that it was merged into.
 * @throws Refusal `not-found`, to anybody else
 */
export async function visibleCase(
  cases: CasesRepository,
  principal: Principal,
  id: string,
): Promise<Snapshot<CaseRecord>> {
  const found = await cases.store.load(id);
  if (!found) throw noSuchRecord();
  const { caseManagerId, mergedInto } = found.state;
  if (principal.roles.includes('coordinator') || caseManagerId === principal.id) return found;
  const goesOn = mergedInto && (await cases.store.load(mergedInto.caseId));
  if (!goesOn) throw noSuchRecord();
  assertAssigned(goesOn.state, principal.id);
  return found;
}
