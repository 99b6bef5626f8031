/** How many items there is room for at first; the room doubles as they come. */
const FIRST_ROOM = 1024;

/**
 * Finds numbered items by the hash of a text, in 16 bytes an item. Two texts may have the same hash, so that whoever asks
 * compares what it finds. Items come with the numbers 0, 1, 2, …
 */
export class ChainedIndex {
  private hashes = new Uint32Array(FIRST_ROOM);
  /** Of each item the one before it in its slot, plus 1. */
  private before = new Uint32Array(FIRST_ROOM);
  /** Of each slot its newest item, plus 1. */
  private slots = new Uint32Array(FIRST_ROOM);
  private count = 0;
  /** So that nobody can write a file whose texts all have the same hash. */
  private readonly seed = Math.floor(Math.random() * 2 ** 32);

  /** Adds the next item; undefined for one that is found by nothing. */
  add(text: string | undefined): void {
    if (this.count === this.hashes.length) this.grow();
    const item = this.count;
    this.count += 1;
    if (text === undefined) return;
    this.hashes[item] = this.hashOf(text);
    this.chain(item);
  }

  /** The items that may have been added with this text, the newest first. */
  *find(text: string): Generator<number> {
    const hash = this.hashOf(text);
    for (let next = this.slots[this.slotOf(hash)]!; next !== 0; next = this.before[next - 1]!)
      if (this.hashes[next - 1] === hash) yield next - 1;
  }

  private chain(item: number): void {
    const slot = this.slotOf(this.hashes[item]!);
    this.before[item] = this.slots[slot]!;
    this.slots[slot] = item + 1;
  }

  private grow(): void {
    const chained = (item: number): boolean => this.hashes[item] !== 0;
    const room = this.hashes.length * 2;
    const hashes = new Uint32Array(room);
    hashes.set(this.hashes);
    [this.hashes, this.before, this.slots] = [hashes, new Uint32Array(room), new Uint32Array(room)];
    for (let item = 0; item < this.count; item += 1) if (chained(item)) this.chain(item);
  }

  private slotOf(hash: number): number {
    return hash & (this.slots.length - 1);
  }

  /** FNV-1a, mixed once more since its low bits decide the slot. Never 0, which marks an item without a text. */
  private hashOf(text: string): number {
    let hash = this.seed;
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    return (hash ^ (hash >>> 13)) >>> 0 || 1;
  }
}
