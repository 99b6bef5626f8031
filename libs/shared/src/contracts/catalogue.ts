import { agencyEvents } from './agency.events.js';
import { caseEvents } from './case.events.js';
import { consentEvents } from './consent.events.js';
import type { EventDefinition } from './define-event.js';
import { linkageEvents } from './linkage.events.js';
import { referralCourseEvents } from './referral-course.events.js';
import { referralEvents } from './referral.events.js';
import { replayEvents } from './replay.events.js';
import { rulesetEvents } from './ruleset.events.js';
import { serviceEvents } from './service.events.js';
import { siteEvents } from './site.events.js';

/** Every event of the platform, once. */
export const allEvents: readonly EventDefinition[] = [
  ...referralEvents,
  ...referralCourseEvents,
  ...agencyEvents,
  ...siteEvents,
  ...caseEvents,
  ...linkageEvents,
  ...consentEvents,
  ...serviceEvents,
  ...replayEvents,
  ...rulesetEvents,
];

const byRoutingKey = new Map(allEvents.map((definition) => [definition.routingKey, definition]));

/** The definition of a routing key such as `referral.accepted.v1`, or undefined for one that nobody declared. */
export const eventByRoutingKey = (routingKey: string): EventDefinition | undefined => byRoutingKey.get(routingKey);
