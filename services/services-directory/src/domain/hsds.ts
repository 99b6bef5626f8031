/**
 * The records of the Human Services Data Specification 3.2.3 that this service holds, as they are served.
 * Field names and meanings: https://docs.openreferral.org/ and the schemas in `hsds/`. An absent value is left out.
 */

export type ServiceStatus = 'active' | 'inactive' | 'defunct' | 'temporarily closed';
export const SERVICE_STATUSES: readonly ServiceStatus[] = ['active', 'inactive', 'defunct', 'temporarily closed'];

export interface HsdsMetadata {
  id: string;
  resource_id?: string;
  resource_type?: string;
  last_action_date: string;
  last_action_type: string;
  field_name: string;
  previous_value: string;
  replacement_value: string;
  updated_by: string;
}

interface Described {
  id: string;
  attributes?: HsdsAttribute[];
  metadata?: HsdsMetadata[];
}

export interface HsdsTaxonomy {
  id: string;
  name: string;
  description: string;
  uri?: string;
  version?: string;
  metadata?: HsdsMetadata[];
}

export interface HsdsTaxonomyTerm {
  id: string;
  code?: string;
  name: string;
  description: string;
  parent_id?: string;
  taxonomy?: string;
  taxonomy_detail?: HsdsTaxonomy;
  language?: string;
  term_uri?: string;
  metadata?: HsdsMetadata[];
}

export interface HsdsAttribute {
  id: string;
  link_type?: string;
  link_entity?: string;
  value?: string;
  label?: string;
  taxonomy_term?: HsdsTaxonomyTerm;
  metadata?: HsdsMetadata[];
}

export interface HsdsUrl extends Described {
  label?: string;
  url: string;
}

export interface HsdsLanguage extends Described {
  name?: string;
  code?: string;
  note?: string;
}

export interface HsdsPhone extends Described {
  number: string;
  extension?: number;
  type?: string;
  description?: string;
  languages?: HsdsLanguage[];
}

export interface HsdsSchedule extends Described {
  valid_from?: string;
  valid_to?: string;
  dtstart?: string;
  /** Hours from UTC, says the standard. */
  timezone?: number;
  until?: string;
  count?: number;
  wkst?: string;
  freq?: 'WEEKLY' | 'MONTHLY';
  interval?: number;
  byday?: string;
  byweekno?: string;
  bymonthday?: string;
  byyearday?: string;
  description?: string;
  opens_at?: string;
  closes_at?: string;
  schedule_link?: string;
  attending_type?: string;
  notes?: string;
}

export interface HsdsContact extends Described {
  name?: string;
  title?: string;
  department?: string;
  email?: string;
  phones?: HsdsPhone[];
}

export interface HsdsAddress extends Described {
  attention?: string;
  address_1: string;
  address_2?: string;
  city: string;
  region?: string;
  state_province: string;
  postal_code: string;
  country: string;
  address_type: 'physical' | 'postal' | 'virtual';
}

export interface HsdsServiceArea extends Described {
  name?: string;
  description?: string;
  extent?: string;
  extent_type?: string;
  uri?: string;
}

export interface HsdsLocation extends Described {
  location_type: 'physical' | 'postal' | 'virtual';
  url?: string;
  organization_id?: string;
  name?: string;
  alternate_name?: string;
  description?: string;
  transportation?: string;
  latitude?: number;
  longitude?: number;
  external_identifier?: string;
  external_identifier_type?: string;
  languages?: HsdsLanguage[];
  addresses?: HsdsAddress[];
  contacts?: HsdsContact[];
  accessibility?: (Described & { description?: string; details?: string; url?: string })[];
  phones?: HsdsPhone[];
  schedules?: HsdsSchedule[];
}

export interface HsdsServiceAtLocation extends Described {
  description?: string;
  service_areas?: HsdsServiceArea[];
  contacts?: HsdsContact[];
  phones?: HsdsPhone[];
  schedules?: HsdsSchedule[];
  location?: HsdsLocation;
}

export interface HsdsProgram extends Described {
  organization_id?: string;
  name: string;
  alternate_name?: string;
  description: string;
}

export interface HsdsOrganization extends Described {
  name: string;
  alternate_name?: string;
  description: string;
  email?: string;
  website?: string;
  additional_websites?: HsdsUrl[];
  tax_status?: string;
  tax_id?: string;
  year_incorporated?: number;
  legal_status?: string;
  logo?: string;
  uri?: string;
  parent_organization_id?: string;
  funding?: (Described & { source?: string })[];
  contacts?: HsdsContact[];
  phones?: HsdsPhone[];
  locations?: HsdsLocation[];
  programs?: HsdsProgram[];
  organization_identifiers?: (Described & {
    identifier_scheme?: string;
    identifier_type: string;
    identifier: string;
  })[];
}

export interface HsdsUnit extends Described {
  name: string;
  scheme?: string;
  identifier?: string;
  uri?: string;
}

export interface HsdsCapacity extends Described {
  unit: HsdsUnit;
  available: number;
  maximum?: number;
  description?: string;
  updated: string;
}

/** A service without the organization that offers it: that is a record of its own, joined when it is served. */
export interface HsdsServiceContent extends Described {
  name: string;
  alternate_name?: string;
  description?: string;
  url?: string;
  additional_urls?: HsdsUrl[];
  email?: string;
  status: ServiceStatus;
  interpretation_services?: string;
  application_process?: string;
  fees_description?: string;
  wait_time?: string;
  /** Deprecated by the standard in favour of `fees_description` and `cost_options`; kept where a source has it. */
  fees?: string;
  accreditations?: string;
  eligibility_description?: string;
  minimum_age?: number;
  maximum_age?: number;
  /** A date, YYYY-MM-DD: when somebody last made sure that the record is right. */
  assured_date?: string;
  assurer_email?: string;
  licenses?: string;
  alert?: string;
  phones?: HsdsPhone[];
  schedules?: HsdsSchedule[];
  service_areas?: HsdsServiceArea[];
  service_at_locations?: HsdsServiceAtLocation[];
  languages?: HsdsLanguage[];
  funding?: (Described & { source?: string })[];
  cost_options?: (Described & {
    valid_from?: string;
    valid_to?: string;
    option?: string;
    currency?: string;
    amount?: number;
    amount_description?: string;
  })[];
  program?: HsdsProgram;
  required_documents?: (Described & { document?: string; uri?: string })[];
  contacts?: HsdsContact[];
  capacities?: HsdsCapacity[];
}

/** A service as `/hsds/services/{id}` answers it. */
export interface HsdsService extends HsdsServiceContent {
  last_modified: string;
  organization: HsdsOrganization;
}
