/** One run that fills a new generation of all projections from the event logs of the services that own the streams. */
export interface Rebuild {
  id: string;
  /** The generation that it fills. */
  generation: number;
  /** `superseded` by a later rebuild that was asked for before this one was complete. */
  state: 'replaying' | 'completed' | 'superseded';
  requestedAt: Date;
  endedAt?: Date;
  /** The most that it was ever seen ahead, in events, and since when that has not grown. */
  steady?: { lead: number; since: Date };
}

/** What was seen of a generation that is being filled. */
export interface Sighting {
  generation: number;
  /** Every record has got at least as far as the one of the active generation. */
  covers: boolean;
  /** Events in it, less those in the active generation. */
  lead: number;
}

/** Which generations of the projections there are. */
export interface Generations {
  /** The one that reports are read from. */
  active: number;
  /** Newest first. */
  rebuilds: readonly Rebuild[];
}

export const FIRST: Generations = { active: 1, rebuilds: [] };

/** So many are remembered. */
const REMEMBERED = 50;

/** The rebuild that is under way: there is one at most. */
export const running = ({ rebuilds }: Generations): Rebuild | undefined =>
  rebuilds.find(({ state }) => state === 'replaying');

/** The generations that an event must reach before it is acknowledged, the one that is read from first. */
export function generationsToFeed(generations: Generations): number[] {
  const rebuild = running(generations);
  return rebuild ? [generations.active, rebuild.generation] : [generations.active];
}

/** Begins a rebuild in a generation that nobody has used. One that is not complete is given up for it. */
export function beginRebuild(generations: Generations, id: string, now: Date): Generations & { begun: Rebuild } {
  const last = Math.max(generations.active, ...generations.rebuilds.map(({ generation }) => generation));
  const begun: Rebuild = { id, generation: last + 1, state: 'replaying', requestedAt: now };
  const earlier = generations.rebuilds.map((rebuild): Rebuild =>
    rebuild.state === 'replaying' ? { ...rebuild, state: 'superseded', endedAt: now } : rebuild,
  );
  return { active: generations.active, rebuilds: [begun, ...earlier].slice(0, REMEMBERED), begun };
}

/**
 * Decides whether a rebuild is complete: it holds all that the active generation holds, and what it holds beyond that (a
 * new subscriber has events to catch up with that the active generation never saw) has not grown for a while. Nothing is
 * lost if a replay comes later still, because it then fills the generation that has become the active one.
 * @param settleMs how long it must not have grown, in milliseconds
 */
export function observe(
  generations: Generations,
  { generation, covers, lead }: Sighting,
  settleMs: number,
  now: Date,
): Generations {
  const rebuild = running(generations);
  if (rebuild?.generation !== generation) return generations; // another one has taken its place
  // under live traffic the lead wavers from look to look; its highest mark does not
  const steady = rebuild.steady && rebuild.steady.lead >= lead ? rebuild.steady : { lead, since: now };
  const complete = covers && now.getTime() - steady.since.getTime() >= settleMs;
  const next: Rebuild = complete ? { ...rebuild, state: 'completed', endedAt: now } : { ...rebuild, steady };
  return {
    active: complete ? generation : generations.active,
    rebuilds: generations.rebuilds.map((one) => (one === rebuild ? next : one)),
  };
}
