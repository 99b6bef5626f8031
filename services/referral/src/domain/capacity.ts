import type { Pathway } from '@throughline/shared/contracts';
import { Refusal } from '@throughline/shared/domain';

/** How full a site is, in people. */
export interface Occupancy {
  /** Whom the site can serve at once, by its policy. */
  places: number;
  /** Who was accepted and is not through. */
  used: number;
  /** Arrest diversions that wait for a decision, or for information to decide on. */
  arrestDiversionsWaiting: number;
}

/** Places that are left for social contacts: those that arrest diversions neither take nor wait for. */
export const leftForSocialContacts = ({ places, used, arrestDiversionsWaiting }: Occupancy): number =>
  Math.max(0, places - used - arrestDiversionsWaiting);

/** True for a social contact that is not served yet, because arrest diversions come first (Cal. Penal Code 1001.87). */
export const waitsForCapacity = (pathway: Pathway, occupancy: Occupancy): boolean =>
  pathway === 'social-contact' && leftForSocialContacts(occupancy) === 0;

/**
 * A social contact is accepted only while capacity remains after arrest diversions (Cal. Penal Code 1001.87). An arrest
 * diversion is never refused for want of a place: its charge has a date.
 * @throws Refusal `waiting-for-capacity` (409), with the figures that say why
 */
export function assertPlaceFor(pathway: Pathway, occupancy: Occupancy): void {
  if (waitsForCapacity(pathway, occupancy))
    throw new Refusal(
      'conflict',
      'waiting-for-capacity',
      'No place is left for a social contact once arrest diversions are served. The referral keeps waiting.',
      { extra: { ...occupancy } },
    );
}
