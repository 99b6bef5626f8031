/** Of three values, as no source of the directory says everything: what is unknown is never taken for a yes. */
export type Verdict = 'yes' | 'no' | 'unknown';

/** All must hold: one no decides, then one unknown. */
export function allOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('no')) return 'no';
  return verdicts.includes('unknown') ? 'unknown' : 'yes';
}

/** One is enough: one yes decides, then one unknown. */
export function anyOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('yes')) return 'yes';
  return verdicts.includes('unknown') ? 'unknown' : 'no';
}
