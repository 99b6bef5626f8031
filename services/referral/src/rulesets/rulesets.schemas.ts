import { pageQuery } from '@throughline/shared/http';
import { z } from 'zod';
import { PRESETS } from '../data/presets/index.js';
import { FACTS } from '../domain/fact-catalogue.js';
import { criterion, rulesetId, rulesetView } from './criterion.schemas.js';

export const draftId = z.uuid();
export const versionNumber = z.coerce.number().int().min(1).max(100_000);
const instant = z.iso.datetime({ offset: true, error: 'This must be a date and time with its offset.' });

const title = z
  .string()
  .trim()
  .min(1, { error: 'A ruleset has a title.' })
  .max(120)
  .regex(/^\P{Cc}*$/u, { error: 'This must hold no control characters.' });

const criteria = z
  .array(criterion)
  .min(1, { error: 'A ruleset has at least one criterion.' })
  .max(50, { error: 'A ruleset has 50 criteria at most.' });

export const draftContent = z.strictObject({ title, criteria }).meta({ id: 'RulesetDraftContent' });
export type DraftContent = z.infer<typeof draftContent>;

export const draftRequest = z
  .strictObject({
    title: title.optional(),
    criteria: criteria.optional(),
    preset: z
      .enum(PRESETS.map(({ id }) => id) as [string, ...string[]], { error: 'There is no such preset.' })
      .optional(),
    version: z.int().min(1).max(100_000).optional(),
  })
  .refine((from) => [from.criteria, from.preset, from.version].filter((one) => one !== undefined).length === 1, {
    error: 'Give either criteria, or a preset, or a version.',
  })
  .refine(({ title: given, criteria: own }) => own === undefined || given !== undefined, {
    error: 'A ruleset has a title.',
    path: ['title'],
  })
  .meta({
    id: 'RulesetDraftRequest',
    description: 'A title and criteria, or those of a preset, or those of a published version of this ruleset.',
  });
export type DraftRequest = z.infer<typeof draftRequest>;

export const draftAnswer = z.object({ id: draftId, revision: z.int() }).meta({ id: 'RulesetDraftSaved' });
export type DraftAnswer = z.infer<typeof draftAnswer>;

export const draftView = z
  .object({
    id: draftId,
    revision: z.int(),
    ...draftContent.shape,
    changedBy: z.string(),
    changedAt: z.iso.datetime(),
  })
  .meta({ id: 'RulesetDraft' });
export type DraftView = z.infer<typeof draftView>;

export const draftList = z.object({ items: z.array(draftView) }).meta({ id: 'RulesetDrafts' });

export const publishRequest = z
  .strictObject({
    effectiveFrom: instant
      .optional()
      .meta({ description: 'Left out: from now on. Never in the past, nor more than a year ahead.' }),
  })
  .meta({ id: 'PublishRequest' });
export type PublishRequest = z.infer<typeof publishRequest>;

export const publishAnswer = z
  .object({ id: rulesetId, version: z.int(), effectiveFrom: z.iso.datetime() })
  .meta({ id: 'RulesetPublished' });
export type PublishAnswer = z.infer<typeof publishAnswer>;

export const versionView = z
  .object({
    ...rulesetView.shape,
    hash: z.string().meta({ description: 'SHA-256 of the ruleset as it was published.' }),
    publishedBy: z.string(),
    publishedAt: z.iso.datetime(),
  })
  .meta({ id: 'RulesetVersion' });
export type VersionView = z.infer<typeof versionView>;

export const versionList = z
  .object({
    items: z.array(versionView.omit({ criteria: true })),
    inForce: z.int().optional().meta({ description: 'The version in force at the time asked for; none may be.' }),
  })
  .meta({ id: 'RulesetVersions' });
export type VersionList = z.infer<typeof versionList>;

export const versionsQuery = z.strictObject({ at: instant.optional() });
export type VersionsQuery = z.infer<typeof versionsQuery>;

export const rulesetsQuery = pageQuery;
export type RulesetsQuery = z.infer<typeof rulesetsQuery>;

export const rulesetPage = z
  .object({ items: z.array(z.object({ id: rulesetId })), nextCursor: z.string().optional() })
  .meta({ id: 'RulesetPage' });

export const presetList = z
  .object({
    items: z.array(z.object({ id: z.string(), title: z.string(), source: z.string(), criteria: z.array(criterion) })),
    facts: z.array(
      z.object({
        fact: z.enum(Object.keys(FACTS) as [string, ...string[]]),
        kind: z.enum(['boolean', 'number', 'code', 'dates']),
        says: z.string(),
      }),
    ),
  })
  .meta({ id: 'RulesetPresets', description: 'Criteria to begin a draft with, and the facts that one may look at.' });
export type PresetList = z.infer<typeof presetList>;
