import { StandardSchemaValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import { Refusal, type FieldError } from '../domain/index.js';
import { inWords, type WordedIssue } from './issue-words.js';

/** The part of a Standard Schema issue that we read; Zod adds `keys` for the fields that it does not know. */
interface Issue extends WordedIssue {
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
  readonly keys?: readonly string[];
}

/** More would help nobody, and an answer must not outgrow its question. */
const MAX_ERRORS = 50;

/** A key of ours is short; a longer one is input that must not be echoed at length. */
const token = (key: PropertyKey): string =>
  encodeURI(
    String(key)
      .slice(0, 100)
      .replace(/\p{Surrogate}/gu, '\ufffd')
      .replaceAll('~', '~0')
      .replaceAll('/', '~1'),
  ).replaceAll('#', '%23');

const pointerOf = (path: readonly PropertyKey[]): string => ['#', ...path.map(token)].join('/');

/** One entry per wrong field: its JSON pointer as a URI fragment (RFC 6901, section 6). Unknown fields are named each. */
export function fieldErrorsOf(issues: readonly Issue[]): FieldError[] {
  return issues
    .flatMap((issue) => {
      const path = (issue.path ?? []).map((segment) => (typeof segment === 'object' ? segment.key : segment));
      return issue.code === 'unrecognized_keys' && issue.keys !== undefined
        ? issue.keys.map((key) => ({ pointer: pointerOf([...path, key]), detail: 'This field is not known here.' }))
        : [{ pointer: pointerOf(path), detail: inWords(issue) }];
    })
    .slice(0, MAX_ERRORS);
}

const BODY_REQUIRED = new Refusal('malformed', 'body-required', 'Send a JSON document as the body.');

const refused = (issues: readonly Issue[]): Refusal =>
  new Refusal('invalid', 'validation-failed', 'Some fields are not as they must be. See errors.', {
    errors: fieldErrorsOf(issues),
  });

/** Validates what has a schema, `@Body({ schema })`, `@Query({ schema })`, `@Param('id', { schema })`; 422 with a pointer per field. */
export class ValidationPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: refused });
  }

  override async transform<T>(value: T, metadata: ArgumentMetadata): Promise<T> {
    if (metadata.type === 'custom' || metadata.schema === undefined) {
      return value;
    }
    const result = await this.validate<T>(value, metadata.schema);
    if (result.issues === undefined) {
      return result.value;
    }
    if (metadata.type === 'body' && value === undefined) {
      throw BODY_REQUIRED;
    }
    // a single parameter is validated alone; its name leads to it
    const lead = metadata.type !== 'body' && metadata.data !== undefined ? [metadata.data] : [];
    throw refused(result.issues.map((issue) => ({ ...issue, path: [...lead, ...(issue.path ?? [])] })));
  }
}
