/** A process in the simulation. Killed, it stays at its last step for ever; stalled, it goes on at a later time. */
export interface Actor {
  name: string;
  killed: boolean;
  stalledUntil: number;
}

/** Mulberry32: a small seeded generator, so that a failing run can be run again. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Decides which process makes the next step. Every look at the database or the broker waits here twice, before it is
 * carried out and before its answer arrives, so that a process can die between the two.
 */
export class Scheduler {
  now = 1_000_000;
  private waiting: { actor: Actor; go: () => void }[] = [];
  readonly random: () => number;

  constructor(seed: number) {
    this.random = seededRandom(seed);
  }

  below(bound: number): number {
    return Math.floor(this.random() * bound);
  }

  turn(actor: Actor): Promise<void> {
    return new Promise((go) => {
      if (!actor.killed) this.waiting.push({ actor, go });
    });
  }

  kill(actor: Actor): void {
    actor.killed = true;
    this.waiting = this.waiting.filter((one) => one.actor !== actor);
  }

  /** Lets one process go on by one step; answers false when all of them are dead or stalled. */
  async step(): Promise<boolean> {
    this.now += 1;
    const ready = this.waiting.filter(({ actor }) => actor.stalledUntil <= this.now);
    const next = ready[this.below(ready.length)];
    if (!next) return false;
    this.waiting.splice(this.waiting.indexOf(next), 1);
    next.go();
    await new Promise<void>((resolve) => setImmediate(resolve));
    return true;
  }
}
