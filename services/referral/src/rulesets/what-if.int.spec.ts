import { randomUUID } from 'node:crypto';
import { DEFAULT_CRITERIA } from '../data/presets/default.js';
import { startReferral, type RunningReferral } from '../running-referral.fixture.js';
import type { WhatIfAnswer } from './what-if.schemas.js';

/** More than are in memory at once. */
const REFERRALS = 620;
const DAY = 86_400_000;

describe('what if a draft had judged', () => {
  let running: RunningReferral;
  let path: string;
  const newest = new Date('2026-06-01T12:00:00Z').getTime();

  beforeAll(async () => {
    running = await startReferral();
    const { tokens, post, database } = running;
    // 5 g on every third, which three grams would not let pass
    const id = await running.submit({ substances: [{ kind: 'heroin', grams: 0.4 }] });
    const collection = database.collection<{ _id: string }>('referrals');
    const one = (await collection.findOne({ _id: id })) as unknown as { state: { entered: object } };
    await collection.deleteOne({ _id: id });
    const copies = Array.from({ length: REFERRALS }, (_, index) => ({
      ...one,
      _id: randomUUID(),
      outbox: [],
      ob: undefined,
      state: {
        ...one.state,
        ...(index >= 615 && { status: 'entered-in-error' }),
        entered: {
          ...one.state.entered,
          enteredAt: new Date(newest - Math.floor(index / 12) * 12 * 60_000),
          ...(index % 3 === 0 && { substances: [{ kind: 'heroin', grams: 5 }] }),
          ...(index % 4 < 2 && { pathway: 'social-contact' }),
        },
      },
    }));
    await collection.insertMany(copies as never);
    const criteria = DEFAULT_CRITERIA.map((criterion) =>
      criterion.id === 'drug-amount' ? { ...criterion, value: 3 } : criterion,
    );
    const draft = await post<{ id: string }>('/v1/rulesets/default/drafts', tokens.prosecutor, {
      title: 'x',
      criteria,
    });
    path = `/v1/rulesets/default/drafts/${draft.body.id}/what-if`;
  }, 60_000);
  afterAll(() => running?.close(), 60_000);

  const ask = (body: object, as = running.tokens.prosecutor) =>
    running.request<WhatIfAnswer & { errors?: { pointer: string }[] }>('POST', path, { token: as, body });

  it('judges the newest again, as many as were asked for, and says that there are more', async () => {
    const { status, body, text } = await ask({ limit: 2, most: 600 });
    expect(status).toBe(200);
    const counts = { eligible: 600, 'presumptively-ineligible': 0, ineligible: 0, 'information-missing': 0 };
    expect(body.totals).toEqual({
      considered: 600,
      complete: false,
      changed: 200,
      now: counts,
      then: { ...counts, eligible: 400, 'presumptively-ineligible': 200 },
    });
    expect(body.items).toHaveLength(2);
    expect(body.items[0]).toEqual({
      referralId: expect.any(String),
      pathway: expect.any(String),
      enteredAt: new Date(newest).toISOString(),
      now: 'eligible',
      then: 'presumptively-ineligible',
      because: [{ criterion: 'drug-amount', now: 'met', then: 'not-met' }],
    });
    expect(text).not.toMatch(/Marisol|Quintanilla|26-000417|persona:/);
  });

  it('pages through what would change, each once, newest first, by period, site and pathway', async () => {
    const question = {
      from: new Date(newest - 60 * 60_000).toISOString(),
      to: new Date(newest).toISOString(),
      site: 'default',
      pathway: 'social-contact',
      limit: 3,
    };
    const first = await ask(question);
    // of the 60 entered before the newest every sixth was both a social contact and 5 g, two of them at one time
    expect(first.body.totals).toMatchObject({ considered: 30, complete: true, changed: 10 });
    const seen = [...first.body.items];
    let cursor = first.body.nextCursor;
    while (cursor !== undefined) {
      const { body } = await ask({ ...question, cursor });
      expect(body.totals).toBeUndefined();
      seen.push(...body.items);
      cursor = body.nextCursor;
    }
    expect(seen).toHaveLength(10);
    expect(new Set(seen.map(({ referralId }) => referralId)).size).toBe(10);
    const times = seen.map(({ enteredAt }) => enteredAt);
    expect(times).toEqual([...times].sort().reverse());
    // of the eight oldest five were entered in error
    const oldest = await ask({ to: new Date(newest - 600 * 60_000).toISOString() });
    expect(oldest.body.totals).toMatchObject({ considered: 3 });
    const elsewhere = await ask({ ...question, site: 'nowhere' });
    expect(elsewhere.body.totals).toMatchObject({ considered: 0, changed: 0 });
  });

  it('is the question of a prosecutor, and a sensible one', async () => {
    const { tokens } = running;
    for (const as of [tokens.admin, tokens.coordinator, tokens.officer]) expect((await ask({}, as)).status).toBe(403);
    const backwards = { from: new Date(newest).toISOString(), to: new Date(newest - DAY).toISOString() };
    expect((await ask(backwards)).body.errors?.map(({ pointer }) => pointer)).toEqual(['#/to']);
    expect((await ask({ cursor: 'bm9uZQ' })).status).toBe(400);
    expect((await ask({ name: 'Marisol' })).status).toBe(422);
  });
});
