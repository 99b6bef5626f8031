import { carriedTermIds, withTerms } from './record-terms.js';

const term = (id: string, name: string) => ({ id, name, description: name });
const service = {
  id: 's',
  name: 'Desk',
  attributes: [
    { id: 'a', taxonomy_term: term('1', 'Law') },
    { id: 'b', value: 'x' },
  ],
  phones: [{ id: 'p', number: '1', attributes: [{ id: 'c', taxonomy_term: term('2', 'Fax') }] }],
  contacts: [{ id: 'k', phones: [{ id: 'q', number: '2' }] }],
};

it('renews terms in a record and in its parts, and leaves alone what carries none', () => {
  const renewed = withTerms(service, new Map([['2', term('2', 'Telefax')]]));
  expect(renewed).toEqual({
    ...service,
    phones: [{ ...service.phones[0], attributes: [{ id: 'c', taxonomy_term: term('2', 'Telefax') }] }],
  });
  expect(renewed.contacts).toBe(service.contacts);
  expect(withTerms(service, new Map([['3', term('3', 'Other')]]))).toBe(service);
});

it('names the terms that a record and its parts carry', () => {
  expect(carriedTermIds(service).sort()).toEqual(['1', '2']);
});
