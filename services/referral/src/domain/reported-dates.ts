import type { FieldError } from '@throughline/shared/domain';
import type { ReportedFacts } from './referral.js';

/**
 * Days among the facts that cannot be, one entry per day, empty where all of them can.
 * @param first before it the person was surely not born
 * @param today on the wall of the site: what is reported has happened
 */
export function impossibleDates(facts: ReportedFacts, first: string, today: string): FieldError[] {
  return Object.entries(facts).flatMap(([name, value]) => {
    if (!Array.isArray(value)) return [];
    return value.flatMap((date: string, index): FieldError[] => {
      const pointer = `#/facts/${name}/${index}`;
      if (date > today) return [{ pointer, detail: 'This is in the future.' }];
      return date < first ? [{ pointer, detail: 'The person was not born yet.' }] : [];
    });
  });
}
