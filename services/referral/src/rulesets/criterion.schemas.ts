import { z } from 'zod';

const kebabCode = z
  .string()
  .min(1)
  .max(64, { error: 'An id has 64 characters at most.' })
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, { error: 'An id is in kebab-case, as in drug-amount.' });

export const rulesetId = kebabCode;

const sentence = z
  .string()
  .min(10, { error: 'A sentence says something: 10 characters at least.' })
  .max(300, { error: 'A sentence has 300 characters at most.' })
  .regex(/^\P{Cc}*$/u, { error: 'This must hold no control characters.' });

const common = {
  id: kebabCode,
  fact: z.string().min(1).max(64),
  severity: z.enum(['hard', 'presumptive'], { error: 'This must be hard or presumptive.' }),
  overridableBy: z.literal('prosecutor').optional(),
  sentences: z.strictObject({ met: sentence, notMet: sentence, unknown: sentence }),
};

const part = (most: number) => z.int().min(0, { error: 'This is not negative.' }).max(most).optional();

/** One rule, in its shape; what it means together is checked by the domain. */
export const criterion = z
  .discriminatedUnion(
    'operator',
    [
      z.strictObject({
        ...common,
        operator: z.literal('equals'),
        value: z.union([z.boolean(), z.number(), z.string().max(64)], {
          error: 'This must be true or false, a number, or a code.',
        }),
      }),
      z.strictObject({ ...common, operator: z.literal(['at-least', 'at-most']), value: z.number() }),
      z.strictObject({ ...common, operator: z.literal('one-of'), value: z.array(z.string().max(64)).max(50) }),
      z.strictObject({
        ...common,
        operator: z.literal(['none-within', 'some-within']),
        window: z.strictObject({ years: part(100), months: part(1200), days: part(36_500) }),
      }),
    ],
    { error: 'This must be equals, at-least, at-most, one-of, none-within or some-within.' },
  )
  .meta({
    id: 'Criterion',
    description:
      'Met means that nothing stands in the way. Sentences may hold {fact}, and {value} or {window} and {since}.',
  });

export const rulesetView = z
  .object({
    id: rulesetId,
    version: z.int(),
    title: z.string(),
    effectiveFrom: z.iso.datetime(),
    criteria: z.array(criterion),
  })
  .meta({ id: 'Ruleset' });
export type RulesetView = z.infer<typeof rulesetView>;
