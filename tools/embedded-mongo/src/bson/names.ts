/** Names of fields, found among bytes without building any. */
import type { Paths } from './path-tree.js';

export interface Wanted {
  readonly name: string;
  readonly bytes: Buffer;
  /** undefined: all of it. */
  readonly below: readonly Wanted[] | undefined;
}

export const wantedOf = (paths: Paths): Wanted[] =>
  [...paths].map(([name, below]) => ({ name, bytes: Buffer.from(name), below: below ? wantedOf(below) : undefined }));

/** Which of these has the name that stands in these bytes. */
export function wantedAt(wanted: readonly Wanted[], bytes: Buffer, start: number, end: number): Wanted | undefined {
  search: for (const one of wanted) {
    if (one.bytes.length !== end - start) continue;
    for (let i = start; i < end; i += 1) if (one.bytes[i - start] !== bytes[i]) continue search;
    return one;
  }
  return undefined;
}
