/** Regular expressions of PCRE, as the server has them, on those of JavaScript. What the two read differently is translated or refused. */
import { MongoError, badValue, notImplemented } from '../errors.js';

/** Syntax that JavaScript lacks, or has with another meaning. */
const FOREIGN = /\(\?[^:=!<]|\\[AzZGQEKRhHvXNC]|\[\[:|[*+?}]\+|\(\*|\\p\{|\\x\{|\\g|\\k'|\(\?<[^=!]/;
/** An escape, a character class, or one character. */
const TOKEN = /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]|[\s\S]/g;

/** @throws MongoError 51108 for an unknown flag, 51091 for a pattern that is none, 238 for syntax that is left out */
export function compilePattern(source: string, flags: string): RegExp {
  if (/[^imsxlu]/.test(flags)) throw new MongoError(51108, `invalid flag in regex options: ${flags}`);
  if (source.includes('\0')) throw badValue('Regular expression cannot contain an embedded null byte');
  const inline = /^\(\?([imsx]+)\)/.exec(source);
  const options = flags + (inline?.[1] ?? '');
  let text = inline ? source.slice(inline[0].length) : source;
  if (options.includes('x')) text = withoutComments(text);
  if (FOREIGN.test(text)) throw notImplemented(`the regular expression syntax in /${source}/`);
  const translated = translate(text, options.includes('m'), options.includes('s'));
  const caseless = options.includes('i') ? 'i' : '';
  try {
    return new RegExp(translated, `${caseless}u`);
  } catch {
    // The Unicode mode of JavaScript also refuses needless escapes, which PCRE allows.
  }
  try {
    return new RegExp(translated, caseless);
  } catch {
    throw new MongoError(51091, `Regular expression is invalid: ${source}`);
  }
}

/** Only a newline ends a line in PCRE, and `$` also stands before one at the very end. */
function translate(text: string, multiline: boolean, dotAll: boolean): string {
  return text.replace(TOKEN, (token) => {
    if (token === '.') return dotAll ? '[\\s\\S]' : '[^\\n]';
    if (token === '^') return multiline ? '(?<![^\\n])' : '^';
    if (token === '$') return multiline ? '(?![^\\n])' : '(?=\\n?(?![\\s\\S]))';
    return token;
  });
}

function withoutComments(text: string): string {
  return text.replace(/\\.|\[(?:\\.|[^\]\\])*\]|\s+|#.*(?:\n|$)/g, (m) => (/^(?:\s|#)/.test(m) ? '' : m));
}
