import { grown } from './slot-set.js';

/** Blocks are this large, but for one that holds a single larger run. */
const BLOCK_BYTES = 2 ** 20;
/** Runs begin at a multiple of this, so that numbers can be read where they lie. */
const ALIGNED = 4;

/** The blocks and where in them each slot's run is. */
export interface PackedState {
  places: { block: Uint32Array; from: Uint32Array; size: Uint32Array };
  blocks: Uint8Array[];
}

/**
 * For each slot a run of bytes. All of them lie in a few large blocks: as objects of their own they took twice the
 * memory, and the collector of garbage went through them again and again.
 */
export class PackedColumn {
  private blocks: (Uint8Array | undefined)[] = [];
  /** Bytes in use in each block. */
  private live: number[] = [];
  private last = -1;
  private end = BLOCK_BYTES;
  private block = new Uint32Array(0);
  private from = new Uint32Array(0);
  private size = new Uint32Array(0);

  /** Sets the run of a slot, in place of the one that it has. */
  set(slot: number, bytes: Uint8Array): void {
    this.clear(slot);
    this.append(slot, bytes);
  }

  /** Until the next change; empty where there is none. */
  get(slot: number): Uint8Array {
    const size = this.size[slot] ?? 0;
    const block = size === 0 ? undefined : this.blocks[this.block[slot]!];
    return block ? block.subarray(this.from[slot]!, this.from[slot]! + size) : new Uint8Array(0);
  }

  clear(slot: number): void {
    const size = this.size[slot] ?? 0;
    if (size === 0) return;
    const block = this.block[slot]!;
    this.size[slot] = 0;
    this.live[block]! -= size;
    if (block !== this.last && this.live[block]! < this.blocks[block]!.length / 2) this.giveUp(block);
  }

  state(): PackedState {
    const { block, from, size } = this;
    const used = (at: number): number | undefined => (at === this.last ? this.end : undefined);
    // a block that was given up is kept as an empty one, since others are found by their numbers
    const blocks = this.blocks.map((one, at) => one?.subarray(0, used(at)) ?? new Uint8Array(0));
    return { places: { block, from, size }, blocks };
  }

  /** Takes over a state; what was here is gone. */
  restore({ places, blocks }: PackedState): void {
    Object.assign(this, places);
    this.blocks = blocks.map((block) => (block.length > 0 ? block : undefined));
    this.live = blocks.map(() => 0);
    for (const [slot, size] of this.size.entries()) if (size > 0) this.live[this.block[slot]!]! += size;
    [this.last, this.end] = [-1, BLOCK_BYTES];
  }

  private append(slot: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.end + bytes.length > BLOCK_BYTES) {
      this.last = this.blocks.push(new Uint8Array(Math.max(BLOCK_BYTES, bytes.length))) - 1;
      this.live[this.last] = 0;
      this.end = 0;
    }
    this.block = grown(this.block, slot + 1);
    this.from = grown(this.from, slot + 1);
    this.size = grown(this.size, slot + 1);
    this.blocks[this.last]!.set(bytes, this.end);
    this.block[slot] = this.last;
    this.from[slot] = this.end;
    this.size[slot] = bytes.length;
    this.live[this.last]! += bytes.length;
    this.end += Math.ceil(bytes.length / ALIGNED) * ALIGNED;
  }

  /** Moves what is left of a block to the end of the others. */
  private giveUp(block: number): void {
    const old = this.blocks[block]!;
    this.blocks[block] = undefined;
    this.live[block] = 0;
    for (let slot = 0; slot < this.size.length; slot += 1) {
      const size = this.size[slot]!;
      if (size > 0 && this.block[slot] === block)
        this.append(slot, old.subarray(this.from[slot]!, this.from[slot]! + size));
    }
  }
}
