/** A place in the order of hits: by score, the highest first, then by id. */
export interface Position {
  score: number;
  id: string;
}

export interface RankedSlot {
  slot: number;
  score: number;
}

/** Keeps the first hits of an order, out of many that come in any. */
export class TopHits {
  private readonly hits: RankedSlot[] = [];

  /**
   * @param limit so many are kept
   * @param after the position after which they begin
   * @param idOrder what the order of ids is told by, before the ids themselves
   */
  constructor(
    private readonly limit: number,
    private readonly after: Position | undefined,
    private readonly ids: readonly (string | undefined)[],
    private readonly idOrder: Float64Array,
  ) {}

  get found(): readonly RankedSlot[] {
    return this.hits;
  }

  /** What scores less has no chance any more. */
  get least(): number {
    return this.hits.length === this.limit ? this.hits[this.limit - 1]!.score : -Infinity;
  }

  add(slot: number, score: number): void {
    const { hits, limit, after } = this;
    if (after && (score > after.score || (score === after.score && this.ids[slot]! <= after.id))) return;
    const last = hits.length === limit ? hits[limit - 1]! : undefined;
    if (last && !this.precedes(slot, score, last)) return;
    let at = last ? limit - 1 : hits.length;
    while (at > 0 && this.precedes(slot, score, hits[at - 1]!)) at -= 1;
    if (last) hits.pop();
    hits.splice(at, 0, { slot, score });
  }

  private precedes(slot: number, score: number, other: RankedSlot): boolean {
    if (score !== other.score) return score > other.score;
    const order = this.idOrder[slot]! - this.idOrder[other.slot]!;
    return order === 0 ? this.ids[slot]! < this.ids[other.slot]! : order < 0;
  }
}
