import { z } from 'zod';
import {
  ageConfirmationRequest,
  approvalRequest,
  birthDateRequest,
  chargeRequest,
  closingRequest,
  declinedByPersonRequest,
  duplicateRequest,
  errorRequest,
  expiryRequest,
  rescissionRequest,
  unableToContactRequest,
  withdrawalRequest,
} from './referral-course.schemas.js';
import { decisionRequest, informationRequest, referralRequest } from './referral-request.schemas.js';

type Schema = Record<string, unknown> & { type?: string; properties?: Record<string, Schema>; items?: Schema };

const BOUNDED: Readonly<Record<string, readonly string[]>> = {
  string: ['maxLength', 'pattern', 'format', 'enum', 'const'],
  number: ['maximum', 'enum'],
  integer: ['maximum', 'enum'],
  array: ['maxItems'],
  object: ['additionalProperties'],
};

/** Every field without a bound, by its path. */
function unbounded(schema: Schema, definitions: Record<string, Schema>, path = ''): string[] {
  const named = typeof schema['$ref'] === 'string' ? definitions[schema['$ref'].split('/').at(-1) ?? ''] : undefined;
  if (named) return unbounded(named, definitions, path);
  const inner = [
    ...Object.entries(schema.properties ?? {}).map(([name, one]) => [`${path}/${name}`, one] as const),
    ...(schema.items ? [[`${path}/0`, schema.items] as const] : []),
    ...((schema['anyOf'] as Schema[] | undefined) ?? []).map((one) => [path, one] as const),
  ].flatMap(([at, one]) => unbounded(one, definitions, at));
  const words = BOUNDED[schema.type ?? ''];
  return words && !words.some((word) => word in schema) ? [path, ...inner] : inner;
}

const boundsMissing = (schema: z.ZodType): string[] => {
  const json = z.toJSONSchema(schema, { io: 'input' }) as Schema;
  return unbounded(json, (json['$defs'] as Record<string, Schema> | undefined) ?? {});
};

it.each(
  Object.entries({
    ageConfirmationRequest,
    approvalRequest,
    birthDateRequest,
    chargeRequest,
    closingRequest,
    decisionRequest,
    declinedByPersonRequest,
    duplicateRequest,
    errorRequest,
    expiryRequest,
    informationRequest,
    referralRequest,
    rescissionRequest,
    unableToContactRequest,
    withdrawalRequest,
  }),
)('every field of %s has a bound', (_name, schema) => {
  expect(boundsMissing(schema)).toEqual([]);
});

it('would find a field without one', () => {
  const loose = z.strictObject({ note: z.string(), list: z.array(z.strictObject({ grams: z.number() })) });
  expect(boundsMissing(loose)).toEqual(['/note', '/list', '/list/0/grams']);
});

const whole = {
  source: 'law-enforcement',
  pathway: 'arrest-diversion',
  incidentNumber: '26-000417',
  occurredAt: '2026-03-02T18:04:00Z',
  district: 'downtown',
  person: { givenName: 'Marisol', familyName: 'Quintanilla', birthDate: '1991-07-04' },
  offenses: [{ nibrs: '35A' }],
  basisOfBelief: 'direct-observation',
};

it.each<[string, object, string]>([
  ['an unknown offense code', { offenses: [{ nibrs: '99Z' }] }, 'offenses.0.nibrs'],
  ['negative grams', { substances: [{ kind: 'heroin', grams: -0.1 }] }, 'substances.0.grams'],
  ['a ton of drugs', { substances: [{ kind: 'heroin', grams: 1_000_000 }] }, 'substances.0.grams'],
  ['a day that is none', { person: { ...whole.person, birthDate: '1990-02-30' } }, 'person.birthDate'],
  ['a name of nothing', { person: { ...whole.person, givenName: ' ' } }, 'person.givenName'],
  [
    'a name that is shown as another',
    { person: { ...whole.person, familyName: 'Na\u202eivlov' } },
    'person.familyName',
  ],
  ['a place of two lines', { place: 'Cerrillos\u2028Road' }, 'place'],
  ['a time without its offset', { occurredAt: '2026-03-02T18:04:00' }, 'occurredAt'],
  ['a maybe', { facts: { activeWarrant: 'maybe' } }, 'facts.activeWarrant'],
  ['what is no referral', { correctsReferralId: '26-000416' }, 'correctsReferralId'],
  ['an arrest for nothing', { offenses: [] }, 'offenses'],
])('%s is refused with its field and a sentence', (_, changes, path) => {
  expect(referralRequest.safeParse(whole).success).toBe(true);
  const issues = referralRequest.safeParse({ ...whole, ...changes }).error?.issues ?? [];
  expect(issues.map((issue) => issue.path.join('.'))).toEqual([path]);
  expect(issues[0]?.message).toMatch(/^[A-Z].+\.$/);
});
