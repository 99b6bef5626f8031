import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Problem } from '../problem.js';

/**
 * The JSON value in `file`, or, on the first run, the one that `make` gives, written there for the next run.
 * The file is readable by its owner alone, since it may hold generated passwords and keys.
 */
export async function remembered<T>(file: string, make: () => T | Promise<T>): Promise<T> {
  if (existsSync(file)) {
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as T;
    } catch {
      throw new Problem(`${file} is damaged. Start with --fresh, or put the file back as it was.`);
    }
  }
  const value = await make();
  remember(file, value);
  return value;
}

/** Writes the value for the next run to read. */
export function remember(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
}
