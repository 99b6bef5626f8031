import { Refusal } from '@throughline/shared/domain';
import { TokenParser, Tokenizer, TokenType } from '@streamparser/json';
import type { RowNote } from '../domain/import/row-reader.js';

/** One record is held in memory at a time. In bytes; a service with everything that is related to it has some 20,000. */
export const MAX_RECORD_BYTES = 8_000_000;
/** The records of HSDS are nested six deep. */
export const MAX_DEPTH = 64;

/** A record with its line in ndjson, else its number, and the field of the file that holds it, where it has one. */
export type JsonRecord =
  | { line: number; readable: true; field?: string; record: Record<string, unknown> }
  | { line: number; readable: false; reason: RowNote };

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const refused = (detail: string): Refusal => new Refusal('invalid', 'json-refused', `The JSON was refused: ${detail}.`);
const TOO_LARGE = `a record is larger than ${MAX_RECORD_BYTES} bytes`;
const TOO_DEEP = `it is nested deeper than ${MAX_DEPTH} levels`;
const NO_RECORD: RowNote = { code: 'record-unreadable', detail: 'it is no JSON object' };

/**
 * The records of a JSON text, one after the other: the items of a list, the items of the lists in the fields of an
 * object (`{"services": [...]}`, pages of the HSDS API, tabular JSON), or the one record that it is, if its id comes first.
 * @throws Refusal `json-refused` for what is no JSON, nested too deep, or holds a record too large for memory
 */
export async function* readJsonRecords(source: AsyncIterable<Buffer>): AsyncGenerator<JsonRecord> {
  const chunks = withoutMark(source);
  const { value: first } = await chunks.next();
  if (first === undefined) throw refused('it is empty');
  const beginning = first.subarray(0, 1000).toString().trimStart();
  if (/^\{\s*"id"\s*:/.test(beginning)) yield await onlyRecord(first, chunks);
  else yield* records(beginning.startsWith('[') ? '$.*' : '$.*.*', first, chunks);
}

async function onlyRecord(first: Buffer, rest: AsyncIterable<Buffer>): Promise<JsonRecord> {
  const pieces = [first];
  let size = first.length;
  for await (const chunk of rest) {
    pieces.push(chunk);
    size += chunk.length;
    if (size > MAX_RECORD_BYTES) throw refused(TOO_LARGE);
  }
  return recordOf(1, Buffer.concat(pieces).toString());
}

async function* records(path: string, first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<JsonRecord> {
  let line = 0;
  let found: JsonRecord[] = [];
  let since = 0;
  let depth = 0;
  let failure: Refusal | undefined;
  const fail = (detail: string): void => void (failure ??= refused(detail));
  const tokenizer = new Tokenizer();
  const parser = new TokenParser({ paths: [path], keepStack: false });
  parser.onValue = ({ value, stack }) => {
    line += 1;
    since = 0;
    const field = stack[1]?.key;
    if (!isRecord(value)) found.push({ line, readable: false, reason: NO_RECORD });
    else found.push({ line, readable: true, ...(typeof field === 'string' ? { field } : {}), record: value });
  };
  parser.onError = () => fail('it is no JSON');
  tokenizer.onError = () => fail('it is no JSON');
  tokenizer.onToken = (token) => {
    if (failure) return;
    if (token.token === TokenType.LEFT_BRACE || token.token === TokenType.LEFT_BRACKET) depth += 1;
    if (token.token === TokenType.RIGHT_BRACE || token.token === TokenType.RIGHT_BRACKET) depth -= 1;
    if (depth > MAX_DEPTH) return fail(TOO_DEEP);
    parser.write(token);
  };
  const read = (chunk: Buffer): JsonRecord[] => {
    for (let at = 0; at < chunk.length && !failure; at += STEP) {
      const piece = chunk.subarray(at, at + STEP);
      since += piece.length;
      if (since > MAX_RECORD_BYTES) fail(TOO_LARGE);
      else tokenizer.write(piece);
    }
    const read = found;
    found = [];
    return read;
  };
  yield* read(first);
  for await (const chunk of rest) {
    if (failure) break;
    yield* read(chunk);
  }
  if (failure) throw failure;
  if (!parser.isEnded) throw refused('it ends in the middle');
}

/** Bytes that are parsed at once: between two of them it is seen whether a record has grown too large. */
const STEP = 16_384;

async function* withoutMark(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let first = true;
  for await (const chunk of source) {
    yield first && chunk.subarray(0, 3).equals(Buffer.from('\ufeff')) ? chunk.subarray(3) : chunk;
    first = false;
  }
}

/** The records of a text with one JSON object a line. A line that is none costs no other line. */
export async function* readJsonLines(source: AsyncIterable<Buffer>): AsyncGenerator<JsonRecord> {
  let line = 0;
  for await (const text of linesOf(withoutMark(source))) {
    line += 1;
    if (text === undefined) {
      const reason = { code: 'row-too-long', detail: `${TOO_LARGE}; the rest of the file was not read` };
      return yield { line, readable: false, reason };
    }
    if (text.trim() === '') continue;
    yield recordOf(line, text);
  }
}

function recordOf(line: number, text: string): JsonRecord {
  if (depthOf(text) > MAX_DEPTH)
    return { line, readable: false, reason: { code: 'record-too-deep', detail: TOO_DEEP } };
  try {
    const record: unknown = JSON.parse(text);
    return isRecord(record) ? { line, readable: true, record } : { line, readable: false, reason: NO_RECORD };
  } catch {
    return { line, readable: false, reason: NO_RECORD };
  }
}

/** Undefined for a line that is too long, after which nothing follows. */
async function* linesOf(source: AsyncIterable<Buffer>): AsyncGenerator<string | undefined> {
  let pieces: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    let from = 0;
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, from)) {
      yield Buffer.concat([...pieces, chunk.subarray(from, at)]).toString();
      pieces = [];
      size = 0;
      from = at + 1;
    }
    pieces.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > MAX_RECORD_BYTES) return yield undefined;
  }
  yield Buffer.concat(pieces).toString();
}

/** How deep brackets are nested outside of strings, as far as it matters. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/gs)) {
    if (token === '[' || token === '{') deepest = Math.max(deepest, (depth += 1));
    else if (token === ']' || token === '}') depth -= 1;
    if (deepest > MAX_DEPTH) break;
  }
  return deepest;
}
