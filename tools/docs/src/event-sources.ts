import { STREAM_SOURCES, type EventDefinition } from '@throughline/shared/contracts';

/** Who publishes the events of a noun, and what their `subject` is. */
export interface EventSource {
  /** CloudEvents source; absent where any service may be it. */
  source?: string;
  /** What the subject of the event identifies. */
  subject: string;
}

const SUBJECTS: Readonly<Record<string, string>> = {
  referral: 'the referral',
  agency: 'the agency',
  officer: 'the officer in an agency',
  ruleset: 'the ruleset',
  site: 'the site',
  case: 'the case',
  linkage: 'the linkage',
  consent: 'the consent',
  service: 'the service',
  draft: 'the draft of a change of the directory',
  replay: 'whatever the subscriber keeps its requests with',
};

export const nounOf = ({ name }: EventDefinition): string => name.slice(0, name.indexOf('.'));

/** @throws Error for a noun that nobody has entered above */
export function sourceOf(definition: EventDefinition): EventSource {
  const noun = nounOf(definition);
  const subject = SUBJECTS[noun];
  if (!subject) throw new Error(`say in event-sources.ts what the subject of ${definition.name} is`);
  const source = STREAM_SOURCES[noun];
  return { subject, ...(source && { source }) };
}
