import { Refusal } from '../domain/index.js';

/** No document of ours is nested half as deep; recursion over a deeper one could exhaust the stack. */
const MAX_DEPTH = 32;

const malformed = (detail: string): Refusal => new Refusal('malformed', 'malformed-json', detail);

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/**
 * How many members the objects of a text have, by the colons outside of strings. Its depth is told by the brackets, so that
 * a bomb is refused before anything is built from it.
 */
function countMembers(text: string): number {
  let members = 0;
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charCodeAt(index);
    if (inString) {
      if (char === 0x5c) {
        index += 1;
      } else if (char === 0x22) {
        inString = false;
      }
    } else if (char === 0x22) {
      inString = true;
    } else if (char === 0x7b || char === 0x5b) {
      depth += 1;
      if (depth > MAX_DEPTH) {
        throw malformed(`The JSON document is nested deeper than ${MAX_DEPTH} levels.`);
      }
    } else if (char === 0x7d || char === 0x5d) {
      depth -= 1;
    } else if (char === 0x3a) {
      members += 1;
    }
  }
  return members;
}

/** How many members the objects of a value have: of two that share a name, one. */
function membersOf(value: unknown): number {
  let members = 0;
  if (Array.isArray(value)) {
    for (const entry of value) {
      members += membersOf(entry);
    }
  } else if (isRecord(value)) {
    for (const key in value) {
      members += 1 + membersOf(value[key]);
    }
  }
  return members;
}

const assertText = (text: string): void => {
  if (/[\0\p{Surrogate}]/u.test(text)) {
    throw malformed('The JSON document holds a NUL character or half of a surrogate pair, which cannot be stored.');
  }
};

function assertHarmless(value: unknown): void {
  if (typeof value === 'string') {
    assertText(value);
  } else if (Array.isArray(value)) {
    value.forEach(assertHarmless);
  } else if (isRecord(value)) {
    for (const [key, entry] of Object.entries(value)) {
      if (key === '__proto__' || (key === 'constructor' && isRecord(entry) && 'prototype' in entry)) {
        throw malformed('The JSON document holds a key that could change the prototype of objects.');
      }
      assertText(key);
      assertHarmless(entry);
    }
  }
}

/** What only a suspicious text can hold once parsed; most bodies are not walked a second time. */
const SUSPICIOUS = /\\u0000|\\u[dD][89a-fA-F]|proto/;
const ESCAPED_KEY = /\\u00/;

/**
 * The JSON value of a body, or undefined for an empty one.
 *
 * Refuses (`malformed-json`, 400) what is no JSON or no UTF-8, is nested too deeply, or holds NUL characters, unpaired
 * surrogates, keys that pollute prototypes, or two members of one name: which of them counts nobody has said (RFC 8259, 4).
 */
export function parseJsonBody(body: Uint8Array): unknown {
  if (body.length === 0) {
    return undefined;
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body);
  } catch {
    throw malformed('The body is not valid UTF-8.');
  }
  const members = countMembers(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('The body is not valid JSON.');
  }
  if (membersOf(value) !== members) {
    throw malformed('An object of the JSON document has two members of the same name.');
  }
  if (SUSPICIOUS.test(text) || ESCAPED_KEY.test(text)) {
    assertHarmless(value);
  }
  return value;
}
