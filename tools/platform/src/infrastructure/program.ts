import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** First of these programs that exists and may be run: absolute paths as they are, bare names through PATH. */
export function findProgram(...candidates: string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return candidates
    .flatMap((candidate) => (isAbsolute(candidate) ? [candidate] : folders.map((folder) => join(folder, candidate))))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
