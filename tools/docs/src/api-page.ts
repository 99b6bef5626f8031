import { tableOf } from './markdown.js';
import type { ApiDocument, ApiOperation } from './openapi.js';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const CONVENTIONS: readonly [header: string, note: string][] = [
  ['Idempotency-Key', 'key'],
  ['If-Match', 'version'],
];

function notesOf({ parameters = [] }: ApiOperation): string {
  const headers = parameters.filter((parameter) => parameter.in === 'header').map(({ name }) => name);
  return CONVENTIONS.filter(([header]) => headers.includes(header))
    .map(([, note]) => note)
    .join(', ');
}

function sectionOf(name: string, { info, paths }: ApiDocument): string {
  const rows = Object.entries(paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method];
      if (!operation) return [];
      const roles = (operation['x-roles'] ?? []).join(', ');
      return [[`\`${method.toUpperCase()} ${path}\``, operation.summary ?? '', roles, notesOf(operation)]];
    }),
  );
  return [
    `## ${name}`,
    info.description,
    `Whole description: [openapi/${name}.json](openapi/${name}.json).`,
    tableOf(['Route', 'What it does', 'Who', 'Needs'], rows),
  ].join('\n\n');
}

/** Every route of every service on one page, with who may call it. */
export function apiPage(documents: ReadonlyMap<string, ApiDocument>): string {
  return [
    '# HTTP APIs',
    '<!-- Written by `npm run docs` from the decorators and schemas of the services. Do not edit. -->',
    'Errors are problem details (RFC 9457) in `application/problem+json`, with a stable `type`, a `correlationId` to quote, ' +
      'and a JSON pointer for each wrong field. **key**: the request takes an `Idempotency-Key`, and a repetition gets the ' +
      'first answer. **version**: it takes the ETag that was read as `If-Match`. Every service also has `/health/live`, ' +
      '`/health/ready`, `/metrics`, `/openapi.json` and `/docs`.',
    ...[...documents].map(([name, document]) => sectionOf(name, document)),
  ].join('\n\n');
}
