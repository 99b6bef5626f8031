import { Validator } from '@seriousme/openapi-schema-validator';
import { openApiOf, readConfig } from '@throughline/shared/http';
import { servicesDirectory } from './services-directory.module.js';

const common = {
  PORT: '0',
  MONGODB_URL: 'mongodb://127.0.0.1:1/directory',
  AMQP_URL: 'amqp://127.0.0.1:1',
  OIDC_ISSUER: 'http://127.0.0.1:1',
};

it('describes its API in a valid OpenAPI 3.1 document, with who may call what', async () => {
  const document = await openApiOf(servicesDirectory);
  const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(document)));
  expect(errors).toBeUndefined();
  expect(valid).toBe(true);
  const callers = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, { 'x-roles': string[] }>).map(([method, operation]) => [
      `${method} ${path}`,
      operation['x-roles'],
    ]),
  );
  expect(Object.fromEntries(callers)).toMatchObject({
    'get /hsds': ['public'],
    'get /hsds/services': ['public'],
    'get /hsds/services/{id}': ['public'],
    'post /v1/imports': ['admin', 'coordinator'],
    'get /v1/imports/{id}': ['admin', 'coordinator'],
    'post /v1/drafts': ['provider', 'coordinator', 'admin'],
    'post /v1/drafts/{id}/review': ['coordinator', 'admin'],
    'get /v1/services/{id}': ['provider', 'coordinator', 'admin'],
    'get /v1/taxonomies/{id}': ['coordinator', 'admin'],
  });
});

it('boots with the common environment alone and refuses an address that is none', () => {
  expect(readConfig(servicesDirectory.config, common).PUBLIC_URL).toBeUndefined();
  expect(readConfig(servicesDirectory.config, { ...common, PUBLIC_URL: 'https://d.example' }).PUBLIC_URL).toBe(
    'https://d.example',
  );
  for (const PUBLIC_URL of ['d.example', 'javascript:alert(1)'])
    expect(() => readConfig(servicesDirectory.config, { ...common, PUBLIC_URL })).toThrow(/^PUBLIC_URL: /);
});
