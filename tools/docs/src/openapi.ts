import { openApiOf, type ServiceDefinition } from '@throughline/shared/http';

/** The part of an OpenAPI document that the pages read. */
export interface ApiDocument {
  openapi: string;
  info: { title: string; description: string };
  paths: Record<string, Record<string, ApiOperation>>;
}

export interface ApiOperation {
  summary?: string;
  'x-roles'?: string[];
  parameters?: { name: string; in: string; required?: boolean }[];
}

const SERVICES = ['referral', 'case-management', 'services-directory', 'reporting'] as const;

const isDefinition = (value: unknown): value is ServiceDefinition =>
  typeof value === 'object' && value !== null && 'config' in value && 'module' in value && 'description' in value;

/**
 * The definition of a service, from the one module that wires it. A service exports nothing, since nobody may depend on
 * it; what only describes it looks in from beside it, compiled code at compiled code and source at source.
 */
async function definitionOf(name: string): Promise<ServiceDefinition> {
  const form = import.meta.url.includes('/tools/docs/dist/') ? 'dist' : 'src';
  const exported = (await import(`../../../services/${name}/${form}/${name}.module.js`)) as object;
  const definition = Object.values(exported).find(isDefinition);
  if (!definition) throw new Error(`${name}.module.ts exports no ServiceDefinition`);
  return definition;
}

/** The OpenAPI 3.1 document of each service, by its name. */
export async function openApis(): Promise<Map<string, ApiDocument>> {
  const documents = new Map<string, ApiDocument>();
  for (const name of SERVICES) {
    // what Nest leaves undefined is not there in JSON
    const plain = JSON.parse(JSON.stringify(await openApiOf(await definitionOf(name)))) as ApiDocument;
    documents.set(name, plain);
  }
  return documents;
}
