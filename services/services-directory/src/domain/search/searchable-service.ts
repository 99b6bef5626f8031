import { distinct, termsOf } from '../record-facts.js';
import type { HsdsLocation, HsdsService, HsdsSchedule, HsdsTaxonomyTerm, ServiceStatus } from '../hsds.js';
import { readCivilDay, type CivilDay } from './civil-day.js';
import { readCostText, type FitFacts, type FitTexts } from './client-fit.js';
import { ACCESSIBILITY, DOCUMENTS, languageCode, POPULATIONS, recognise, saysMissing } from './fit-vocabulary.js';
import { pointOf, readArea, type ReachFacts } from './reach.js';
import { scheduleGroupsOf } from './opening-hours.js';

/** A taxonomy term, as far as search knows it. */
export interface Term {
  id: string;
  name: string;
  code?: string;
  parentId?: string;
}

/** What a hit shows of its service. */
export interface ShownService {
  id: string;
  name: string;
  status: ServiceStatus;
  organization: { id: string; name: string };
  summary?: string;
  eligibility?: string;
  alert?: string;
  url?: string;
  email?: string;
  phone?: string;
  assuredDate?: string;
  lastModified: string;
  categories: string[];
  places: { name?: string; address?: string; city?: string }[];
  capacities: { unit?: string; available: number; maximum?: number; updated: string }[];
}

/** Everything that search needs to know of one service. */
export interface SearchableService {
  shown: ShownService;
  /** What is searched for words, in the order of `FIELDS`. */
  texts: string[][];
  terms: Term[];
  choices: Record<'organization' | 'city' | 'language' | 'accessibility' | 'delivery', string[]>;
  schedules: HsdsSchedule[][];
  reach: ReachFacts;
  fit: FitFacts;
  fitTexts: FitTexts;
  assuredDay?: CivilDay;
  /** The day when room was last reported, and the day when it was last reported that there is none. */
  roomDay?: CivilDay;
  fullDay?: CivilDay;
}

const SUMMARY_LETTERS = 300;
/** Letters of one text that are searched: a text that is longer is an accident or an attack. */
const MAX_TEXT = 20_000;

/** Reads what search needs from a complete HSDS service. Takes any record: what cannot be read is left unknown. */
export function searchableOf(service: HsdsService): SearchableService {
  const locations = (service.service_at_locations ?? []).flatMap(({ location }) => (location ? [location] : []));
  const physical = locations.filter(({ location_type: type }) => type === 'physical');
  const points = physical.flatMap((location) => pointOf(location) ?? []);
  const areas = [
    ...(service.service_areas ?? []),
    ...(service.service_at_locations ?? []).flatMap((place) => place.service_areas ?? []),
  ];
  const cities = distinct(locations.flatMap(({ addresses = [] }) => addresses.map(({ city }) => city)));
  const terms = termsOf(service.attributes).map(searchTerm);
  const { fit, texts: fitTexts } = fitFactsOf(service, locations);
  const { organization } = service;
  const assuredDay = readCivilDay(service.assured_date);
  return {
    shown: shownOf(service, locations, terms),
    texts: textsOf(service, locations, terms),
    terms,
    choices: {
      organization: [organization.id],
      city: cities,
      language: [...fit.language.codes],
      accessibility: [...fit.accessibility.has],
      delivery: deliveryOf(locations, areas.length > 0),
    },
    schedules: scheduleGroupsOf(service),
    reach: { points, placesUnknown: points.length < physical.length, areas: areas.map(readArea) },
    fit,
    fitTexts,
    ...(assuredDay === undefined ? {} : { assuredDay }),
    ...capacityOf(service),
  };
}

/** A term of the standard, as search knows it. */
export const searchTerm = ({ id, name, code, parent_id: parentId }: HsdsTaxonomyTerm): Term => ({
  id,
  name,
  ...(code ? { code } : {}),
  ...(parentId ? { parentId } : {}),
});

function shownOf(service: HsdsService, locations: readonly HsdsLocation[], terms: readonly Term[]): ShownService {
  const { description, eligibility_description: eligibility, alert, url, email, assured_date: assured } = service;
  const phone = [...(service.phones ?? []), ...locations.flatMap((location) => location.phones ?? [])][0]?.number;
  return {
    id: service.id,
    name: service.name,
    status: service.status,
    organization: { id: service.organization.id, name: service.organization.name },
    ...(description ? { summary: shortened(description) } : {}),
    ...(eligibility ? { eligibility: shortened(eligibility) } : {}),
    ...(alert ? { alert: shortened(alert) } : {}),
    ...(url ? { url } : {}),
    ...(email ? { email } : {}),
    ...(phone ? { phone } : {}),
    ...(assured ? { assuredDate: assured } : {}),
    lastModified: service.last_modified,
    categories: distinct(terms.map(({ name }) => name)),
    places: locations.slice(0, 5).map(({ name, addresses: [address] = [] }) => ({
      ...(name ? { name } : {}),
      ...(address ? { address: address.address_1, city: address.city } : {}),
    })),
    capacities: (service.capacities ?? []).slice(0, 10).map(({ unit, available, maximum, updated }) => ({
      ...(unit ? { unit: unit.name } : {}),
      available,
      ...(maximum === undefined ? {} : { maximum }),
      updated,
    })),
  };
}

