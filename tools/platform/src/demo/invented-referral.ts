import { randomBytes } from 'node:crypto';

/** A person who does not exist, at an arrest that the programme is meant for. */
export function inventedReferral(occurredAt: string) {
  const number = randomBytes(3).toString('hex').toUpperCase();
  return {
    source: 'law-enforcement',
    pathway: 'arrest-diversion',
    incidentNumber: `SF-${occurredAt.slice(0, 10)}-${number}`,
    occurredAt,
    district: 'downtown',
    place: 'Plaza, in front of the drugstore',
    person: { givenName: 'Robin', familyName: `Exampleton ${letters(number)}`, birthDate: '1991-04-12' },
    offenses: [{ nibrs: '23C', statute: 'NMSA 30-16-20' }],
    substances: [],
    basisOfBelief: 'direct-observation',
    personAgrees: true,
    facts: {
      dealingBeyondSubsistence: false,
      exploitsMinors: false,
      promotesProstitution: false,
      disqualifyingHistory: false,
    },
  };
}

export type InventedReferral = ReturnType<typeof inventedReferral>;

/** Letters for hexadecimal digits: names have no digits. */
const letters = (hex: string): string =>
  hex.toLowerCase().replace(/\d/g, (digit) => 'ghijklmnop'.charAt(Number(digit)));
