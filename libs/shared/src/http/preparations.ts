import { Injectable } from '@nestjs/common';

/** What a service has to do after it listens and before it is ready, for example to build an index in memory. */
@Injectable()
export class Preparations {
  private readonly unfinished = new Set<string>();

  /** Codes of what is not done yet, for `/health/ready`. */
  get pending(): string[] {
    return [...this.unfinished];
  }

  /**
   * Keeps the service from being ready until the function that it answers is called.
   * @param what a code, for example `search-index`
   */
  begin(what: string): () => void {
    this.unfinished.add(what);
    return () => void this.unfinished.delete(what);
  }
}
