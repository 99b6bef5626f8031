import {
  AcceptanceRescinded,
  ReferralAccepted,
  ReferralClosed,
  ReferralCorrected,
  ReferralEnrolled,
  ReferralExpired,
  ReferralMovedToCase,
  ReferralReopened,
  ReferralWithdrawn,
  toCloudEvent,
  type CloudEvent,
  type EventDefinition,
} from '@throughline/shared/contracts';
import type { Journey } from '../domain/records.js';
import { evolveJourney } from './journeys.js';

const eventOf = (definition: EventDefinition): CloudEvent =>
  toCloudEvent('/referral', 'r-1', {
    seq: 1,
    id: 'event-1',
    type: definition.routingKey,
    time: new Date(0),
    data: definition.samples[0],
  });
const after = (...definitions: EventDefinition[]): Journey =>
  definitions.reduce<Journey | undefined>((known, definition) => evolveJourney(known, eventOf(definition)), undefined)!;

it.each<[string, EventDefinition, boolean]>([
  ['withdrawn', ReferralWithdrawn, true],
  ['entered-in-error', ReferralCorrected, true],
  ['expired', ReferralExpired, false],
])('closes a journey that is %s', (as, definition, endsHold) => {
  const journey = after(ReferralAccepted, definition);
  expect(journey.ends).toEqual([{ as, at: expect.any(Date) }]);
  expect(journey.chargeHoldEndedAt !== undefined).toBe(endsHold);
});

it('goes on when it is re-opened, and keeps that it was closed until then', () => {
  const until = new Date('2026-03-09T16:20:00.000Z'); // of the golden sample
  const closed = { as: 'closed', at: expect.any(Date) };
  expect(after(ReferralClosed, ReferralReopened).ends).toEqual([{ ...closed, until }]);
  expect(after(ReferralClosed, ReferralReopened, ReferralClosed).ends).toEqual([{ ...closed, until }, closed]);
  expect(after(ReferralReopened)).toEqual({ referralId: 'r-1', offenses: [], ends: [] });
});

it('follows a referral to another case, and takes a satisfied hold back where it is open again', () => {
  const enrolled = after(ReferralAccepted, ReferralEnrolled);
  const moved = (chargeHold: string) => {
    const event = eventOf(ReferralMovedToCase);
    return evolveJourney(enrolled, { ...event, data: { ...(event.data as object), caseId: 'c-9', chargeHold } });
  };
  expect(moved('satisfied')).toEqual({ ...enrolled, caseId: 'c-9' });
  const { chargeHoldSatisfiedAt: _taken, ...held } = enrolled;
  expect(moved('open')).toEqual({ ...held, caseId: 'c-9' });
});

it('ends the hold of a rescinded acceptance and nothing else, unless intake had satisfied it', () => {
  const { chargeHoldEndedAt, ...rest } = after(ReferralAccepted, AcceptanceRescinded);
  expect([chargeHoldEndedAt, rest]).toEqual([expect.any(Date), after(ReferralAccepted)]);
  const enrolled = after(ReferralAccepted, ReferralEnrolled);
  expect(evolveJourney(enrolled, eventOf(AcceptanceRescinded))).toEqual(enrolled);
});
