import { z } from 'zod';
import type { EditedKind } from '../domain/editing/editable-record.js';
import { SERVICE_STATUSES } from '../domain/hsds.js';
import { readCivilDay } from '../domain/search/civil-day.js';
import { WEEKDAYS } from '../domain/search/opening.js';

/**
 * The records as they are edited: HSDS 3.2.3, closed, every field bounded. What the standard refers to by id is referred
 * to by id; what derives from other records (`last_modified`, `services`, `taxonomy_detail`, `metadata`) is not edited.
 */

/** No control characters but line breaks and tabs, no halves of a character. */
const CLEAN = /^(?:[\t\n\r]|[^\p{Cc}\p{Cs}])*$/u;
const text = (max: number) =>
  z.string().trim().min(1).max(max).regex(CLEAN, 'must hold neither control characters nor broken ones');
const line = text(1_000);
const long = text(50_000);

const URI_CHARACTERS = /^[\w.~:/?#[\]@!$&'()*+,;=%-]+$/;
const url = z
  .url({ protocol: /^https?$/ })
  .max(2_000)
  .regex(URI_CHARACTERS, 'must be written with the characters of a URL');
const email = z.email().max(254);
/** As ids of the directory are: any UUID, in small letters. */
export const uuid = z.guid().toLowerCase();
const LAST_YEAR = 2199;
const day = z
  .string()
  .max(40)
  .refine((value) => {
    const year = Number(value.slice(0, 4));
    return /^\d{4}-/.test(value) && readCivilDay(value) !== undefined && year >= 1900 && year <= LAST_YEAR;
  }, `must be a date, YYYY-MM-DD, of the years 1900 to ${LAST_YEAR}`);
const time = z
  .string()
  .regex(
    /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)(?::[0-5]\d)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?$/,
    'must be a time, HH:MM, with or without Z or an offset',
  );
const several = <Item extends z.ZodType>(item: Item, max = 100) => z.array(item).max(max).optional();

const attribute = z.strictObject({
  id: uuid.optional(),
  taxonomy_term_id: uuid.optional(),
  link_type: line.optional(),
  link_entity: line.optional(),
  value: long.optional(),
  label: line.optional(),
});
/** Whatever has an id and may carry attributes. A part without an id is new and gets one. */
const described = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject({ id: uuid.optional(), ...shape, attributes: several(attribute) });

const language = described({ name: line.optional(), code: text(35).optional(), note: line.optional() });
const phone = described({
  number: text(100),
  extension: z.number().int().min(0).max(999_999_999).optional(),
  type: line.optional(),
  description: long.optional(),
  languages: several(language),
});
const contact = described({
  name: line.optional(),
  title: line.optional(),
  department: line.optional(),
  email: email.optional(),
  phones: several(phone),
});
const BY_DAY = /^(?:[+-]?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU)(?:,(?:[+-]?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU))*$/;
const MONTH_DAY = '-?(?:[1-9]|[12]\\d|3[01])';
const schedule = described({
  valid_from: day.optional(),
  valid_to: day.optional(),
  dtstart: day.optional(),
  timezone: z.number().min(-12).max(14).optional(),
  until: day.optional(),
  count: z.int().min(1).max(400).optional(),
  wkst: z.enum(WEEKDAYS).optional(),
  freq: z.enum(['WEEKLY', 'MONTHLY']).optional(),
  interval: z.int().min(1).max(100).optional(),
  byday: z.string().max(200).regex(BY_DAY, 'must name weekdays as RFC 5545 does, as in MO,WE or -1FR').optional(),
  byweekno: text(200).optional(),
  bymonthday: z
    .string()
    .max(200)
    .regex(new RegExp(`^${MONTH_DAY}(?:,${MONTH_DAY})*$`), 'must be days of the month, as in 1,15 or -1')
    .optional(),
  byyearday: text(200).optional(),
  description: long.optional(),
  opens_at: time.optional(),
  closes_at: time.optional(),
  schedule_link: url.optional(),
  attending_type: line.optional(),
  notes: long.optional(),
});
const funding = described({ source: long.optional() });
const link = described({ label: line.optional(), url });
const serviceArea = described({
  name: line.optional(),
  description: long.optional(),
  extent: long.optional(),
  extent_type: line.optional(),
  uri: url.optional(),
});
const amount = z.number().min(0).max(1_000_000_000);
const age = z.number().min(0).max(150);
const count = z.int().min(0).max(1_000_000);

