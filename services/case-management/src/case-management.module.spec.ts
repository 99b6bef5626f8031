import { openApiOf } from '@throughline/shared/http';
import { Validator } from '@seriousme/openapi-schema-validator';
import { CaseManagementService } from './case-management.module.js';

type Operation = { 'x-roles'?: string[]; parameters?: { name: string }[]; responses: Record<string, unknown> };

const programmeRoutes = async () =>
  Object.entries((await openApiOf(CaseManagementService)).paths)
    .filter(([path]) => !path.startsWith('/v1/operations'))
    .flatMap(([path, item]) =>
      Object.entries(item as Record<string, Operation>).map(([method, operation]) => ({
        name: `${method} ${path}`,
        method,
        operation,
      })),
    );

describe('the API', () => {
  it('opens each route to those who need it, and has none that demotes a case', async () => {
    const routes = await programmeRoutes();
    expect(Object.fromEntries(routes.map(({ name, operation }) => [name, operation['x-roles']]))).toEqual({
      'get /v1/cases': ['coordinator', 'case-manager'],
      'get /v1/cases/{id}': ['coordinator', 'case-manager'],
      'post /v1/cases/{id}/assignment': ['coordinator'],
      'post /v1/cases/{id}/contacts': ['case-manager'],
      'post /v1/cases/{id}/end': ['case-manager', 'coordinator'],
      'post /v1/cases/{id}/intake': ['case-manager'],
      'post /v1/cases/{id}/needs': ['case-manager'],
      'post /v1/cases/{id}/reopening': ['case-manager', 'coordinator'],
      'post /v1/cases/{id}/linkages': ['case-manager'],
      'post /v1/cases/{id}/consents': ['case-manager', 'coordinator'],
      'get /v1/cases/{id}/consents': ['case-manager', 'coordinator'],
      'post /v1/cases/{id}/consents/{consentId}/revocation': ['case-manager', 'coordinator'],
      'get /v1/services': ['case-manager', 'coordinator'],
      'get /v1/linkages': ['provider', 'case-manager'],
      'get /v1/linkages/{id}': ['provider', 'case-manager'],
      'post /v1/linkages/{id}/status': ['provider', 'case-manager'],
    });
  });

  it('takes an idempotency key on each POST, and If-Match where a record is changed that somebody else changes too', async () => {
    const takes = (operation: Operation, header: string): boolean =>
      operation.parameters?.some(({ name }) => name === header) ?? false;
    const routes = await programmeRoutes();
    for (const { method, operation } of routes) expect(takes(operation, 'Idempotency-Key')).toBe(method === 'post');
    expect(routes.filter(({ operation }) => takes(operation, 'If-Match')).map(({ name }) => name)).toEqual([
      'post /v1/cases/{id}/assignment',
      'post /v1/cases/{id}/end',
      'post /v1/cases/{id}/reopening',
      'post /v1/linkages/{id}/status',
    ]);
  });

  it('is described in valid OpenAPI 3.1, what each route answers included', async () => {
    const document = await openApiOf(CaseManagementService);
    expect(await new Validator().validate(structuredClone(document) as never)).toMatchObject({ valid: true });
    for (const { operation } of await programmeRoutes())
      expect(operation.responses['200'] ?? operation.responses['201']).toHaveProperty([
        'content',
        'application/json',
        'schema',
      ]);
    const linkage = document.components?.schemas?.['Linkage'] as { properties: object };
    expect(Object.keys(linkage.properties).filter((name) => /name|identity|person|birth|goal/i.test(name))).toEqual([
      'serviceName',
    ]);
  });
});
