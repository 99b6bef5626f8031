import { FIT_ASPECTS, type FitAspect, type FitFacts, type FitTexts } from '../../domain/search/client-fit.js';
import { unitVectorOf, type Area } from '../../domain/search/reach.js';
import { hoursOf, NEXT_PLACE } from '../../domain/search/opening-hours.js';
import { NO_DAY } from '../../domain/search/ranking.js';
import { LISTED_FACETS, type ListedFacet } from '../../domain/search/search-query.js';
import type { SearchableService, ShownService, Term } from '../../domain/search/searchable-service.js';
import type { ServiceStatus } from '../../domain/hsds.js';
import { OpeningTable } from './opening-table.js';
import type { DirectoryState } from './directory-state.js';
import { PackedColumn } from './packed-column.js';
import { ListColumn } from './shared-lists.js';
import { SharedColumn, SharedValues } from './shared-values.js';
import { grown, SlotSet } from './slot-set.js';
import { TermTree } from './term-tree.js';
import { WordIndex } from './word-index.js';

/** What is kept of a service as text, since it is looked at for the few that are shown. */
export interface KeptService {
  shown: ShownService;
  fitTexts: FitTexts;
  terms: string[];
  choices: SearchableService['choices'];
}

/**
 * The directory as search holds it: each service has a slot, a small number, and everything that queries look at lies
 * in rows by slot. Written by `put` and `remove` alone.
 */
export class DirectoryIndex {
  readonly words = new WordIndex();
  readonly terms = new TermTree();
  /** For each value of a facet the services that have it; for categories also those of narrower terms. */
  readonly facets = Object.fromEntries(LISTED_FACETS.map((facet) => [facet, new Map()])) as Record<
    ListedFacet,
    Map<string, SlotSet>
  >;
  readonly statuses = new Map<ServiceStatus, SlotSet>();
  readonly organizationNames = new Map<string, string>();
  readonly openings = new OpeningTable();
  /** Numbers of the openings of each service, see `hoursOf`. */
  readonly hours = new ListColumn();
  readonly areas = new SharedValues<Area>();
  /** Numbers of the areas that each service serves. */
  readonly areasServed = new ListColumn();
  readonly organizations = new SharedColumn<string>();
  readonly fit = Object.fromEntries(FIT_ASPECTS.map((aspect) => [aspect, new SharedColumn()])) as {
    [Aspect in FitAspect]: SharedColumn<FitFacts[Aspect]>;
  };
  assuredDays = new Int32Array(0);
  roomDays = new Int32Array(0);
  fullDays = new Int32Array(0);
  /** 1 where a place is unknown, see `ReachFacts`. */
  placesUnknown = new Uint8Array(0);
  /** The first place of each service as a unit vector, three figures a slot; NaN where there is none. */
  vectors = new Float64Array(0);
  /** Further places of services that have several. */
  readonly moreVectors = new Map<number, Float64Array>();
  /** By slot; the order of ids as numbers, as far as their first 12 digits go. */
  idOrder = new Float64Array(0);
  readonly ids: (string | undefined)[] = [];
  private readonly kept = new PackedColumn();
  private readonly slots = new Map<string, number>();
  private readonly free: number[] = [];
  /** Numbers of the categories under which each service stands now: places in `categoryIds`. */
  readonly placed = new ListColumn();
  readonly categoryIds: string[] = [];
  private readonly categoryNumbers = new Map<string, number>();
  /** Terms that have another parent now, while services may still stand where they stood; each with its last move. */
  private readonly moved = new Map<string, number>();
  private moves = 0;
  /** Grows with everything that is written. */
  version = 0;

  /** How many services there are. */
  get size(): number {
    return this.slots.size;
  }

  /** Slots that were ever in use: rows are that long. */
  get slotCount(): number {
    return this.ids.length;
  }

  serviceIds(): IterableIterator<string> {
    return this.slots.keys();
  }

  keptOf(slot: number): KeptService {
    const { buffer, byteOffset, byteLength } = this.kept.get(slot);
    return JSON.parse(Buffer.from(buffer, byteOffset, byteLength).toString()) as KeptService;
  }

