import { Refusal } from '@throughline/shared/domain';
import type { Principal } from '@throughline/shared/auth';
import type { Editor } from '../domain/editing/draft.js';

/** Who edits, and the one organization whose records that may touch; absent for those who answer for the directory. */
export interface EditingAccess extends Editor {
  /** Of a provider: the organization of the token. Null where the token names none, and then nothing is theirs. */
  organization?: string | null;
}

export function accessOf({ id, roles, organization }: Principal): EditingAccess {
  const isProvider = roles.includes('provider');
  if (roles.includes('admin')) return { id, role: 'admin', isProvider };
  if (roles.includes('coordinator')) return { id, role: 'coordinator', isProvider };
  return { id, role: 'provider', isProvider, organization: organization ?? null };
}

/** Whether somebody may see and change what belongs to an organization, or to none. */
export const mayTouch = ({ organization }: EditingAccess, owner: string | undefined): boolean =>
  organization === undefined || (organization !== null && organization === owner);

/** The one answer for what is not there and for what belongs to somebody else. */
export const notFound = (what: string): Refusal =>
  new Refusal('not-found', `${what}-not-found`, `there is no ${what.replaceAll('-', ' ')} of this id`);
