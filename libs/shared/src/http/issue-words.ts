/** The parts of a Zod issue that say what is wrong. Other Standard Schema libraries give the message alone. */
export interface WordedIssue {
  readonly message: string;
  readonly code?: string;
  readonly expected?: string;
  readonly origin?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  /** False where the bound itself is out of bounds. */
  readonly inclusive?: boolean;
  readonly values?: readonly unknown[];
  readonly format?: string;
}

/** How the messages begin that Zod makes by itself; a schema that says its own is left to it. */
const BY_ITSELF = /^(Invalid (input|option|ISO|UUID|URL|string|number|key|element)\b|Too (small|big):|Unrecognized)/;

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const FORMATS: Readonly<Record<string, string>> = {
  datetime: 'a date and time with its offset, as in 2026-03-02T18:04:00Z',
  date: 'a date of the calendar, as in 2026-05-17',
  time: 'a time of the day, as in 18:04',
  uuid: 'a UUID',
  url: 'a web address',
};

const MOST_VALUES = 40;

/** What is wrong with a field, in words for who filled it in rather than for who wrote the schema. */
export function inWords(issue: WordedIssue): string {
  const { message, code, values = [], minimum, maximum } = issue;
  if (message.endsWith('received undefined')) return 'This field is required.';
  if (!BY_ITSELF.test(message)) return message;
  switch (code) {
    case 'invalid_type':
      return `This must be ${KINDS[issue.expected ?? ''] ?? 'of another kind'}.`;
    case 'invalid_value':
      return values.length <= MOST_VALUES
        ? `This must be one of ${values.join(', ')}.`
        : 'This is none of the known values.';
    case 'invalid_format':
      return `This must be ${FORMATS[issue.format ?? ''] ?? 'written in another way'}.`;
    case 'too_small':
      if (issue.origin === 'string' && Number(minimum) === 1) return 'This must not be empty.';
      if (issue.inclusive === false) return `This must be more than ${minimum}.`;
      return `This must ${amount(issue.origin, minimum)} at least.`;
    case 'too_big':
      if (issue.inclusive === false) return `This must be less than ${maximum}.`;
      return `This must ${amount(issue.origin, maximum)} at most.`;
    default:
      return 'This is not as it must be.';
  }
}

function amount(origin: string | undefined, bound: number | bigint | undefined): string {
  if (origin === 'string') return `have ${bound} characters`;
  if (origin === 'array' || origin === 'set') return `have ${bound} entries`;
  return `be ${bound}`;
}
