import fc from 'fast-check';
import { SharedTerms } from '../shared-terms.js';
import { assembleCarried, assembleService } from './assemble.js';
import { asPart, settleTerms } from './by-value.js';
import { Flattener } from './flatten.js';
import { contextOf } from './map-row.fixture.js';
import { mapRow, TABLES } from './map-row.js';
import { keyOf, type Part } from './row-reader.js';

const id = (digit: number): string => `00000000-0000-4000-8000-${String(digit).padStart(12, '0')}`;
const food = { id: id(90), name: 'Food', description: 'Food', code: '1' };
const shared = new SharedTerms([{ taxonomy: { id: id(91), name: 'Common', description: 'Common' }, terms: [food] }]);

describe('terms of a dataset', () => {
  const rows: Record<string, string>[] = [
    { id: id(1), name: 'Food', code: '1', taxonomy: 'Common' },
    { id: id(2), name: 'Pantry', parent_id: id(1), taxonomy: 'Own' },
    { id: id(3), name: 'Bakery', parent_id: id(2) },
    { id: id(3), name: 'Bakery', parent_id: id(2), description: 'Bread', code: 'B' },
    { id: id(4), name: 'Kitchen' },
    { id: id(4), name: 'Canteen' },
    { id: id(4), name: 'Food', code: '1', taxonomy: 'Common' },
    { id: id(5), name: 'Soup', code: 'S' },
    { id: id(5), name: 'Soups', code: 'S' },
  ];
  const readIn = (order: readonly (typeof rows)[number][]) => {
    const context = { ...contextOf(), shared };
    const reasons = order.flatMap((row) => {
      const mapped = mapRow('taxonomy_terms', row, context);
      return mapped.rejected ? [mapped.reason.code] : [];
    });
    settleTerms(context);
    return { terms: Object.fromEntries([...context.terms].sort()), reasons };
  };

  it('come out the same in whatever order their rows come: the fuller of one id, below the term that a parent became', () => {
    const expected = readIn(rows);
    expect(expected.reasons).toEqual(Array(4).fill('id-repeated'));
    expect(expected.terms[id(2)]).toMatchObject({ parent_id: food.id });
    expect(expected.terms[id(3)]).toMatchObject({ description: 'Bread', code: 'B' });
    expect(expected.terms[id(4)]).toEqual(food);
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (order) =>
        expect(readIn(order)).toEqual(expected),
      ),
    );
  });
});

const entry = (of: string) => ({
  id: id(of.length + 20),
  last_action_date: '2026-01-02',
  last_action_type: 'update',
  field_name: 'name',
  previous_value: of,
  replacement_value: `${of} 2`,
  updated_by: 'Editor',
});
const taxonomy = { id: id(10), name: 'Own', description: 'Own', metadata: [entry('taxonomy')] };
const term = { id: id(11), name: 'Beds', description: 'Beds', taxonomy_detail: taxonomy, metadata: [entry('term')] };
const other = { id: id(12), name: 'Warm', description: 'Warm' };
const attribute = (digit: number, carried: object) => ({ id: id(digit), taxonomy_term: carried });
const unit = {
  id: id(13),
  name: 'bed',
  scheme: 'own',
  attributes: [{ ...attribute(14, other), metadata: [entry('attribute')] }],
  metadata: [entry('a unit')],
};
const service = {
  id: id(15),
  organization: { id: id(16), name: 'O', description: 'O' },
  name: 'Shelter',
  status: 'active',
  attributes: [attribute(17, term)],
  capacities: [{ id: id(18), unit, available: 1, updated: '2026-01-02T03:04:05Z' }],
};

/** The service out of rows, each table's in the order that `arrange` gives them. */
function imported(records: readonly object[], arrange: <Row>(rows: Row[]) => Row[]) {
  const flattener = new Flattener('differing');
  const rows = records.flatMap((record) => flattener.rows('services', record as Record<string, unknown>));
  const known = new Set<string>();
  const context = { ...contextOf([]), knows: (key: string) => known.has(key) };
  const parts: Part[] = [];
  for (const table of TABLES)
    for (const { cells } of arrange(rows.filter((row) => row.table === table))) {
      const mapped = mapRow(table, cells, context);
      if (mapped.rejected && mapped.reason.code === 'id-repeated') continue;
      if (mapped.rejected) throw new Error(`${table}: ${mapped.reason.code}`);
      for (const part of mapped.parts) known.add(keyOf(part.kind, part.id));
      parts.push(...mapped.parts);
    }
  const tree = {
    childrenOf: (key: string) => parts.filter((part) => part.owner === key),
    find: () => undefined,
    values: context,
  };
  const put = (kind: 'taxonomy' | 'taxonomy_term' | 'unit', place: Map<string, { id: string; name: string }>) => {
    for (const [key, value] of place) place.set(key, assembleCarried(asPart(kind, value as never), tree));
  };
  put('taxonomy', context.taxonomies);
  settleTerms(context);
  put('taxonomy_term', context.terms);
  put('unit', context.units);
  const found = parts.filter(({ kind }) => kind === 'service');
  return found.map(
    (part) => JSON.parse(JSON.stringify(assembleService(part, tree).content)) as Record<string, unknown>,
  );
}

it('terms, taxonomies, units and attributes keep all that describes them', () => {
  const [content] = imported([service], (rows) => rows);
  expect(content!['attributes']).toEqual([
    {
      ...attribute(17, {
        ...term,
        metadata: [{ ...entry('term'), resource_type: 'taxonomy_term' }],
        taxonomy_detail: { ...taxonomy, metadata: [{ ...entry('taxonomy'), resource_type: 'taxonomy' }] },
      }),
      link_entity: 'service',
    },
  ]);
  expect(content!['capacities']).toEqual([
    {
      ...service.capacities[0]!,
      unit: {
        ...unit,
        attributes: [
          {
            ...attribute(14, other),
            link_entity: 'unit',
            metadata: [{ ...entry('attribute'), resource_type: 'attribute' }],
          },
        ],
        metadata: [{ ...entry('a unit'), resource_type: 'unit' }],
      },
    },
  ]);
});

it('terms that stand in records alone come out the same whichever record comes first', () => {
  const poor = { id: term.id, name: 'Bed' };
  const second = { ...service, id: id(30), attributes: [attribute(31, poor)], capacities: [] };
  const termsOf = (records: object[]) =>
    imported(records, (rows) => rows).map(
      (one) => (one['attributes'] as { taxonomy_term: object }[])[0]!.taxonomy_term,
    );
  const [first, other] = termsOf([service, second]);
  expect(first).toMatchObject({ name: 'Beds' });
  expect(other).toEqual(first);
  expect(termsOf([second, service])).toEqual([first, first]);
});
