import fc from 'fast-check';
import { changesBetween, MAX_VALUE, sameValue, textOf } from './field-changes.js';

const phone = (id: string, number: string) => ({ id, number });

describe('the changes between two versions', () => {
  it.each([
    ['nothing', { id: 'a', name: 'x' }, { name: 'x', id: 'a' }, []],
    ['a field', { id: 'a', name: 'x' }, { id: 'a', name: 'y' }, [['update', 'name', 'x', 'y']]],
    ['a field that came', { id: 'a' }, { id: 'a', minimum_age: 18 }, [['update', 'minimum_age', '', '18']]],
    ['a field that went', { id: 'a', email: 'x@y.z' }, { id: 'a' }, [['update', 'email', 'x@y.z', '']]],
    [
      'a field of an item',
      { id: 'a', phones: [phone('p', '1'), phone('q', '2')] },
      { id: 'a', phones: [phone('p', '1'), phone('q', '3')] },
      [['update', 'phones.number', '2', '3']],
    ],
    [
      'items that came and went',
      { id: 'a', phones: [phone('p', '1')] },
      { id: 'a', phones: [phone('q', '2')] },
      [
        ['update', 'phones', '{"id":"p","number":"1"}', ''],
        ['update', 'phones', '', '{"id":"q","number":"2"}'],
      ],
    ],
    [
      'the order of items',
      { id: 'a', phones: [phone('p', '1'), phone('q', '2')] },
      { id: 'a', phones: [phone('q', '2'), phone('p', '1')] },
      [
        [
          'update',
          'phones',
          '[{"id":"p","number":"1"},{"id":"q","number":"2"}]',
          expect.stringMatching(/^\[\{"id":"q"/),
        ],
      ],
    ],
    [
      'a record within it',
      { id: 'a', program: { id: 'p', name: 'x' } },
      { id: 'a', program: { id: 'p', name: 'y' } },
      [['update', 'program.name', 'x', 'y']],
    ],
    [
      'a copy of a term, whose own history tells it',
      { id: 'a', attributes: [{ id: 'b', taxonomy_term: { id: 't', name: 'x' } }] },
      { id: 'a', attributes: [{ id: 'b', taxonomy_term: { id: 't', name: 'y' } }] },
      [],
    ],
    [
      'another term',
      { id: 'a', attributes: [{ id: 'b', taxonomy_term: { id: 't' } }] },
      { id: 'a', attributes: [{ id: 'b', taxonomy_term: { id: 'u' } }] },
      [['update', 'attributes.taxonomy_term', '{"id":"t"}', '{"id":"u"}']],
    ],
    ['what its source tells of its history', { id: 'a' }, { id: 'a', metadata: [{ id: 'm' }] }, []],
  ])('tell of %s', (_what, before, after, told) => {
    const changes = changesBetween(before, after);
    expect(changes.map(({ type, field, previous, replacement }) => [type, field, previous, replacement])).toEqual(told);
  });

  it('tell of a service at a location as of a record of its own', () => {
    const before = { id: 's', service_at_locations: [{ id: 'l', description: 'x' }, { id: 'm' }] };
    const after = { id: 's', service_at_locations: [{ id: 'l', description: 'y' }, { id: 'n' }] };
    expect(changesBetween(before, after)).toEqual([
      { type: 'delete', field: 'id', previous: 'm', replacement: '', place: 'm' },
      { type: 'update', field: 'description', previous: 'x', replacement: 'y', place: 'l' },
      { type: 'create', field: 'id', previous: '', replacement: 'n', place: 'n' },
    ]);
  });

  it('are those of the top fields where there are too many', () => {
    const phones = (number: string) => Array.from({ length: 31 }, (_, index) => phone(`p${index}`, number));
    expect(changesBetween({ id: 'a', phones: phones('1') }, { id: 'a', phones: phones('2') })).toEqual([
      expect.objectContaining({ field: 'phones' }),
    ]);
  });

  it('there are some where, and only where, the values differ', () => {
    const value = fc.oneof(fc.integer({ min: 0, max: 2 }), fc.constantFrom('', 'x'));
    const items = fc.uniqueArray(fc.record({ id: fc.constantFrom('p', 'q', 'r'), n: value }), {
      selector: ({ id }) => id,
    });
    const record = fc.record(
      { id: fc.constant('a'), a: value, b: items, service_at_locations: items },
      { requiredKeys: ['id'] },
    );
    fc.assert(
      fc.property(record, record, (before, after) => {
        // no items and no list of items say the same
        const plain = ({ b = [], service_at_locations = [], ...rest }: typeof before) => ({
          ...rest,
          b,
          service_at_locations,
        });
        const moved = (one: typeof before) =>
          one.service_at_locations
            ?.map(({ id }) => id)
            .sort()
            .join();
        const reordered =
          moved(before) === moved(after) && !sameValue(before.service_at_locations, after.service_at_locations);
        if (reordered) return;
        expect(changesBetween(before, after).length > 0).toBe(!sameValue(plain(before), plain(after)));
      }),
      { numRuns: 500 },
    );
  });
});

it('a value is shortened, and never in the middle of a character', () => {
  expect(textOf('x'.repeat(MAX_VALUE))).toHaveLength(MAX_VALUE);
  expect(textOf('x'.repeat(MAX_VALUE + 1))).toBe(`${'x'.repeat(MAX_VALUE - 1)}…`);
  expect(textOf(`${'x'.repeat(MAX_VALUE - 2)}😀😀`)).toBe(`${'x'.repeat(MAX_VALUE - 2)}…`);
});
