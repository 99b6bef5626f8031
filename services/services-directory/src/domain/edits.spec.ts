import fc from 'fast-check';
import { editedByHand, takenIn } from './edits.js';
import { sameValue } from './history/field-changes.js';

const phones = (...numbers: string[]) => numbers.map((number, index) => ({ id: `p${index}`, number }));

describe('a record that a person has edited, and that its dataset brings again', () => {
  const before = { id: 'a', name: 'x', alert: 'one', phones: phones('1', '2') };
  const edited = { ...before, name: 'edited', phones: phones('1', 'edited') };
  const edits = editedByHand(undefined, before, edited);

  it.each([
    ['as before: it stays as it is edited', before, edited, []],
    ['with another field: that is taken', { ...before, alert: 'two' }, { ...edited, alert: 'two' }, []],
    ['with the edited field changed too: the edit is kept, and told', { ...before, name: 'new' }, edited, ['name']],
    ['as it is edited', edited, edited, []],
    [
      'with another item: it comes after those that there are',
      { ...before, phones: phones('1', '2', '3') },
      { ...edited, phones: phones('1', 'edited', '3') },
      [],
    ],
    [
      'with the other item changed',
      { ...before, phones: phones('new', '2') },
      { ...edited, phones: phones('new', 'edited') },
      [],
    ],
    ['with the edited item changed too', { ...before, phones: phones('1', 'new') }, edited, ['phones.number']],
    ['without the edited item', { ...before, phones: phones('1') }, edited, ['phones']],
    [
      'without the other item',
      { ...before, phones: phones('1', '2').slice(1) },
      { ...edited, phones: phones('1', 'edited').slice(1) },
      [],
    ],
    ['without the edited field', { id: 'a', alert: 'one', phones: before.phones }, edited, ['name']],
  ])('%s', (_how, brings, content, kept) => {
    const taken = takenIn(edits!, edited, brings as typeof before);
    expect([taken.content, taken.kept]).toEqual([content, kept]);
  });

  it('is told of again, until the two say the same', () => {
    const first = takenIn(edits!, edited, { ...before, name: 'new', alert: 'two' });
    const again = takenIn(first.edits!, first.content, { ...before, name: 'new', alert: 'three' });
    expect([again.content.alert, again.kept]).toEqual(['three', ['name']]);
    const agreed = takenIn(again.edits!, again.content, { ...again.content, alert: 'four' });
    expect(agreed).toEqual({ content: { ...again.content, alert: 'four' }, edits: undefined, kept: [] });
  });

  it('keeps an item out that was taken out', () => {
    const without = { ...before, phones: phones('1') };
    const out = editedByHand(undefined, before, without);
    expect(takenIn(out!, without, { ...before, alert: 'two' }).content).toEqual({ ...without, alert: 'two' });
    expect(takenIn(out!, without, { ...before, phones: phones('1', 'new') })).toMatchObject({
      content: without,
      kept: ['phones'],
    });
  });
});

it('a record that is edited back is followed again', () => {
  const before = { id: 'a', name: 'x' };
  const edits = editedByHand(undefined, before, { id: 'a', name: 'y' })!;
  expect(editedByHand(edits, { id: 'a', name: 'y' }, before)).toBeUndefined();
});

it('a record that a person has made stays as it is where a dataset says otherwise', () => {
  const made = { id: 'a', name: 'x' };
  const edits = editedByHand({ changed: true }, made, made);
  expect(edits).toEqual({ changed: true });
  expect(takenIn<object>(edits!, made, { id: 'a', name: 'y', url: 'z' })).toMatchObject({
    content: { id: 'a', name: 'x', url: 'z' },
    kept: ['name'],
  });
});

describe('for any versions', () => {
  const value = fc.option(fc.integer({ min: 0, max: 2 }), { nil: undefined });
  const item = fc.record({ id: fc.constantFrom('p', 'q', 'r'), n: value });
  const some = fc.uniqueArray(item, { minLength: 1, selector: ({ id }) => id });
  const items = fc.option(some, { nil: undefined });
  const record = fc.record({ id: fc.constant('a'), a: value, b: value, items });
  const runs = { numRuns: 1000 };

  it('no edit is lost, and what nobody edited follows the dataset', () => {
    fc.assert(
      fc.property(record, record, record, (before, current, brings) => {
        fc.pre(!sameValue(before, current));
        const { content, kept } = takenIn(editedByHand(undefined, before, current)!, current, brings);
        for (const name of ['a', 'b'] as const) {
          const isEdited = before[name] !== current[name];
          expect(content[name]).toBe(isEdited ? current[name] : brings[name]);
          const both = isEdited && brings[name] !== before[name] && brings[name] !== current[name];
          expect(kept.includes(name)).toBe(both);
        }
      }),
      runs,
    );
  });

  it('the same again changes nothing', () => {
    fc.assert(
      fc.property(record, record, record, (before, current, brings) => {
        fc.pre(!sameValue(before, current));
        const first = takenIn(editedByHand(undefined, before, current)!, current, brings);
        if (!first.edits) return expect(first.kept).toEqual([]);
        const again = takenIn(first.edits, first.content, brings);
        expect(again.content).toEqual(first.content);
        expect(sameValue(again.edits, first.edits)).toBe(true);
        expect(again.kept).toEqual(first.kept);
      }),
      runs,
    );
  });
});
