import type { EventDefinition } from '@throughline/shared/contracts';

/** Who publishes the events of a noun, and what their `subject` is. */
export interface EventSource {
  /** CloudEvents source; absent where any service may be it. */
  source?: string;
  /** What the subject of the event identifies. */
  subject: string;
}

const SOURCES: Readonly<Record<string, EventSource>> = {
  referral: { source: '/referral', subject: 'the referral' },
  agency: { source: '/referral', subject: 'the agency' },
  officer: { source: '/referral', subject: 'the officer in an agency' },
  case: { source: '/case-management', subject: 'the case' },
  linkage: { source: '/case-management', subject: 'the linkage' },
  service: { source: '/services-directory', subject: 'the service' },
  replay: { subject: 'whatever the subscriber keeps its requests with' },
};

export const nounOf = ({ name }: EventDefinition): string => name.slice(0, name.indexOf('.'));

/** @throws Error for a noun that nobody has entered above */
export function sourceOf(definition: EventDefinition): EventSource {
  const source = SOURCES[nounOf(definition)];
  if (!source) throw new Error(`say in event-sources.ts who publishes ${definition.name}`);
  return source;
}
