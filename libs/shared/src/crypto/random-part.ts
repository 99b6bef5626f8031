import { randomFillSync } from 'node:crypto';

/** A draw from the generator costs the same for one identifier as for a hundred. */
const POOL_BYTES = 4_096;

let pool = Buffer.alloc(0);
let used = 0;

/** As `randomBytes` of node:crypto, for the few bytes of a trace, a vector or a key; nothing is ever given out twice. */
export function randomPart(size: number): Buffer {
  if (used + size > pool.length) {
    // a new one each time: parts that were given out stay as they are
    pool = randomFillSync(Buffer.allocUnsafeSlow(Math.max(POOL_BYTES, size)));
    used = 0;
  }
  used += size;
  return pool.subarray(used - size, used);
}