function textsOf(service: HsdsService, locations: readonly HsdsLocation[], terms: readonly Term[]): string[][] {
  const places = locations.flatMap(({ name, alternate_name: other, addresses = [] }) => [
    name,
    other,
    ...addresses.flatMap(({ city, region, state_province: state, postal_code: code }) => [city, region, state, code]),
  ]);
  const texts = [
    [service.name],
    [service.alternate_name],
    terms.map(({ name }) => name),
    [service.organization.name, service.organization.alternate_name, service.program?.name],
    [...places, ...(service.service_areas ?? []).map(({ name }) => name)],
    [service.description],
    [service.eligibility_description, service.application_process, service.fees_description, service.accreditations],
  ];
  return texts.map((field) => field.flatMap((text) => (text ? [text.slice(0, MAX_TEXT)] : [])));
}

function deliveryOf(locations: readonly HsdsLocation[], hasAreas: boolean): string[] {
  const types = new Set(locations.map(({ location_type: type }) => type));
  const found = [...(types.has('physical') ? ['in-person'] : []), ...(types.has('virtual') ? ['remote'] : [])];
  return found.length > 0 ? found : [hasAreas ? 'area-only' : 'unknown'];
}

/** Terms that describe for whom a service is, rather than what it does: `attribute.link_type`, an open code list. */
const AUDIENCE = /eligib|audience|population|human.?situation/i;

function fitFactsOf(service: HsdsService, locations: readonly HsdsLocation[]): { fit: FitFacts; texts: FitTexts } {
  const { minimum_age: minimum, maximum_age: maximum, interpretation_services: interpretation } = service;
  const fees = service.fees_description ?? service.fees;
  const options = (service.cost_options ?? []).map(
    ({ amount, currency, option, amount_description: text, valid_from: from, valid_to: to }) => {
      const said = [option, text].filter(Boolean).join(' ');
      return {
        amount,
        currency: currency?.toUpperCase() || undefined,
        says: said ? readCostText(said) : undefined,
        from: readCivilDay(from),
        to: readCivilDay(to),
      };
    },
  );
  const languages = [service.languages, ...locations.map((location) => location.languages)].flatMap(
    (list) => list ?? [],
  );
  const papers = (service.required_documents ?? []).flatMap(({ document }) => (document?.trim() ? [document] : []));
  const noPapers = papers.filter((text) => /^\W*(none|no documents?( required)?|nothing)\W*$/i.test(text));
  const others = papers.filter((text) => !noPapers.includes(text) && recognise(text, DOCUMENTS).length === 0);
  const features = locations.flatMap((location) =>
    (location.accessibility ?? []).map(({ description = '', details = '' }) => `${description} ${details}`),
  );
  const kindsOf = (texts: readonly string[]) => distinct(texts.flatMap((text) => recognise(text, ACCESSIBILITY)));
  const audience = termsOf(service.attributes?.filter(({ link_type: type = '' }) => AUDIENCE.test(type)));
  return {
    fit: {
      age: { ...(minimum === undefined ? {} : { minimum }), ...(maximum === undefined ? {} : { maximum }) },
      cost: { options, ...(fees ? { fees: readCostText(fees) } : {}) },
      language: {
        codes: distinct(languages.flatMap(({ code, name }) => (code || name ? [languageCode(code || name!)] : []))),
        interpreters: interpretation !== undefined && !/^\W*(no|none|n\/a)\W*$/i.test(interpretation),
      },
      documents: {
        required: distinct(papers.flatMap((text) => recognise(text, DOCUMENTS))),
        others: others.length > 0,
        none: noPapers.length > 0,
      },
      accessibility: {
        has: kindsOf(features.filter((text) => !saysMissing(text))),
        lacks: kindsOf(features.filter(saysMissing)),
      },
      population: { groups: distinct(audience.flatMap(({ name }) => recognise(name, POPULATIONS))) },
    },
    texts: {
      ...(fees ? { fees: shortened(fees) } : {}),
      ...(interpretation ? { interpretation: shortened(interpretation) } : {}),
      ...(others.length > 0 ? { documents: shortened(others.join('; ')) } : {}),
    },
  };
}

function capacityOf({ capacities = [] }: HsdsService): { roomDay?: CivilDay; fullDay?: CivilDay } {
  const latest = (hasRoom: boolean): CivilDay | undefined => {
    const days = capacities
      .filter(({ available }) => available > 0 === hasRoom)
      .flatMap(({ updated }) => readCivilDay(updated) ?? []);
    return days.length > 0 ? Math.max(...days) : undefined;
  };
  const [roomDay, fullDay] = [latest(true), latest(false)];
  return { ...(roomDay === undefined ? {} : { roomDay }), ...(fullDay === undefined ? {} : { fullDay }) };
}

const shortened = (text: string): string =>
  text.length <= SUMMARY_LETTERS ? text : `${text.slice(0, SUMMARY_LETTERS - 1).trimEnd()}…`;
