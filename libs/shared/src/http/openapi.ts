import type { INestApplication } from '@nestjs/common';
import type { OpenAPIObject } from '@nestjs/swagger';
import { z, type ZodType } from 'zod';
import { describedToSwagger } from '../openapi/index.js';
import { routesOf, type Route } from './routes.js';
import type { ServiceDefinition } from './service-definition.js';

type Json = Record<string, unknown>;

interface Operation extends Json {
  description?: string;
  parameters?: Json[];
  requestBody?: Json;
  responses: Record<string, Json>;
  security?: Json[];
}

const PROBLEM = {
  type: 'object',
  description: 'Problem details (RFC 9457).',
  required: ['type', 'title', 'status', 'detail', 'instance'],
  properties: {
    type: { type: 'string', format: 'uri', description: 'Stable name of the problem.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string', description: 'Path that was asked for.' },
    correlationId: { type: 'string', description: 'Quote it when you ask about the problem.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: {
          pointer: { type: 'string', description: 'JSON pointer to the field, as a URI fragment.' },
          detail: { type: 'string' },
        },
      },
    },
  },
};

const problem = (description: string): Json => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

/** A Zod schema as JSON Schema 2020-12, the dialect of OpenAPI 3.1; schemas with an id become components. */
function jsonSchemaOf(
  schema: unknown,
  io: 'input' | 'output',
): { schema: Json; components: Record<string, Json> } | undefined {
  if (!(schema instanceof z.core.$ZodType)) {
    return undefined;
  }
  const {
    $schema: _dialect,
    $defs,
    id: _id,
    ...rest
  } = z.toJSONSchema(schema as ZodType, {
    io,
    target: 'draft-2020-12',
  }) as Json & { $defs?: Record<string, Json> };
  const components = Object.entries($defs ?? {}).map(([name, { id: _ignored, ...definition }]) => [name, definition]);
  return { schema: rest, components: Object.fromEntries(components) as Record<string, Json> };
}

const addHeader = (operation: Operation, name: string, schema: Json, description: string): void => {
  operation.parameters = [...(operation.parameters ?? []), { name, in: 'header', required: true, schema, description }];
};

/** Adds what follows from the access rules and conventions of all our routes. */
function describe(operation: Operation, route: Route): void {
  const { responses } = operation;
  const { access } = route;
  operation['x-roles'] = access.public ? ['public'] : [...access.roles];
  const callers = access.public ? 'Open to everybody, without a token.' : `Roles: ${access.roles.join(', ')}.`;
  operation.description = [operation.description, callers]
    .filter((text) => text !== undefined && text !== '')
    .join('\n\n');
  operation.security = access.public ? [] : [{ accessToken: [] }];
  for (const response of Object.values(responses)) {
    response['description'] ||= 'As asked.';
  }
  for (const [, name] of route.path.matchAll(/:(\w+)/g)) {
    if (!operation.parameters?.some((known) => known['in'] === 'path' && known['name'] === name)) {
      const parameter = { name, in: 'path', required: true, schema: { type: 'string' } };
      operation.parameters = [...(operation.parameters ?? []), parameter];
    }
  }
  responses['400'] ??= problem('The request cannot be read.');
  if (!access.public) {
    responses['401'] ??= problem('No valid access token.');
    responses['403'] ??= problem('The role does not permit this.');
  }
  if (route.path.includes(':')) {
    responses['404'] ??= problem('Nothing there, or nothing that this caller may know of.');
  }
  if (!access.public && !['GET', 'HEAD'].includes(route.method)) {
    responses['409'] ??= problem(
      'In conflict with what is there. A transition that is not allowed names the `state` and those that are `allowed`.',
    );
  }
  if (operation.requestBody !== undefined) {
    responses['413'] ??= problem('The body is too large.');
    responses['415'] ??= problem('The content type or the encoding is not taken.');
  }
  if (route.idempotencyKey) {
    addHeader(
      operation,
      'Idempotency-Key',
      { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
      'A new value per command. Sending the same command again returns its first answer and changes nothing.',
    );
  }
  if (route.ifMatch) {
    addHeader(operation, 'If-Match', { type: 'string', pattern: '^"\\d+"$' }, 'The ETag that was read.');
  }
  if (operation.parameters?.some(({ name, in: where }) => where === 'header' && name === 'If-Match')) {
    responses['412'] ??= problem('Changed by somebody else in the meantime.');
    responses['428'] ??= problem('The If-Match header is missing.');
  }
  if (operation.requestBody !== undefined || (operation.parameters?.length ?? 0) > 0) {
    responses['422'] ??= problem('Well-formed, and not acceptable.');
  }
  responses['429'] ??= problem('Too many requests from this caller.');
  responses['500'] ??= problem('A fault on our side.');
  responses['503'] ??= problem('Unavailable for the moment; see Retry-After.');
}

const openApiPath = (template: string): string => template.replace(/:(\w+)/g, '{$1}');

/** The OpenAPI 3.1 document of an application that has been created; it need not be listening. */
export async function documentOf(
  app: INestApplication,
  definition: Pick<ServiceDefinition, 'name' | 'description'>,
): Promise<OpenAPIObject> {
  const { DocumentBuilder, SwaggerModule } = await describedToSwagger();
  const head = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(`Throughline ${definition.name}`)
    .setDescription(definition.description)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'accessToken')
    .build();
  const document = SwaggerModule.createDocument(app, head, {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
    standardSchemaConverter: (schema, { schemaType }) => jsonSchemaOf(schema, schemaType),
  });
  document.components = {
    ...document.components,
    schemas: { ...document.components?.schemas, Problem: PROBLEM as never },
  };
  for (const route of routesOf(app)) {
    const item = document.paths[openApiPath(route.path)] as Record<string, Operation> | undefined;
    const operation = item?.[route.method.toLowerCase()];
    if (operation !== undefined) {
      describe(operation, route);
    }
  }
  return document;
}
