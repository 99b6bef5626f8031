import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from '@throughline/shared/http';
import { z } from 'zod';
import { SERVICE_STATUSES } from '../domain/hsds.js';
import { FIT_ASPECTS } from '../domain/search/client-fit.js';
import { ACCESSIBILITY_KINDS, DOCUMENT_KINDS, POPULATION_KINDS } from '../domain/search/fit-vocabulary.js';
import { DERIVED_VALUES } from '../domain/search/search-query.js';
import { wordsOf } from '../domain/words.js';

const MAX_WORDS = 12;
const MAX_CHOSEN = 20;

const text = z
  .string()
  .min(1)
  .max(200)
  .refine((value) => wordsOf(value).length <= MAX_WORDS, { error: `holds more than ${MAX_WORDS} words` });
const chosen = <Value extends z.ZodType>(value: Value) => z.array(value).min(1).max(MAX_CHOSEN).optional();
const name = z.string().min(1).max(200);
const latitude = z.number().min(-90).max(90);
const longitude = z.number().min(-180).max(180);
const withinKm = z.number().gt(0).max(500).default(25);
const openAt = z.iso.datetime({ offset: true });
const choices = {
  category: chosen(name).describe('Ids or codes of taxonomy terms; narrower terms are included.'),
  organization: chosen(name),
  city: chosen(name),
  language: chosen(name).describe('Codes, as the facet shows them.'),
  accessibility: chosen(z.enum(ACCESSIBILITY_KINDS)),
  delivery: chosen(z.enum(['in-person', 'remote', 'area-only', 'unknown'])),
  cost: chosen(z.enum(DERIVED_VALUES.cost)),
  capacity: chosen(z.enum(DERIVED_VALUES.capacity)),
  freshness: chosen(z.enum(DERIVED_VALUES.freshness)),
};
const common = {
  text: text.optional().describe('Words that must all be found: as typed, as beginnings, or with typing errors.'),
  openAt: openAt.optional().describe('A moment for which opening hours and prices are told.'),
  open: z.enum(['yes', 'maybe']).optional().describe('Leaves out what is closed; `yes` also what is unknown.'),
  reach: z
    .enum(['yes', 'maybe'])
    .default('maybe')
    .describe('`yes` leaves out what is not certain to reach the client.'),
  status: z.array(z.enum(SERVICE_STATUSES)).min(1).default(['active']),
  cursor: z.string().min(1).max(1000).optional(),
};

/** What is known about a client. In the body of a POST alone: an address ends up in logs. */
export const clientProfile = z
  .strictObject({
    age: z.number().min(0).max(130).optional(),
    canPay: z.number().min(0).max(1_000_000).optional().describe('The most that the client can pay.'),
    languages: z.array(name).min(1).max(10).optional().describe('Any of them will do.'),
    documents: z.array(z.enum(DOCUMENT_KINDS)).optional().describe('Those that the client has.'),
    accessibility: z.array(z.enum(ACCESSIBILITY_KINDS)).min(1).optional().describe('All that the client needs.'),
    populations: z
      .partialRecord(z.enum(POPULATION_KINDS), z.boolean())
      .optional()
      .describe('Groups that the client belongs to, or not.'),
  })
  .meta({ id: 'ClientProfile' });

/** The search as a body. */
export const searchBody = z
  .strictObject({
    ...common,
    ...choices,
    near: z.strictObject({ latitude, longitude, withinKm }).optional(),
    area: z.array(name).min(1).max(10).optional().describe('Names of the areas where the client lives; with `near`.'),
    client: clientProfile.optional(),
    fit: z.enum(['yes', 'maybe', 'any']).default('maybe').describe('`any` also shows what does not fit, and why.'),
    limit: z.int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
  })
  .refine(({ area, near }) => !area || near, { error: 'an area needs near', path: ['area'] })
  .meta({ id: 'SearchQuery' });
export type SearchBody = z.output<typeof searchBody>;

/** A parameter that may be repeated. */
const repeated = <List extends z.ZodType>(list: List) =>
  z.preprocess((value) => (typeof value === 'string' ? [value] : value), list);
