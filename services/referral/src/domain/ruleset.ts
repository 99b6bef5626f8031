import { Refusal } from '@throughline/shared/domain';
import { DEFAULT_RULESET } from '../data/presets/default.js';
import type { Criterion, Ruleset } from './criteria.js';

/** What a prosecutor's office works on before it is published. Nobody is judged by it. */
export interface RulesetDraft {
  id: string;
  /** Counts its changes; what `If-Match` names. */
  revision: number;
  title: string;
  criteria: Criterion[];
  changedBy: string;
  changedAt: Date;
}

/** A version that never changes, with what shows that it did not. */
export interface PublishedVersion {
  ruleset: Ruleset;
  /** SHA-256 of the ruleset's canonical JSON. */
  hash: string;
  draftId?: string;
  publishedBy: string;
  publishedAt: Date;
}

/** All versions of one set of criteria, and the drafts of the next. */
export interface RulesetState {
  /** Oldest first; nothing is ever taken out or changed. */
  versions: PublishedVersion[];
  drafts: RulesetDraft[];
}

export type HashOf = (ruleset: Ruleset) => string;

const DAY_MS = 86_400_000;
const MAX_DRAFTS = 20;
/** With 50 criteria each, so many versions stay well within one document. */
const MAX_VERSIONS = 100;
/** A mistyped year would keep every later version from taking effect before it. */
const MOST_DAYS_AHEAD = 366;

/** Ruleset `default` as it is before anybody published anything. */
export const builtIn = (hashOf: HashOf): RulesetState => ({
  versions: [
    {
      ruleset: DEFAULT_RULESET,
      hash: hashOf(DEFAULT_RULESET),
      publishedBy: 'built-in',
      publishedAt: new Date(DEFAULT_RULESET.effectiveFrom),
    },
  ],
  drafts: [],
});

/** @throws Refusal `too-many-drafts` (409) */
export function withDraft(state: RulesetState, draft: RulesetDraft): RulesetState {
  if (state.drafts.length >= MAX_DRAFTS)
    throw new Refusal('conflict', 'too-many-drafts', `A ruleset has ${MAX_DRAFTS} drafts at most; discard one.`);
  return { ...state, drafts: [...state.drafts, draft] };
}

/**
 * @param revision that the caller has seen
 * @throws Refusal `not-found`, `ruleset-published` (409) for a draft that was published, `version-mismatch` (412)
 */
export function editDraft(
  state: RulesetState,
  draftId: string,
  revision: number,
  content: Omit<RulesetDraft, 'id' | 'revision'>,
): RulesetState {
  const before = draftAt(state, draftId, revision);
  const after: RulesetDraft = { ...content, id: draftId, revision: before.revision + 1 };
  return { ...state, drafts: state.drafts.map((draft) => (draft === before ? after : draft)) };
}

/** @throws Refusal as `editDraft` does */
export function discardDraft(state: RulesetState, draftId: string, revision: number): RulesetState {
  const discarded = draftAt(state, draftId, revision);
  return { ...state, drafts: state.drafts.filter((draft) => draft !== discarded) };
}

/**
 * Makes a draft the next version.
 * @param effectiveFrom from when on new referrals are judged by it: not before `at`, nor before the version that it follows,
 *   which would otherwise take effect again later; nor more than a year from `at`
 * @throws Refusal as `editDraft` does, `validation-failed` (422), `too-many-versions` (409)
 */
export function publish(
  rulesetId: string,
  state: RulesetState,
  draftId: string,
  revision: number,
  { effectiveFrom, by, at }: { effectiveFrom: Date; by: string; at: Date },
  hashOf: HashOf,
): { state: RulesetState; version: PublishedVersion } {
  const draft = draftAt(state, draftId, revision);
  if (state.versions.length >= MAX_VERSIONS)
    throw new Refusal('conflict', 'too-many-versions', `A ruleset has ${MAX_VERSIONS} versions at most.`);
  const last = state.versions.at(-1)?.ruleset;
  if (effectiveFrom < at) throw notEffective('This is in the past; a version cannot judge what was judged already.');
  if (effectiveFrom.getTime() > at.getTime() + MOST_DAYS_AHEAD * DAY_MS)
    throw notEffective('This is more than a year ahead, and no version after it could take effect before.');
  if (last && effectiveFrom < new Date(last.effectiveFrom))
    throw notEffective(`Version ${last.version} takes effect after that, on ${last.effectiveFrom}.`);
  const ruleset: Ruleset = {
    id: rulesetId,
    version: (last?.version ?? 0) + 1,
    title: draft.title,
    effectiveFrom: effectiveFrom.toISOString(),
    criteria: draft.criteria,
  };
  const version = { ruleset, hash: hashOf(ruleset), draftId, publishedBy: by, publishedAt: at };
  return {
    state: { versions: [...state.versions, version], drafts: state.drafts.filter((one) => one !== draft) },
    version,
  };
}

/** @throws Refusal `not-found`, `ruleset-published` (409) for one that became a version */
export function draftOf(state: RulesetState, draftId: string): RulesetDraft {
  const published = state.versions.find((version) => version.draftId === draftId);
  if (published)
    throw new Refusal(
      'conflict',
      'ruleset-published',
      'This draft was published, and a published version never changes: begin another draft from it.',
      { extra: { version: published.ruleset.version } },
    );
  const draft = state.drafts.find(({ id }) => id === draftId);
  if (!draft) throw new Refusal('not-found', 'not-found', 'There is no such draft.');
  return draft;
}

function draftAt(state: RulesetState, draftId: string, revision: number): RulesetDraft {
  const draft = draftOf(state, draftId);
  if (draft.revision !== revision)
    throw new Refusal('precondition-failed', 'version-mismatch', 'Somebody has changed this draft since you read it.');
  return draft;
}

const notEffective = (detail: string): Refusal =>
  new Refusal('invalid', 'validation-failed', 'The version cannot take effect then. See errors.', {
    errors: [{ pointer: '#/effectiveFrom', detail }],
  });