  /** Adds a service, or takes over what has changed about it. */
  put(service: SearchableService): void {
    const { id, status, organization } = service.shown;
    this.version += 1;
    const known = this.slots.get(id);
    if (known !== undefined) this.clear(known);
    const slot = known ?? this.free.pop() ?? this.ids.length;
    this.slots.set(id, slot);
    this.ids[slot] = id;
    this.organizationNames.set(organization.id, organization.name);
    for (const term of service.terms) if (this.terms.learnFromService(term)) this.noteMoved(term.id);
    this.words.set(slot, service.texts);
    setOf(this.statuses, status).add(slot);
    const kept: KeptService = {
      shown: service.shown,
      fitTexts: service.fitTexts,
      terms: [...new Set(service.terms.map((term) => term.id))],
      choices: service.choices,
    };
    this.kept.set(slot, Buffer.from(JSON.stringify(kept)));
    for (const [facet, value] of valuesOf(kept)) setOf(this.facets[facet], value).add(slot);
    this.place(slot, kept.terms);
    for (const aspect of FIT_ASPECTS) (this.fit[aspect] as SharedColumn<unknown>).set(slot, service.fit[aspect]);
    const openings = service.schedules.map((group) => group.map((schedule) => this.openings.keep(schedule)));
    this.hours.set(slot, hoursOf(openings.map((group) => group.sort((a, b) => a - b))));
    const areas = service.reach.areas.map((area) => this.areas.keep(JSON.stringify(area), () => area));
    this.areasServed.set(
      slot,
      areas.sort((a, b) => a - b),
    );
    this.organizations.set(slot, organization.id, organization.id);
    this.setFigures(slot, service);
  }

  remove(id: string): void {
    const slot = this.slots.get(id);
    if (slot === undefined) return;
    this.version += 1;
    this.clear(slot);
    this.words.remove(slot);
    this.slots.delete(id);
    this.ids[slot] = undefined;
    this.kept.clear(slot);
    this.free.push(slot);
  }

  /** Learns terms from their own records, so that a subtree holds together where no service carries the one in the middle. */
  learn(terms: readonly Term[]): void {
    for (const term of terms) if (this.terms.learn(term)) this.noteMoved(term.id);
  }

  /**
   * Places the services of terms that have moved, some at each step: others may be served between two steps, and find
   * services that have not had their turn where they stood.
   */
  *settleCategories(inOneGo = 200): Generator<void> {
    while (this.moved.size > 0) {
      const [id, move] = this.moved.entries().next().value!;
      const slots = this.facets.category.get(id)?.slots() ?? new Uint32Array(0);
      for (const [at, slot] of slots.entries()) {
        // it may have gone meanwhile
        if (this.ids[slot] !== undefined) this.place(slot, this.keptOf(slot).terms);
        if (at % inOneGo === inOneGo - 1) yield;
      }
      // it may have moved once more meanwhile
      if (this.moved.get(id) === move) this.moved.delete(id);
    }
  }

  /** All that it holds, as plain values that stay its own. To be asked for while no term waits to be settled. */
  state(): DirectoryState {
    const { ids, categoryIds, assuredDays, roomDays, fullDays, placesUnknown, vectors, moreVectors, idOrder } = this;
    return {
      columns: { ids, categoryIds, assuredDays, roomDays, fullDays, placesUnknown, vectors, moreVectors, idOrder },
      organizationNames: this.organizationNames,
      terms: this.terms.state(),
      statuses: slotsBy(this.statuses),
      facets: mapped(this.facets, (sets) => slotsBy(sets)),
      openings: this.openings.state(),
      hours: this.hours.state(),
      areas: this.areas.state(),
      areasServed: this.areasServed.state(),
      organizations: this.organizations.state(),
      fit: mapped(this.fit, (column) => (column as SharedColumn<unknown>).state()),
      placed: this.placed.state(),
      kept: this.kept.state(),
      words: this.words.state(),
    };
  }

  /** Takes over a state in place of what it holds, some of it at each step and all of it at the last. */
  *restore(state: DirectoryState): Generator<void> {
    const fresh = new DirectoryIndex();
    yield* fresh.words.restore(state.words);
    Object.assign(fresh, state.columns, { organizationNames: state.organizationNames });
    fresh.terms.restore(state.terms);
    for (const [status, slots] of state.statuses) fresh.statuses.set(status, SlotSet.of(slots));
    for (const facet of LISTED_FACETS)
      for (const [value, slots] of state.facets[facet]) fresh.facets[facet].set(value, SlotSet.of(slots));
    yield;
    fresh.openings.restore(state.openings);
    fresh.hours.restore(state.hours);
    yield;
    fresh.areas.restore(state.areas);
    fresh.areasServed.restore(state.areasServed);
    fresh.organizations.restore(state.organizations);
    for (const aspect of FIT_ASPECTS) (fresh.fit[aspect] as SharedColumn<unknown>).restore(state.fit[aspect]);
    fresh.placed.restore(state.placed);
    fresh.kept.restore(state.kept);
    yield;
    for (const [number, id] of fresh.categoryIds.entries()) fresh.categoryNumbers.set(id, number);
    for (const [slot, id] of fresh.ids.entries())
      if (id === undefined) fresh.free.push(slot);
      else fresh.slots.set(id, slot);
    Object.assign(this, fresh, { version: this.version + 1 });
  }

