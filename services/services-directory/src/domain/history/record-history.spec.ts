import { created } from './field-changes.js';
import {
  changesTo,
  historyAfter,
  historyOf,
  KEPT_IN_DOCUMENT,
  MAX_IN_DOCUMENT,
  NoRoomForHistory,
  type RecordVersion,
} from './record-history.js';

const at = new Date('2026-01-01T00:00:00Z');
const later = new Date('2026-01-02T00:00:00Z');
const first: RecordVersion = { dataset: 'ilao', modifiedAt: at, withdrawn: false, content: { id: 'a' } };
const renamed = { type: 'update' as const, field: 'name', previous: 'x', replacement: 'y' };

describe('the history of a record', () => {
  it('is that it was created, as long as it is as it was first written', () => {
    expect(historyOf(first)).toEqual([{ seq: 1, at, by: 'ilao', ...created('a') }]);
  });

  it('keeps that when the record changes for the first time', () => {
    expect(historyAfter(first, [renamed], { by: 'provider', at: later, moved: 0 })).toEqual([
      { seq: 1, at, by: 'ilao', ...created('a') },
      { seq: 2, at: later, by: 'provider', ...renamed },
    ]);
  });

  it('says that a record is back', () => {
    expect(changesTo({ ...first, withdrawn: true }, { id: 'a' })).toEqual([created('a')]);
  });

  it('asks for the oldest entries to be moved where a document has no room, and lets them go then', () => {
    const change = (current: RecordVersion, moved: number) =>
      historyAfter(current, [renamed], { by: 'provider', at, moved });
    let current = first;
    while (historyOf(current).length <= MAX_IN_DOCUMENT) current = { ...current, history: change(current, 0) };
    let oldest: readonly { seq: number }[] = [];
    try {
      change(current, 0);
    } catch (error) {
      ({ oldest } = error as NoRoomForHistory);
    }
    expect(oldest.map(({ seq }) => seq)).toEqual(
      Array.from({ length: MAX_IN_DOCUMENT + 1 - KEPT_IN_DOCUMENT }, (_, index) => index + 1),
    );
    const after = change(current, oldest.at(-1)!.seq);
    expect(after).toHaveLength(KEPT_IN_DOCUMENT + 1);
    expect(change({ ...current, history: after }, 0).at(-1)!.seq).toBe(MAX_IN_DOCUMENT + 3);
    expect([after[0]!.seq, after.at(-1)!.seq]).toEqual([oldest.at(-1)!.seq + 1, MAX_IN_DOCUMENT + 2]);
  });
});
