const FULL = 64;

interface Block {
  keys: string[];
  ids: number[];
}

/** The entries of an index, (key, record id) in ascending order, in blocks: steps grow with the logarithm of their number. */
export class SortedKeys {
  #blocks: Block[] = [{ keys: [], ids: [] }];
  #size = 0;
  /** Changes whenever an entry comes or goes, so that a scan knows to find its place again. */
  version = 0;

  get size(): number {
    return this.#size;
  }

  add(key: string, id: number): void {
    const b = this.#blockOf(key, id);
    const block = this.#blocks[b]!;
    const i = lowerBound(block, key, id);
    block.keys.splice(i, 0, key);
    block.ids.splice(i, 0, id);
    if (block.keys.length > FULL) {
      const half = i === FULL ? FULL : FULL >> 1;
      this.#blocks.splice(b + 1, 0, { keys: block.keys.splice(half), ids: block.ids.splice(half) });
    }
    this.#size += 1;
    this.version += 1;
  }

  remove(key: string, id: number): void {
    const b = this.#blockOf(key, id);
    const block = this.#blocks[b]!;
    const i = lowerBound(block, key, id);
    if (block.keys[i] !== key || block.ids[i] !== id) return;
    block.keys.splice(i, 1);
    block.ids.splice(i, 1);
    if (!block.keys.length && this.#blocks.length > 1) this.#blocks.splice(b, 1);
    this.#size -= 1;
    this.version += 1;
  }

  /** A record other than `except` that has this key. */
  find(key: string, except = -1): number | undefined {
    let b = this.#blockOf(key, -1);
    for (let i = lowerBound(this.#blocks[b]!, key, -1); ; i += 1) {
      const block = this.#blocks[b]!;
      if (i < block.keys.length) {
        if (block.keys[i] !== key) return undefined;
        if (block.ids[i] !== except) return block.ids[i];
      } else if (b + 1 < this.#blocks.length) {
        b += 1;
        i = -1;
      } else return undefined;
    }
  }

  /** Record ids with `low <= key < high`, also while entries come and go. */
  *scan(low: string, high: string, descending: boolean): Generator<number> {
    let key = descending ? high : low;
    let id = -1;
    for (;;) {
      const [blocks, version] = [this.#blocks, this.version];
      let b = this.#blockOf(key, id);
      let i = lowerBound(blocks[b]!, key, id) - (descending ? 1 : 0);
      for (; version === this.version; i += descending ? -1 : 1) {
        while (b >= 0 && b < blocks.length && (i < 0 || i >= blocks[b]!.keys.length)) {
          b += descending ? -1 : 1;
          i = descending ? (blocks[b]?.keys.length ?? 0) - 1 : 0;
        }
        const block = blocks[b];
        if (!block) return;
        key = block.keys[i]!;
        if (descending ? key < low : key >= high) return;
        id = block.ids[i]!;
        yield id;
      }
      if (!descending) id += 0.5;
    }
  }

  /** How many entries lie in a range. */
  count(low: string, high: string): number {
    if (low >= high) return 0;
    const [a, b] = [this.#blockOf(low, -1), this.#blockOf(high, -1)];
    let n = lowerBound(this.#blocks[b]!, high, -1) - lowerBound(this.#blocks[a]!, low, -1);
    for (let i = a; i < b; i += 1) n += this.#blocks[i]!.keys.length;
    return n;
  }

  /** About how many entries lie in a range: exact to half a block at each end. */
  estimate(low: string, high: string): number {
    const [a, b] = [this.#blockOf(low, -1), this.#blockOf(high, -1)];
    const [i, j] = [lowerBound(this.#blocks[a]!, low, -1), lowerBound(this.#blocks[b]!, high, -1)];
    return a === b ? j - i : this.#blocks[a]!.keys.length - i + j + (b - a - 1) * (this.#size / this.#blocks.length);
  }

  /** The last block that begins at or before an entry; the first one if none does. */
  #blockOf(key: string, id: number): number {
    const blocks = this.#blocks;
    let low = 1;
    let high = blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (key < blocks[middle]!.keys[0]!) high = middle;
      else low = middle + 1;
    }
    const b = low - 1;
    const begins = (i: number): boolean => blocks[i]!.keys[0] === key && blocks[i]!.ids[0]! > id;
    if (b === 0 || !begins(b)) return b;
    [low, high] = [1, b];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (begins(middle)) high = middle;
      else low = middle + 1;
    }
    return low - 1;
  }
}

/**
 * The first place in a block that is not before an entry. Comparing two keys is what takes time, and most are found
 * once: so a key is looked for by one comparison a step, and the ids of equal keys only where there are some.
 */
function lowerBound({ keys, ids }: Block, key: string, id: number): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  if (keys[low] !== key || ids[low]! >= id) return low;
  high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle] === key && ids[middle]! < id) low = middle + 1;
    else high = middle;
  }
  return low;
}