  private noteMoved(term: string): void {
    this.moves += 1;
    this.moved.set(term, this.moves);
  }

  /** Puts a service under its terms and all above them, and nowhere else. */
  private place(slot: number, terms: readonly string[]): void {
    const before = this.placed.has(slot) ? this.placed.get(slot) : [];
    const now = [...new Set(terms.flatMap((id) => this.terms.withAncestors(id)))].map((id) => this.numberOf(id));
    now.sort((a, b) => a - b);
    for (const number of before)
      if (!now.includes(number)) dropFrom(this.facets.category, this.categoryIds[number]!, slot);
    for (const number of now)
      if (!before.includes(number)) setOf(this.facets.category, this.categoryIds[number]!).add(slot);
    this.placed.set(slot, now);
  }

  private numberOf(category: string): number {
    let number = this.categoryNumbers.get(category);
    if (number === undefined) {
      number = this.categoryIds.push(category) - 1;
      this.categoryNumbers.set(category, number);
    }
    return number;
  }

  private setFigures(slot: number, service: SearchableService): void {
    const length = slot + 1;
    this.assuredDays = grown(this.assuredDays, length);
    this.roomDays = grown(this.roomDays, length);
    this.fullDays = grown(this.fullDays, length);
    this.placesUnknown = grown(this.placesUnknown, length);
    this.vectors = grown(this.vectors, length * 3);
    this.idOrder = grown(this.idOrder, length);
    this.assuredDays[slot] = service.assuredDay ?? NO_DAY;
    this.roomDays[slot] = service.roomDay ?? NO_DAY;
    this.fullDays[slot] = service.fullDay ?? NO_DAY;
    this.placesUnknown[slot] = service.reach.placesUnknown ? 1 : 0;
    this.idOrder[slot] = Number.parseInt(service.shown.id.replaceAll('-', '').slice(0, 12), 16);
    const [first, ...more] = service.reach.points.map((point) => unitVectorOf(point));
    this.vectors.set(first ?? [NaN, NaN, NaN], slot * 3);
    if (more.length > 0) this.moreVectors.set(slot, Float64Array.from(more.flat()));
  }

  /** Takes a service out of everything but its words, which are compared with the new ones. */
  private clear(slot: number): void {
    const kept = this.keptOf(slot);
    this.statuses.get(kept.shown.status)!.remove(slot);
    for (const [facet, value] of valuesOf(kept)) dropFrom(this.facets[facet], value, slot);
    this.place(slot, []);
    for (const aspect of FIT_ASPECTS) this.fit[aspect].clear(slot);
    for (const opening of this.hours.get(slot)) if (opening !== NEXT_PLACE) this.openings.release(opening);
    this.hours.clear(slot);
    for (const area of this.areasServed.get(slot)) this.areas.release(area);
    this.areasServed.clear(slot);
    this.organizations.clear(slot);
    this.moreVectors.delete(slot);
  }
}

function* valuesOf({ choices }: KeptService): Generator<[ListedFacet, string]> {
  for (const [facet, values] of Object.entries(choices))
    for (const value of values) yield [facet as ListedFacet, value];
}

const slotsBy = <Key>(sets: ReadonlyMap<Key, SlotSet>): [Key, Uint32Array][] =>
  [...sets].map(([key, set]) => [key, set.slots()]);

const mapped = <Key extends string, From, To>(values: Record<Key, From>, of: (value: From) => To) =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, of(value as From)])) as Record<Key, To>;

function setOf<Key>(sets: Map<Key, SlotSet>, key: Key): SlotSet {
  let set = sets.get(key);
  if (!set) sets.set(key, (set = new SlotSet()));
  return set;
}

function dropFrom(sets: Map<string, SlotSet>, key: string, slot: number): void {
  const set = sets.get(key)!;
  set.remove(slot);
  if (set.size === 0) sets.delete(key);
}
