import type { Principal } from '@throughline/shared/auth';
import type { Snapshot } from '@throughline/shared/persistence';
import { assertAssigned, type CaseRecord } from '../domain/case.js';
import { noSuchRecord } from '../domain/visibility.js';
import type { CasesRepository } from './cases.repository.js';

/** The case, to the coordinator and to whoever has it now. @throws Refusal `not-found`, to anybody else */
export async function visibleCase(
  cases: CasesRepository,
  principal: Principal,
  id: string,
): Promise<Snapshot<CaseRecord>> {
  const found = await cases.store.load(id);
  if (!found) throw noSuchRecord();
  if (!principal.roles.includes('coordinator')) assertAssigned(found.state, principal.id);
  return found;
}
