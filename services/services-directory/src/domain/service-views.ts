import type { HsdsOrganization, HsdsProgram, HsdsService, HsdsServiceContent } from './hsds.js';

type Fields<Record_> = readonly (keyof Record_)[];

const SERVICE_FIELDS = [
  'id',
  'name',
  'alternate_name',
  'description',
  'url',
  'email',
  'status',
  'interpretation_services',
  'application_process',
  'fees_description',
  'wait_time',
  'accreditations',
  'eligibility_description',
  'licenses',
] as const satisfies Fields<HsdsServiceContent>;

const ORGANIZATION_FIELDS = [
  'id',
  'name',
  'alternate_name',
  'description',
  'email',
  'website',
  'tax_status',
  'tax_id',
  'year_incorporated',
  'legal_status',
] as const satisfies Fields<HsdsOrganization>;

const PROGRAM_FIELDS = ['id', 'name', 'alternate_name', 'description'] as const satisfies Fields<HsdsProgram>;

/** A service in a list: the fields that it has once, its organization and its programme likewise. */
export type HsdsServiceListed = Pick<HsdsServiceContent, (typeof SERVICE_FIELDS)[number]> & {
  last_modified: string;
  organization: Pick<HsdsOrganization, (typeof ORGANIZATION_FIELDS)[number]>;
  program?: Pick<HsdsProgram, (typeof PROGRAM_FIELDS)[number]>;
};

/** A service by its id and last change alone. The names are those that the official openapi.json gives for `minimal`. */
export interface HsdsServiceMinimal {
  id: string;
  modified_date: string;
}

/** The service with everything related to it. */
export function fullView(content: HsdsServiceContent, organization: HsdsOrganization, modified: Date): HsdsService {
  return { ...content, last_modified: modified.toISOString(), organization };
}

/** The service as lists show it. */
export function listView(
  content: HsdsServiceContent,
  organization: HsdsOrganization,
  modified: Date,
): HsdsServiceListed {
  return {
    ...pick(content, SERVICE_FIELDS),
    last_modified: modified.toISOString(),
    organization: pick(organization, ORGANIZATION_FIELDS),
    ...(content.program ? { program: pick(content.program, PROGRAM_FIELDS) } : {}),
  };
}

export const minimalView = (id: string, modified: Date): HsdsServiceMinimal => ({
  id,
  modified_date: modified.toISOString(),
});

function pick<T extends object, K extends keyof T>(record: T, fields: readonly K[]): Pick<T, K> {
  const picked: Partial<Pick<T, K>> = {};
  for (const field of fields) if (record[field] !== undefined) picked[field] = record[field];
  return picked as Pick<T, K>;
}
