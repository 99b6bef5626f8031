import { Injectable } from '@nestjs/common';
import type { Principal } from '@throughline/shared/auth';
import { RulesetPublished } from '@throughline/shared/contracts';
import { Refusal } from '@throughline/shared/domain';
import { derivedId, occurred, type Change, type CommandKey } from '@throughline/shared/persistence';
import { PRESETS } from '../data/presets/index.js';
import { DEFAULT_RULESET } from '../data/presets/default.js';
import { rulesetInForce, type Ruleset } from '../domain/criteria.js';
import {
  builtIn,
  discardDraft,
  draftOf,
  editDraft,
  publish,
  withDraft,
  type PublishedVersion,
  type RulesetDraft,
  type RulesetState,
} from '../domain/ruleset.js';
import { faultsOf } from '../domain/ruleset-faults.js';
import { hashOf } from './ruleset-hash.js';
import { RulesetsRepository } from './rulesets.repository.js';
import type { DraftAnswer, DraftContent, DraftRequest, PublishAnswer } from './rulesets.schemas.js';

/** Drafts and publishes rulesets, and answers which one judges. */
@Injectable()
export class RulesetsService {
  constructor(private readonly repository: RulesetsRepository) {}

  /**
   * The version that judges what is entered at a time, at most 30 seconds behind what was published elsewhere.
   * @throws Refusal `no-ruleset-in-force` (503), `ruleset-damaged` (503)
   */
  async inForce(rulesetId: string, at: Date): Promise<Ruleset> {
    const found = await this.findInForce(rulesetId, at);
    if (!found)
      throw new Refusal('unavailable', 'no-ruleset-in-force', 'No version of the criteria is in force.', {
        retryAfterSeconds: 60,
      });
    return found;
  }

  /** As `inForce`, and undefined where there is none. */
  async findInForce(rulesetId: string, at: Date): Promise<Ruleset | undefined> {
    const versions = await this.repository.versions(rulesetId);
    const current = rulesetInForce(
      versions.map((published) => {
        const { version, effectiveFrom } = published.ruleset;
        return { version, effectiveFrom, published };
      }),
      at,
    );
    return current && this.repository.verified(current.published);
  }

  /** The version that judged a referral. @throws Refusal `not-found`, `ruleset-damaged` (503) */
  async version(rulesetId: string, version: number): Promise<Ruleset> {
    return this.repository.verified(await this.published(rulesetId, version));
  }

  /** @throws Refusal `not-found` */
  async published(rulesetId: string, version: number): Promise<PublishedVersion> {
    const among = (versions: readonly PublishedVersion[]) => versions.find((one) => one.ruleset.version === version);
    const remembered = among(await this.repository.versions(rulesetId));
    // published elsewhere a moment ago, perhaps
    const found = remembered ?? among((await this.ruleset(rulesetId)).versions);
    if (!found) throw new Refusal('not-found', 'not-found', 'There is no such version.');
    return found;
  }

  /** @throws Refusal `not-found` */
  async ruleset(rulesetId: string): Promise<RulesetState> {
    const found = await this.repository.load(rulesetId);
    if (!found) throw new Refusal('not-found', 'not-found', 'There is no such ruleset.');
    return found;
  }

  /** @throws Refusal `not-found`, `ruleset-published` (409) */
  async draft(rulesetId: string, draftId: string): Promise<RulesetDraft> {
    return draftOf(await this.ruleset(rulesetId), draftId);
  }

  /**
   * Begins a draft with criteria of its own, those of a preset, or those of a version; the first one makes the ruleset.
   * @throws Refusal `not-found`, `validation-failed` (422), `too-many-drafts` (409)
   */
  async begin(rulesetId: string, request: DraftRequest, by: Principal, command: CommandKey): Promise<DraftAnswer> {
    const id = derivedId('ruleset-draft', command.key);
    const content = await this.contentOf(rulesetId, request);
    const draft: RulesetDraft = { id, revision: 1, ...content, changedBy: by.id, changedAt: new Date() };
    const result: DraftAnswer = { id, revision: 1 };
    const change = (state: RulesetState): Change<RulesetState> => ({ state: withDraft(state, draft), result });
    const nothing: RulesetState = rulesetId === DEFAULT_RULESET.id ? builtIn(hashOf) : { versions: [], drafts: [] };
    try {
      return (await this.repository.store.create(rulesetId, change(nothing), command)).result as DraftAnswer;
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== 'already-exists') throw error;
    }
    const changed = await this.repository.store.change(rulesetId, ({ state }) => change(state), { command });
    return changed.result as DraftAnswer;
  }

  /** @throws Refusal `not-found`, `ruleset-published` (409), `version-mismatch` (412), `validation-failed` (422) */
  async edit(
    rulesetId: string,
    draftId: string,
    content: DraftContent,
    by: Principal,
    revision: number,
  ): Promise<DraftAnswer> {
    assertSound(content);
    const { state } = await this.repository.store.change(rulesetId, ({ state: current }) => ({
      state: editDraft(current, draftId, revision, { ...content, changedBy: by.id, changedAt: new Date() }),
    }));
    return { id: draftId, revision: draftOf(state, draftId).revision };
  }

  /** @throws Refusal `not-found`, `ruleset-published` (409), `version-mismatch` (412) */
  async discard(rulesetId: string, draftId: string, revision: number): Promise<void> {
    await this.repository.store.change(rulesetId, ({ state }) => ({ state: discardDraft(state, draftId, revision) }));
  }

  /**
   * @param effectiveFrom left out: from now on
   * @throws Refusal `not-found`, `ruleset-published` (409), `version-mismatch` (412), `validation-failed` (422)
   */
  async publish(
    rulesetId: string,
    draftId: string,
    effectiveFrom: Date | undefined,
    by: Principal,
    command: CommandKey,
    revision: number,
  ): Promise<PublishAnswer> {
    const decide = ({ state: current }: { state: RulesetState }): Change<RulesetState> => {
      const at = new Date();
      const terms = { effectiveFrom: effectiveFrom ?? at, by: by.id, at };
      const { state, version } = publish(rulesetId, current, draftId, revision, terms, hashOf);
      const { ruleset } = version;
      assertSound(ruleset);
      const event = occurred(RulesetPublished, {
        rulesetId,
        version: ruleset.version,
        effectiveFrom: ruleset.effectiveFrom,
        criteria: ruleset.criteria.map(({ id }) => id),
        hash: version.hash,
        publishedAt: at.toISOString(),
      });
      const result: PublishAnswer = {
        id: rulesetId,
        version: ruleset.version,
        effectiveFrom: ruleset.effectiveFrom,
      };
      return { state, events: [event], result };
    };
    const { result } = await this.repository.store.change(rulesetId, decide, { command });
    this.repository.forget(rulesetId);
    return result as PublishAnswer;
  }

  private async contentOf(
    rulesetId: string,
    { title = '', criteria, preset, version }: DraftRequest,
  ): Promise<DraftContent> {
    if (criteria) {
      assertSound({ criteria });
      return { title, criteria };
    }
    const from =
      version === undefined ? PRESETS.find(({ id }) => id === preset) : await this.version(rulesetId, version);
    if (!from) throw new TypeError('the schema knows the presets');
    return { title: title || from.title, criteria: from.criteria };
  }
}

/** @throws Refusal `validation-failed` (422) with a pointer for every fault */
function assertSound({ criteria }: Pick<DraftContent, 'criteria'>): void {
  const errors = faultsOf(criteria);
  if (errors.length > 0)
    throw new Refusal('invalid', 'validation-failed', 'The criteria cannot judge like that. See errors.', { errors });
}
