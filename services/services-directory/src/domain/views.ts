import type {
  HsdsLocation,
  HsdsOrganization,
  HsdsProgram,
  HsdsService,
  HsdsServiceAtLocation,
  HsdsServiceContent,
} from './hsds.js';

/** The records as HSDS shows them: in lists with the fields that they have once, alone with everything. */

type Fields<Record_> = readonly (keyof Record_)[];

const SERVICE_FIELDS = [
  ...(['id', 'name', 'alternate_name', 'description', 'url', 'email', 'status', 'interpretation_services'] as const),
  ...(['application_process', 'fees_description', 'wait_time', 'fees', 'accreditations'] as const),
  ...(['eligibility_description', 'minimum_age', 'maximum_age', 'assured_date', 'assurer_email'] as const),
  ...(['licenses', 'alert'] as const),
] as const satisfies Fields<HsdsServiceContent>;

const ORGANIZATION_FIELDS = [
  ...(['id', 'name', 'alternate_name', 'description', 'email', 'website', 'tax_status', 'tax_id'] as const),
  ...(['year_incorporated', 'legal_status', 'logo', 'uri', 'parent_organization_id'] as const),
] as const satisfies Fields<HsdsOrganization>;

const PROGRAM_FIELDS = ['id', 'name', 'alternate_name', 'description'] as const satisfies Fields<HsdsProgram>;

const LOCATION_FIELDS = [
  ...(['id', 'location_type', 'url', 'organization_id', 'name', 'alternate_name', 'description'] as const),
  ...(['transportation', 'latitude', 'longitude', 'external_identifier', 'external_identifier_type'] as const),
] as const satisfies Fields<HsdsLocation>;

type ServiceListedAlone = Pick<HsdsServiceContent, (typeof SERVICE_FIELDS)[number]> & {
  last_modified: string;
  program?: Pick<HsdsProgram, (typeof PROGRAM_FIELDS)[number]>;
};
export type HsdsOrganizationListed = Pick<HsdsOrganization, (typeof ORGANIZATION_FIELDS)[number]>;
/** A service in a list: the fields that it has once, its organization and its programme likewise. */
export type HsdsServiceListed = ServiceListedAlone & { organization: HsdsOrganizationListed };

/** A service by its id and last change alone. The names are those that the official openapi.json gives for `minimal`. */
export interface HsdsServiceMinimal {
  id: string;
  modified_date: string;
}

/** An organization with what it offers, each service by its own fields or with everything related to it. */
export type HsdsOrganizationFull = HsdsOrganization & {
  services?: (ServiceListedAlone | (HsdsServiceContent & { last_modified: string }))[];
};

/** A service at a location with that service, which does not name its places again. */
export type HsdsServiceAtLocationFull = HsdsServiceAtLocation & { service: Omit<HsdsService, 'service_at_locations'> };

/** The same in a list. */
export interface HsdsServiceAtLocationListed {
  id: string;
  description?: string;
  location?: Pick<HsdsLocation, (typeof LOCATION_FIELDS)[number]>;
  service: HsdsServiceListed;
}

/** What a view of a service is made of. */
export interface ServiceWithOrganization {
  content: HsdsServiceContent;
  organization: HsdsOrganization;
  modifiedAt: Date;
}

/** The service with everything related to it. */
export function serviceFull({ content, organization, modifiedAt }: ServiceWithOrganization): HsdsService {
  return { ...content, last_modified: modifiedAt.toISOString(), organization };
}

/** The service as lists show it. */
export function serviceListed({ content, organization, modifiedAt }: ServiceWithOrganization): HsdsServiceListed {
  return { ...serviceAlone(content, modifiedAt), organization: organizationListed(organization) };
}

export const serviceMinimal = (id: string, modifiedAt: Date): HsdsServiceMinimal => ({
  id,
  modified_date: modifiedAt.toISOString(),
});

export const organizationListed = (organization: HsdsOrganization): HsdsOrganizationListed =>
  pick(organization, ORGANIZATION_FIELDS);

/** The organization with its services, which do not name it again. */
export function organizationFull(
  organization: HsdsOrganization,
  services: readonly Omit<ServiceWithOrganization, 'organization'>[],
  fullServices: boolean,
): HsdsOrganizationFull {
  if (services.length === 0) return organization;
  return {
    ...organization,
    services: services.map(({ content, modifiedAt }) =>
      fullServices ? { ...content, last_modified: modifiedAt.toISOString() } : serviceAlone(content, modifiedAt),
    ),
  };
}

export function placeFull(place: HsdsServiceAtLocation, service: ServiceWithOrganization): HsdsServiceAtLocationFull {
  const { service_at_locations: _places, ...nested } = serviceFull(service);
  return { ...place, service: nested };
}

export function placeListed(
  { id, description, location }: HsdsServiceAtLocation,
  service: ServiceWithOrganization,
): HsdsServiceAtLocationListed {
  return {
    id,
    ...(description === undefined ? {} : { description }),
    ...(location ? { location: pick(location, LOCATION_FIELDS) } : {}),
    service: serviceListed(service),
  };
}

function serviceAlone(content: HsdsServiceContent, modifiedAt: Date): ServiceListedAlone {
  return {
    ...pick(content, SERVICE_FIELDS),
    last_modified: modifiedAt.toISOString(),
    ...(content.program ? { program: pick(content.program, PROGRAM_FIELDS) } : {}),
  };
}

function pick<T extends object, K extends keyof T>(record: T, fields: readonly K[]): Pick<T, K> {
  const picked: Partial<Pick<T, K>> = {};
  for (const field of fields) if (record[field] !== undefined) picked[field] = record[field];
  return picked as Pick<T, K>;
}
