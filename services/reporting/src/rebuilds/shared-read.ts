/**
 * One read for everybody who asked before it began. Whoever asks while a read is under way gets the next one, so that no
 * answer is older than its question, and many questions at once cost two reads at most.
 */
export class SharedRead<T> {
  private next?: Promise<T>;
  private underWay: Promise<unknown> = Promise.resolve();

  constructor(private readonly read: () => Promise<T>) {}

  /** What a read answers that begins after this call. Fails where that read fails. */
  get(): Promise<T> {
    if (!this.next) {
      const next = this.underWay.then(() => {
        this.next = undefined;
        return this.read();
      });
      this.next = next;
      this.underWay = next.catch(() => undefined);
    }
    return this.next;
  }
}
