import type { HsdsTaxonomyTerm } from './hsds.js';
import { SharedTerms } from './shared-terms.js';

const taxonomy = { id: 't', name: 'Open Eligibility', description: 'd' };
const term = (id: string, code: string, name: string, parent?: string): HsdsTaxonomyTerm => ({
  id,
  code,
  name,
  description: name,
  ...(parent ? { parent_id: parent } : {}),
  taxonomy: 'Open Eligibility',
  taxonomy_detail: taxonomy,
});
const shared = new SharedTerms([
  {
    taxonomy,
    terms: [
      term('food', '1', 'Food'),
      term('legal', '2', 'Legal'),
      term('pay', '3', 'Help Pay for Food', 'food'),
      term('other', '4', 'Advice', 'food'),
      term('advice', '5', 'Advice', 'legal'),
    ],
  },
]);

it.each([
  ['its code', { taxonomy: 'Open Eligibility', code: '3', name: 'Whatever' }, 'pay'],
  ['its code, however the taxonomy is written', { taxonomy: ' open  eligibility', code: '2', name: 'Legal' }, 'legal'],
  ['its name', { taxonomy: 'Open Eligibility', name: 'help pay for food' }, 'pay'],
  ['its name, for a code of another edition', { taxonomy: 'Open Eligibility', code: '99', name: 'Food' }, 'food'],
  ['its name and its parent', { taxonomy: 'Open Eligibility', name: 'Advice', parentName: 'Legal' }, 'advice'],
  ['name and parent where no taxonomy is named', { code: '101-02', name: 'Advice', parentName: 'food' }, 'other'],
])('a term is recognised by %s', (_by, asked, id) => {
  expect(shared.termFor(asked)?.id).toBe(id);
});

it.each([
  ['of two terms of a name', { taxonomy: 'Open Eligibility', name: 'Advice' }],
  ['below another parent', { taxonomy: 'Open Eligibility', name: 'Advice', parentName: 'Money' }],
  ['of another taxonomy, whatever its code', { taxonomy: 'AIRS', code: '1', name: 'Food' }],
  ['of no taxonomy and without a parent', { code: '1', name: 'Food' }],
])('a term is not taken for one %s', (_what, asked) => {
  expect(shared.termFor(asked)).toBeUndefined();
});

it('knows its taxonomies and terms by id', () => {
  expect([shared.has('t'), shared.has('pay'), shared.has('x')]).toEqual([true, true, false]);
  expect(shared.taxonomyNamed('OPEN ELIGIBILITY')).toBe(taxonomy);
  expect(shared.taxonomyNamed('AIRS')).toBeUndefined();
});