const organization = described({
  name: line,
  alternate_name: line.optional(),
  description: long,
  email: email.optional(),
  website: url.optional(),
  additional_websites: several(link),
  tax_status: line.optional(),
  tax_id: line.optional(),
  year_incorporated: z.int().min(1000).max(LAST_YEAR).optional(),
  legal_status: line.optional(),
  logo: url.optional(),
  uri: url.optional(),
  parent_organization_id: uuid.optional(),
  funding: several(funding),
  contacts: several(contact),
  phones: several(phone),
  programs: several(described({ name: line, alternate_name: line.optional(), description: long })),
  organization_identifiers: several(
    described({ identifier_scheme: line.optional(), identifier_type: line, identifier: line }),
  ),
}).meta({ id: 'OrganizationContent' });

const location = described({
  location_type: z.enum(['physical', 'postal', 'virtual']),
  url: url.optional(),
  organization_id: uuid.optional(),
  name: line.optional(),
  alternate_name: line.optional(),
  description: long.optional(),
  transportation: long.optional(),
  latitude: z.number().min(-90).max(90).optional(),
  longitude: z.number().min(-180).max(180).optional(),
  external_identifier: line.optional(),
  external_identifier_type: line.optional(),
  languages: several(language),
  addresses: several(
    described({
      attention: line.optional(),
      address_1: line,
      address_2: line.optional(),
      city: line,
      region: line.optional(),
      state_province: line,
      postal_code: text(100),
      country: text(100),
      address_type: z.enum(['physical', 'postal', 'virtual']),
    }),
  ),
  contacts: several(contact),
  accessibility: several(described({ description: long.optional(), details: long.optional(), url: url.optional() })),
  phones: several(phone),
  schedules: several(schedule),
}).meta({ id: 'LocationContent' });

const service = described({
  organization_id: uuid,
  program_id: uuid.optional(),
  name: line,
  alternate_name: line.optional(),
  description: long.optional(),
  url: url.optional(),
  additional_urls: several(link),
  email: email.optional(),
  status: z.enum(SERVICE_STATUSES),
  interpretation_services: long.optional(),
  application_process: long.optional(),
  fees_description: long.optional(),
  wait_time: long.optional(),
  fees: long.optional(),
  accreditations: long.optional(),
  eligibility_description: long.optional(),
  minimum_age: age.optional(),
  maximum_age: age.optional(),
  assured_date: day.optional(),
  assurer_email: email.optional(),
  licenses: long.optional(),
  alert: long.optional(),
  phones: several(phone),
  schedules: several(schedule),
  service_areas: several(serviceArea),
  service_at_locations: several(
    described({
      location_id: uuid.optional(),
      description: long.optional(),
      service_areas: several(serviceArea),
      contacts: several(contact),
      phones: several(phone),
      schedules: several(schedule),
    }),
    200,
  ),
  languages: several(language),
  funding: several(funding),
  cost_options: several(
    described({
      valid_from: day.optional(),
      valid_to: day.optional(),
      option: line.optional(),
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/, 'must be a currency of ISO 4217, as in USD')
        .optional(),
      amount: amount.optional(),
      amount_description: long.optional(),
    }),
  ),
  required_documents: several(described({ document: line.optional(), uri: url.optional() })),
  contacts: several(contact),
  capacities: several(
    described({
      unit: described({ name: line, scheme: line.optional(), identifier: line.optional(), uri: url.optional() }),
      available: count,
      maximum: count.optional(),
      description: long.optional(),
      updated: z.iso.datetime({ offset: true }),
    }),
  ),
}).meta({ id: 'ServiceContent' });

const taxonomy = z
  .strictObject({
    id: uuid.optional(),
    name: line,
    description: long,
    uri: url.optional(),
    version: line.optional(),
  })
  .meta({ id: 'TaxonomyContent' });

const taxonomyTerm = z
  .strictObject({
    id: uuid.optional(),
    taxonomy_id: uuid.optional().describe('Every new term has one; some imported ones do not.'),
    code: line.optional(),
    name: line,
    description: long,
    parent_id: uuid.optional(),
    language: text(35).optional(),
    term_uri: url.optional(),
  })
  .meta({ id: 'TaxonomyTermContent' });

export const RECORD_SCHEMAS = {
  organization,
  service,
  location,
  taxonomy,
  taxonomy_term: taxonomyTerm,
} as const satisfies Record<EditedKind, z.ZodType>;
