import { NICKNAMES } from '../../data/nicknames.js';

const formal = new Map<string, string[]>();
for (const line of NICKNAMES) {
  const [name = '', ...short] = line.split(' ');
  for (const nickname of short) formal.set(nickname, [...(formal.get(nickname) ?? []), name]);
}
const names = new Set(NICKNAMES.map((line) => line.split(' ', 1)[0] ?? ''));

/**
 * The formal names that a given name may stand for, the name itself among them only if it is no nickname.
 * A nickname that is a formal name as well ("Alex" no, "Jack" yes) stands for both.
 */
export function formalNamesOf(given: string): string[] {
  const stands = formal.get(given) ?? [];
  return stands.length === 0 || names.has(given) ? [given, ...stands] : stands;
}
