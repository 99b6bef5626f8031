/** What is remembered is at most so old, unless it is said otherwise; a change made on another replica reaches this one after it. */
const FRESH_MS = 30_000;
/** Far more agencies and sites than a programme has; the oldest is forgotten first. */
const REMEMBERED = 1_000;

/** Records that seldom change, kept in memory for the intake. What is not there is looked for each time. */
export class Remembered<Value> {
  private readonly kept = new Map<string, { value: Value; until: number }>();

  constructor(
    private readonly load: (id: string) => Promise<Value | undefined>,
    private readonly freshMs = FRESH_MS,
  ) {}

  async get(id: string): Promise<Value | undefined> {
    const known = this.kept.get(id);
    if (known && performance.now() < known.until) return known.value;
    const value = await this.load(id);
    this.kept.delete(id);
    if (value === undefined) return undefined;
    const [oldest] = this.kept.keys();
    if (this.kept.size >= REMEMBERED && oldest !== undefined) this.kept.delete(oldest);
    this.kept.set(id, { value, until: performance.now() + this.freshMs });
    return value;
  }

  /** After an own change: the next reader on this replica sees it. */
  forget(id: string): void {
    this.kept.delete(id);
  }
}
