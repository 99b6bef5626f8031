/** So many slots are kept as a list; a larger set becomes a row of bits. */
const LISTED = 4096;

export const wordsFor = (slots: number): number => (slots + 31) >>> 5;

/** The number of bits that are set in 32. */
export function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555);
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333);
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

export function bitCountOf(bits: Uint32Array): number {
  let count = 0;
  for (let word = 0; word < bits.length; word += 1) count += bitCount(bits[word]!);
  return count;
}

/** Calls back with each slot whose bit is set, ascending. */
export function forEachSlot(bits: Uint32Array, visit: (slot: number) => void): void {
  for (let word = 0; word < bits.length; word += 1) {
    let left = bits[word]!;
    while (left !== 0) {
      const lowest = left & -left;
      visit((word << 5) + (31 - Math.clz32(lowest)));
      left ^= lowest;
    }
  }
}

/** A typed array of at least that length, grown by halves, with the content of the old one. */
export function grown<Values extends Uint8Array | Uint32Array | Int32Array | Float64Array>(
  values: Values,
  length: number,
): Values {
  if (values.length >= length) return values;
  const larger = new (values.constructor as new (length: number) => Values)(
    Math.max(length, values.length + (values.length >>> 1), 16),
  );
  larger.set(values);
  return larger;
}

/** A set of slots: small ones as a list, large ones as bits, so that both cost little and count fast. */
export class SlotSet {
  size = 0;
  private list: Uint32Array | undefined = new Uint32Array(4);
  private bits = new Uint32Array(0);

  static of(slots: Uint32Array): SlotSet {
    const set = new SlotSet();
    [set.list, set.size] = [slots, slots.length];
    if (slots.length > LISTED) set.turnIntoBits(slots);
    return set;
  }

  /** Adds a slot that is not in it. */
  add(slot: number): void {
    if (this.list && this.size === LISTED) this.turnIntoBits(this.list);
    if (this.list) {
      this.list = grown(this.list, this.size + 1);
      this.list[this.size] = slot;
    } else this.setBit(slot);
    this.size += 1;
  }

  /** Removes a slot that is in it. */
  remove(slot: number): void {
    this.size -= 1;
    if (this.list) this.list[this.list.indexOf(slot)] = this.list[this.size]!;
    else this.bits[slot >>> 5]! &= ~(1 << (slot & 31));
  }

  /** Its slots as they are now, in no order. */
  slots(): Uint32Array {
    if (this.list) return this.list.slice(0, this.size);
    const slots = new Uint32Array(this.size);
    let at = 0;
    forEachSlot(this.bits, (slot) => (slots[at++] = slot));
    return slots;
  }

  /** Sets the bit of each of its slots. */
  addTo(target: Uint32Array): void {
    if (!this.list) {
      const words = Math.min(this.bits.length, target.length);
      for (let word = 0; word < words; word += 1) target[word]! |= this.bits[word]!;
      return;
    }
    for (let at = 0; at < this.size; at += 1) {
      const slot = this.list[at]!;
      target[slot >>> 5]! |= 1 << (slot & 31);
    }
  }

  /** How many of its slots have their bit set. */
  countIn(target: Uint32Array): number {
    let count = 0;
    if (!this.list) {
      const words = Math.min(this.bits.length, target.length);
      for (let word = 0; word < words; word += 1) count += bitCount(this.bits[word]! & target[word]!);
      return count;
    }
    for (let at = 0; at < this.size; at += 1) {
      const slot = this.list[at]!;
      count += (target[slot >>> 5]! >>> (slot & 31)) & 1;
    }
    return count;
  }

  private turnIntoBits(list: Uint32Array): void {
    this.list = undefined;
    for (const slot of list.subarray(0, this.size)) this.setBit(slot);
  }

  private setBit(slot: number): void {
    if (this.bits.length < wordsFor(slot + 1)) {
      const longer = new Uint32Array(wordsFor(slot + 1) + (this.bits.length >>> 2));
      longer.set(this.bits);
      this.bits = longer;
    }
    this.bits[slot >>> 5]! |= 1 << (slot & 31);
  }
}
