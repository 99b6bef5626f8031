import type { Journey } from './records.js';

/**
 * How many people are behind these referrals, as far as humans had confirmed by then which are of the same person. Links
 * may lead over referrals that are not counted here.
 * @param all journeys, with their links
 */
export function countPeople(referralIds: readonly string[], all: readonly Journey[], asOf: Date): number {
  const neighbours = new Map<string, string[]>();
  for (const { referralId, links = [] } of all)
    for (const { referralId: other, linkedAt, unlinkedAt } of links) {
      if (linkedAt > asOf || (unlinkedAt && unlinkedAt <= asOf)) continue;
      neighbours.set(referralId, [...(neighbours.get(referralId) ?? []), other]);
      neighbours.set(other, [...(neighbours.get(other) ?? []), referralId]);
    }
  const seen = new Set<string>();
  let people = 0;
  for (const id of referralIds) {
    if (seen.has(id)) continue;
    people += 1;
    const person = new Set([id]);
    for (const member of person) for (const neighbour of neighbours.get(member) ?? []) person.add(neighbour);
    for (const member of person) seen.add(member);
  }
  return people;
}
