/** What a person may need. The list is short on purpose: it is read in events and reports, where it must not identify. */
export const NEED_CATEGORIES = [
  'housing',
  'treatment',
  'education',
  'job-skills',
  'health',
  'legal',
  'food',
  'transport',
  'identification',
] as const;
export type NeedCategory = (typeof NEED_CATEGORIES)[number];

/** How a case manager tried to reach a client. */
export const CONTACT_MODES = [
  'in-person',
  'street-outreach',
  'phone',
  'text-message',
  'video',
  'email',
  'letter',
] as const;
export type ContactMode = (typeof CONTACT_MODES)[number];
