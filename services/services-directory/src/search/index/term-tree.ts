import type { Term } from '../../domain/search/searchable-service.js';

/** Longer chains of parents are a mistake of the source, perhaps a circle. */
const DEEPEST = 20;

export interface TermTreeState {
  terms: Term[];
  /** Ids of those that were learned from their own records. */
  recorded: string[];
}

/** The taxonomy terms that search knows, from services and from the taxonomies themselves. */
export class TermTree {
  private readonly terms = new Map<string, Term>();
  private readonly byCode = new Map<string, string[]>();
  /** Every id that some term names as its parent. */
  private readonly parents = new Set<string>();
  /** Terms that were learned from their own records. */
  private readonly recorded = new Set<string>();

  get(id: string): Term | undefined {
    return this.terms.get(id);
  }

  /**
   * Learns a term from its record, or what is new about it. Answers whether services that are placed already belong
   * elsewhere now.
   */
  learn(term: Term): boolean {
    this.recorded.add(term.id);
    return this.take(term);
  }

  /**
   * Learns a term as a service carries it. That may be how it was before it changed, so it counts only as long as there
   * is no record of it: else the order in which two replicas hear of both would tell where services stand.
   */
  learnFromService(term: Term): boolean {
    return !this.recorded.has(term.id) && this.take(term);
  }

  /** A term and all above it. */
  withAncestors(id: string): string[] {
    const path = [id];
    for (let parent = this.terms.get(id)?.parentId; parent !== undefined; parent = this.terms.get(parent)?.parentId) {
      if (path.includes(parent) || path.length > DEEPEST) break;
      path.push(parent);
    }
    return path;
  }

  /** The ids that an id or a code stands for; a code may belong to several taxonomies. */
  idsOf(idOrCode: string): string[] {
    const coded = (this.byCode.get(idOrCode) ?? []).filter((id) => this.terms.get(id)?.code === idOrCode);
    return [idOrCode, ...coded];
  }

  state(): TermTreeState {
    return { terms: [...this.terms.values()], recorded: [...this.recorded] };
  }

  restore({ terms, recorded }: TermTreeState): void {
    for (const term of terms) this.take(term);
    for (const id of recorded) this.recorded.add(id);
  }

  private take(term: Term): boolean {
    const known = this.terms.get(term.id);
    if (known && known.name === term.name && known.code === term.code && known.parentId === term.parentId) return false;
    const moved = known?.parentId !== term.parentId && (known !== undefined || this.parents.has(term.id));
    if (term.parentId !== undefined) this.parents.add(term.parentId);
    this.terms.set(term.id, term);
    if (term.code && known?.code !== term.code)
      this.byCode.set(term.code, [...(this.byCode.get(term.code) ?? []), term.id]);
    return moved;
  }
}
