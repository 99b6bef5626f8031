import { applyDecorators, HttpCode } from '@nestjs/common';
import {
  ApiBody,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiResponse,
  type ApiQueryOptions,
} from '@throughline/shared/openapi';
import {
  FULL_SERVICES_PER_PAGE,
  LIST_PARAMETERS,
  MAX_PER_PAGE,
  MINIMAL_PER_PAGE,
  type ListName,
} from '../domain/list-query.js';
import { HSDS_VERSION } from './hsds.version.js';

/** The descriptions of the HSDS routes in our OpenAPI document. */

/** Described where it is defined: a copy of 2.6 MB would help nobody, and tools do not follow references to GitHub. */
const official = (name: string) => ({
  type: 'object',
  externalDocs: {
    description: `HSDS ${HSDS_VERSION}, schema ${name}`,
    url: `https://raw.githubusercontent.com/openreferral/specification/3.2/schema/${name}.json`,
  },
});

const page = (schema: string) => ({
  type: 'object',
  required: ['empty', 'contents'],
  properties: {
    total_items: { type: 'integer' },
    total_pages: { type: 'integer' },
    page_number: { type: 'integer' },
    size: { type: 'integer' },
    first_page: { type: 'boolean' },
    last_page: { type: 'boolean' },
    empty: { type: 'boolean' },
    contents: { type: 'array', items: official(schema) },
  },
});

type Described = readonly [description: string, schema: Record<string, unknown>];
const UUID = { type: 'string', format: 'uuid' };
const BOOLEAN = { type: 'boolean' };

const PARAMETERS: Readonly<Record<string, Described>> = {
  search: ['Words that must each begin a word of the record.', { type: 'string' }],
  page: ['Counts from 1.', { type: 'integer', minimum: 1 }],
  per_page: [
    `At most ${MAX_PER_PAGE}; ${MINIMAL_PER_PAGE} with minimal, ${FULL_SERVICES_PER_PAGE} with full_service.`,
    { type: 'integer', minimum: 1 },
  ],
  format: ['ndjson streams all results, without pages.', { type: 'string', enum: ['json', 'ndjson'] }],
  taxonomy_term_id: ['Records that carry this term.', UUID],
  taxonomy_id: ['Records with any term of this taxonomy, or its terms.', UUID],
  organization_id: ['Services of this organization.', UUID],
  modified_after: ['Changed at or after this time; any offset.', { type: 'string' }],
  minimal: ['Only id and modified_date.', BOOLEAN],
  full: ['Fully nested records.', BOOLEAN],
  full_service: ['Fully nested organizations with their services fully nested.', BOOLEAN],
  postcode: ['Only what serves this postcode: see the README of the service.', { type: 'string' }],
  proximity: ['Metres from the middle of the postcode.', { type: 'number' }],
  top_only: ['Only terms without a parent.', BOOLEAN],
  parent_id: ['Terms directly below this one.', UUID],
};

const queryOf = (name: string): ApiQueryOptions => ({
  name,
  required: false,
  description: PARAMETERS[name]![0],
  schema: PARAMETERS[name]![1] as never,
});

const ITEMS: Record<ListName, { schema: string; list: string; what: string }> = {
  services: { what: 'service', schema: 'compiled/service', list: 'compiled/service_list' },
  organizations: { what: 'organization', schema: 'compiled/organization', list: 'compiled/organization_list' },
  service_at_locations: {
    what: 'service at a location',
    schema: 'compiled/service_at_location',
    list: 'compiled/service_at_location_list',
  },
  taxonomies: { what: 'taxonomy', schema: 'taxonomy', list: 'taxonomy' },
  taxonomy_terms: { what: 'taxonomy term', schema: 'taxonomy_term', list: 'taxonomy_term' },
};

/** Describes `GET` or, with a body that takes the same parameters, `POST` on a list. */
export function DescribesList(name: ListName, { body = false } = {}): MethodDecorator {
  const names: readonly string[] = LIST_PARAMETERS[name];
  const properties = Object.fromEntries(names.map((one) => [one, PARAMETERS[one]![1]]));
  const json = { schema: page(ITEMS[name].list) as never };
  return applyDecorators(
    ApiOperation({
      summary: `${name.replaceAll('_', ' ')}, page by page${body ? ', asked for in a body' : ''}.`,
      description: 'Filters are cumulative; any other parameter is refused.',
    }),
    ...names.map((one) => ApiQuery(queryOf(one))),
    ...(body ? [HttpCode(200), ApiBody({ required: false, schema: { type: 'object', properties } as never })] : []),
    ApiResponse({ status: 200, description: 'One page.', content: { 'application/json': json } }),
  );
}

/** Describes `GET` of one record. */
export function DescribesItem(name: ListName, ...parameters: string[]): MethodDecorator {
  const { what, schema } = ITEMS[name];
  const json = { schema: official(schema) as never };
  return applyDecorators(
    ApiOperation({ summary: `One ${what} with all that is related to it.` }),
    ApiParam({ name: 'id', schema: UUID as never }),
    ...parameters.map((one) => ApiQuery(queryOf(one))),
    ApiResponse({ status: 200, description: `The ${what}.`, content: { 'application/json': json } }),
  );
}
