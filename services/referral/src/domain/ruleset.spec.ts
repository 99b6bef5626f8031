import { Refusal } from '@throughline/shared/domain';
import { DEFAULT_RULESET } from '../data/presets/default.js';
import { rulesetInForce } from './criteria.js';
import { builtIn, discardDraft, draftOf, editDraft, publish, withDraft, type RulesetDraft } from './ruleset.js';

const AT = new Date('2026-03-02T18:00:00Z');
const hashOf = ({ id, version }: { id: string; version: number }): string => `${id}-${version}`;
const draft = (id = 'd1'): RulesetDraft => ({
  id,
  revision: 1,
  title: 'Next',
  criteria: DEFAULT_RULESET.criteria.slice(0, 2),
  changedBy: 'persona:prosecutor',
  changedAt: AT,
});
const state = withDraft(builtIn(hashOf), draft());
const publishing = (from: string, before = state, id = 'd1', revision = 1) =>
  publish('default', before, id, revision, { effectiveFrom: new Date(from), by: 'p', at: AT }, hashOf);
const codeOf = (attempt: () => unknown): string => {
  try {
    attempt();
  } catch (error) {
    if (error instanceof Refusal) return error.code;
  }
  throw new Error('it was not refused');
};

describe('publishing', () => {
  it('makes the draft the next version, and leaves every earlier one as it was', () => {
    const { state: after, version } = publishing('2026-04-01T06:00:00Z');
    expect(version).toMatchObject({ ruleset: { id: 'default', version: 2, title: 'Next' }, hash: 'default-2' });
    expect(after.versions[0]).toBe(state.versions[0]);
    expect(after.drafts).toEqual([]);
    const rulesets = after.versions.map(({ ruleset }) => ruleset);
    expect(rulesetInForce(rulesets, new Date('2026-04-01T05:59:59Z'))?.version).toBe(1);
    expect(rulesetInForce(rulesets, new Date('2026-04-01T06:00:00Z'))?.version).toBe(2);
  });

  it('takes no past time, nor one before the version that it follows', () => {
    expect(() => publishing('2026-03-02T17:59:59Z')).toThrow(Refusal);
    const two = withDraft(publishing('2026-04-01T06:00:00Z').state, draft('d2'));
    expect(() => publishing('2026-03-31T00:00:00Z', two, 'd2')).toThrow(Refusal);
    const corrected = publishing('2026-04-01T06:00:00Z', two, 'd2').state.versions.map(({ ruleset }) => ruleset);
    expect(rulesetInForce(corrected, new Date('2026-05-01T00:00:00Z'))?.version).toBe(3);
  });

  it('takes no time that would keep later versions waiting for years', () => {
    expect(publishing('2027-03-02T18:00:00Z').version.ruleset.effectiveFrom).toBe('2027-03-02T18:00:00.000Z');
    expect(() => publishing('2027-03-04T18:00:00Z')).toThrow(Refusal);
  });

  it('is final: what was published is no draft any more, for nobody', () => {
    const { state: after } = publishing('2026-04-01T06:00:00Z');
    expect(codeOf(() => editDraft(after, 'd1', 1, draft()))).toBe('ruleset-published');
    expect(codeOf(() => discardDraft(after, 'd1', 1))).toBe('ruleset-published');
    expect(codeOf(() => publishing('2026-05-01T00:00:00Z', after))).toBe('ruleset-published');
  });

  it('ends at 100 versions', () => {
    const [first] = state.versions;
    const full = { ...state, versions: Array.from({ length: 100 }, () => first!) };
    expect(codeOf(() => publishing('2026-05-01T00:00:00Z', full))).toBe('too-many-versions');
  });
});

describe('drafts', () => {
  it('count their changes, and take none from somebody who has not seen the last', () => {
    const edited = editDraft(state, 'd1', 1, { ...draft(), title: 'Other' });
    expect(draftOf(edited, 'd1')).toMatchObject({ revision: 2, title: 'Other' });
    expect(codeOf(() => editDraft(edited, 'd1', 1, draft()))).toBe('version-mismatch');
    expect(codeOf(() => discardDraft(edited, 'd1', 1))).toBe('version-mismatch');
    expect(codeOf(() => publishing('2026-05-01T00:00:00Z', edited))).toBe('version-mismatch');
    expect(discardDraft(edited, 'd1', 2).drafts).toEqual([]);
    expect(codeOf(() => draftOf(edited, 'd9'))).toBe('not-found');
  });

  it('are 20 at most', () => {
    let many = builtIn(hashOf);
    for (let count = 0; count < 20; count += 1) many = withDraft(many, draft(`d${count}`));
    expect(codeOf(() => withDraft(many, draft('one-more')))).toBe('too-many-drafts');
  });
});