const number = z
  .string()
  .regex(/^-?\d{1,3}(\.\d{1,15})?$/, 'is a number')
  .transform(Number);

/** The search as an address: everything but what is about a client. */
export const searchParameters = z
  .strictObject({
    ...common,
    status: repeated(common.status),
    ...(Object.fromEntries(Object.entries(choices).map(([facet, list]) => [facet, repeated(list)])) as {
      [Choice in keyof typeof choices]: z.ZodPreprocess<(typeof choices)[Choice]>;
    }),
    latitude: number.pipe(latitude).optional(),
    longitude: number.pipe(longitude).optional(),
    withinKm: number.pipe(z.number().gt(0).max(500)).default(25),
    area: repeated(z.array(name).min(1).max(10).optional()),
    limit: z.coerce.number().int().min(1).max(MAX_PAGE_SIZE).default(DEFAULT_PAGE_SIZE),
  })
  .refine(({ latitude, longitude }) => (latitude === undefined) === (longitude === undefined), {
    error: 'latitude and longitude come together',
    path: ['latitude'],
  })
  .refine(({ area, latitude }) => !area || latitude !== undefined, { error: 'an area needs a place', path: ['area'] });
export type SearchParameters = z.output<typeof searchParameters>;

export const suggestionParameters = z.strictObject({ text: z.string().min(1).max(200) });

/** Place of the last hit of a page, and the moment of the first, so that pages belong together. */
export const searchCursor = z.strictObject({ now: z.int().min(0), score: z.int(), id: z.string().max(128) });

const verdict = z.enum(['yes', 'no', 'unknown']);
const facetValues = z.array(z.object({ value: z.string(), label: z.string().optional(), count: z.int() }));

export const searchAnswer = z
  .object({
    total: z.int(),
    items: z.array(
      z.object({
        service: z
          .object({
            id: z.string(),
            name: z.string(),
            status: z.enum(SERVICE_STATUSES),
            organization: z.object({ id: z.string(), name: z.string() }),
            summary: z.string().optional(),
            eligibility: z.string().optional(),
            alert: z.string().optional(),
            url: z.string().optional(),
            email: z.string().optional(),
            phone: z.string().optional(),
            assuredDate: z.string().optional(),
            lastModified: z.string(),
            categories: z.array(z.string()),
            places: z.array(
              z.object({ name: z.string().optional(), address: z.string().optional(), city: z.string().optional() }),
            ),
            capacities: z.array(
              z.object({
                unit: z.string().optional(),
                available: z.number(),
                maximum: z.number().optional(),
                updated: z.string(),
              }),
            ),
          })
          .describe('The whole record: GET /hsds/services/{id}.'),
        score: z.int().describe('The sum of the points in `why`.'),
        why: z.array(z.object({ points: z.int(), reason: z.string() })),
        open: z.object({ verdict, reason: z.string() }).optional(),
        reach: z.object({ verdict, distanceKm: z.number().optional(), reason: z.string() }).optional(),
        fit: z
          .object({
            verdict,
            reasons: z.array(z.object({ aspect: z.enum(FIT_ASPECTS), verdict, reason: z.string() })),
          })
          .optional(),
        cost: z.enum(DERIVED_VALUES.cost),
        capacity: z.enum(DERIVED_VALUES.capacity),
        freshness: z.enum(DERIVED_VALUES.freshness),
      }),
    ),
    nextCursor: z.string().optional(),
    words: z
      .array(
        z.object({
          typed: z.string(),
          match: z.enum(['exact', 'prefix', 'similar', 'none']),
          readAs: z.array(z.string()).describe('The most frequent words that it was read as.'),
        }),
      )
      .describe('How each word was understood.'),
    didYouMean: z.string().optional(),
    facets: z
      .record(z.string(), facetValues)
      .describe('For each facet its values with how many hits there would be without a choice in this facet.'),
  })
  .meta({ id: 'SearchAnswer' });
export type SearchAnswer = z.output<typeof searchAnswer>;

export const suggestions = z
  .object({
    completions: z.array(z.string()),
    categories: z.array(z.object({ id: z.string(), name: z.string(), count: z.int() })),
  })
  .meta({ id: 'Suggestions' });
