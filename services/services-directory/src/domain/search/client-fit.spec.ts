import type { HsdsService } from '../hsds.js';
import { readCivilDay } from './civil-day.js';
import { aspectsOf, costClassOf, fitVerdict, judge, type ClientProfile } from './client-fit.js';
import { searchableOf } from './searchable-service.js';

const TODAY = readCivilDay('2026-09-14')!;

function service(fields: Partial<HsdsService>): HsdsService {
  const organization = { id: 'o', name: 'Shelter', description: 'Shelter' };
  return { id: 's', name: 'Beds', status: 'active', last_modified: '2026-01-01T00:00:00Z', organization, ...fields };
}

const place = (accessibility: string[], languages: string[] = []): Partial<HsdsService> => ({
  service_at_locations: [
    {
      id: 'p',
      location: {
        id: 'l',
        location_type: 'physical',
        accessibility: accessibility.map((description, at) => ({ id: `a${at}`, description })),
        languages: languages.map((code, at) => ({ id: `l${at}`, code })),
      },
    },
  ],
});
const papers = (...documents: string[]): Partial<HsdsService> => ({
  required_documents: documents.map((document, at) => ({ id: `d${at}`, document })),
});
const costs = (...options: object[]): Partial<HsdsService> => ({
  cost_options: options.map((one, at) => ({ id: `c${at}`, ...one })),
});
const audience = (name: string, link_type = 'service eligibility'): Partial<HsdsService> => ({
  attributes: [{ id: 'x', link_type, taxonomy_term: { id: 't', name, description: name } }],
});

it.each([
  // age
  [{}, { age: 30 }, 'unknown', 'names no ages'],
  [{ minimum_age: 18 }, { age: 18 }, 'yes', 'takes people from 18 years on'],
  [{ minimum_age: 18 }, { age: 17.9 }, 'no', 'takes people from 18 years on'],
  [{ maximum_age: 24 }, { age: 24.9 }, 'yes', 'takes people up to 24 years'],
  [{ maximum_age: 24 }, { age: 25 }, 'no', 'takes people up to 24 years'],
  [{ minimum_age: 12, maximum_age: 17 }, { age: 15 }, 'yes', 'takes people from 12 years on up to 17 years'],
  // cost
  [{}, { canPay: 0 }, 'unknown', 'says nothing about costs'],
  [{ fees_description: 'Free.' }, { canPay: 0 }, 'yes', 'is free'],
  [
    { fees_description: 'Free consultation, then $100' },
    { canPay: 0 },
    'unknown',
    'says about costs: “Free consultation, then $100”',
  ],
  [{ fees_description: 'Sliding scale' }, { canPay: 5 }, 'unknown', 'charges by income: “Sliding scale”'],
  [costs({ amount: 20, currency: 'usd' }), { canPay: 25 }, 'yes', 'costs 20 USD'],
  [costs({ amount: 20, currency: 'usd' }, { amount: 40 }), { canPay: 5 }, 'no', 'costs 20 USD'],
  [costs({ amount: 0, valid_to: '2026-09-13' }, { amount: 40 }), { canPay: 5 }, 'no', 'costs 40'],
  [costs({ amount: 0, valid_to: '2026-09-14' }, { amount: 40 }), { canPay: 5 }, 'yes', 'is free'],
  [
    costs({ amount: 40 }, { option: 'Ask us' }),
    { canPay: 5 },
    'unknown',
    'says about costs nothing that could be compared',
  ],
  // language
  [{}, { languages: ['es'] }, 'unknown', 'names no languages'],
  [place([], ['es-MX', 'en']), { languages: ['Spanish'] }, 'yes', 'speaks Spanish'],
  [place([], ['en']), { languages: ['pl', 'es'] }, 'no', 'speaks English and names no interpreters'],
  [
    { ...place([], ['en']), interpretation_services: 'By telephone' },
    { languages: ['es'] },
    'unknown',
    'says about interpreters: “By telephone”',
  ],
  [
    { ...place([], ['en']), interpretation_services: 'None' },
    { languages: ['es'] },
    'no',
    'speaks English and names no interpreters',
  ],
  // documents
  [{}, { documents: [] }, 'unknown', 'does not say which documents it requires'],
  [papers('None'), { documents: [] }, 'yes', 'requires no documents'],
  [
    papers('Driver’s license or state ID', 'Utility bill'),
    { documents: ['photo-id'] },
    'no',
    'requires proof of address',
  ],
  [papers('Photo ID'), { documents: ['photo-id'] }, 'yes', 'requires photo id'],
  [papers('Photo ID', 'A letter'), { documents: ['photo-id'] }, 'unknown', 'requires “A letter”'],
  // accessibility
  [{}, { accessibility: ['wheelchair'] }, 'unknown', 'says nothing about wheelchair'],
  [place(['Ramp at the side']), { accessibility: ['wheelchair'] }, 'yes', 'names wheelchair'],
  [place(['Not wheelchair accessible']), { accessibility: ['wheelchair'] }, 'no', 'says that it lacks wheelchair'],
  [place(['Ramp']), { accessibility: ['wheelchair', 'elevator'] }, 'unknown', 'says nothing about elevator'],
  // population
  [{}, { populations: { veterans: true } }, 'unknown', 'names no group that it is for'],
  [audience('Veterans'), { populations: { veterans: true } }, 'yes', 'is for veterans'],
  [audience('Women'), { populations: { women: false } }, 'no', 'is for women'],
  [audience('Women'), { populations: { veterans: true } }, 'unknown', 'is for women'],
  [audience('Women', 'service type'), { populations: { women: false } }, 'unknown', 'names no group that it is for'],
] as [Partial<HsdsService>, ClientProfile, string, string][])(
  '%j for %j: %s, it %s',
  (fields, client, verdict, reason) => {
    const { fit, fitTexts } = searchableOf(service(fields));
    const [aspect] = aspectsOf(client);
    expect(judge(aspect!, fit[aspect!], client, TODAY, fitTexts)).toEqual({ verdict, reason });
  },
);

it('one no decides, one unknown keeps from a yes, and a profile that tells nothing is unknown', () => {
  expect(fitVerdict(['yes', 'unknown', 'no'])).toBe('no');
  expect(fitVerdict(['yes', 'unknown'])).toBe('unknown');
  expect(fitVerdict(['yes', 'yes'])).toBe('yes');
  expect(aspectsOf({ languages: [], populations: {} })).toEqual([]);
  expect(fitVerdict([])).toBe('unknown');
});

it('a service is free, paid or unknown', () => {
  const classOf = (fields: Partial<HsdsService>) => costClassOf(searchableOf(service(fields)).fit.cost, TODAY);
  expect([classOf({ fees: 'No fee' }), classOf(costs({ amount: 3 })), classOf({})]).toEqual([
    'free',
    'paid',
    'unknown',
  ]);
});
