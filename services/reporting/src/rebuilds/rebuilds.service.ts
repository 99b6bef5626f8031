import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { ReplayRequested } from '@throughline/shared/contracts';
import { Refusal } from '@throughline/shared/domain';
import { derivedId, occurred, TimerRunner, type CommandKey } from '@throughline/shared/persistence';
import { ReportingConfig } from '../config.js';
import { beginRebuild, observe, running, type Rebuild } from '../domain/rebuilds.js';
import { JOURNEYS_QUEUE, SERVICES_QUEUE } from '../projections/projections.consumer.js';
import { Projections } from '../projections/projections.js';
import { GENERATIONS_ID, GenerationsStore } from './generations.store.js';

/** Who owns the streams that reports are made of, and where they are to be sent again. */
const SOURCES = [
  { source: '/referral', queue: JOURNEYS_QUEUE },
  { source: '/case-management', queue: JOURNEYS_QUEUE },
  { source: '/services-directory', queue: SERVICES_QUEUE },
];

const WATCH = 'watch-rebuild';

export interface Progress {
  name: string;
  /** The records that reports are read from until the rebuild is complete, and the events in them. */
  before: { records: number; events: number };
  rebuilt: { records: number; events: number };
}

/**
 * Rebuilds the projections from zero, while live events and reports go on.
 *
 * A rebuild fills a new generation of records beside the one that is read, and takes its place when it holds everything
 * that the old one holds. Nothing is emptied in place, for two reasons: reports stay whole until then, and also if a
 * source never answers; and two replicas cannot hurt each other, since what is deleted is only what nobody reads or
 * fills any more, whereas a replica that stalled in the middle of emptying would delete what the replay had refilled.
 *
 * Nothing is missing afterwards. The new generation is announced and the replays are asked for in one write. An event is
 * acknowledged after it is in all generations that were announced when it arrived. If the new one was not among them,
 * the event had left its source before that write, so it was in the event log before the replay was read from it. If it
 * was, the event is applied in its turn, waits for its predecessors from the replay, or is known already.
 */
@Injectable()
export class RebuildsService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly timers: TimerRunner;

  constructor(
    private readonly generations: GenerationsStore,
    private readonly projections: Projections,
    private readonly config: ReportingConfig,
  ) {
    this.timers = new TimerRunner(generations.model as never, (_id, _timer, now) => this.watch(now), {
      intervalMs: 1_000,
      now: () => new Date(),
    });
  }

  onApplicationBootstrap(): void {
    this.timers.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.timers.stop();
  }

  /** Begins a rebuild; one that is under way is given up for it. A repeated command is answered with its first answer. */
  async begin(command: CommandKey, now: Date): Promise<Rebuild> {
    await this.generations.ensure();
    const { result } = await this.generations.store.change(
      GENERATIONS_ID,
      ({ state }) => {
        const { begun, ...next } = beginRebuild(state, derivedId('rebuild', command.key), now);
        const events = SOURCES.map((source) =>
          occurred(ReplayRequested, { ...source, fromSequence: 1, requestedAt: now.toISOString() }),
        );
        return { state: next, events, timers: [{ name: WATCH, dueAt: now }], result: begun };
      },
      { command },
    );
    return result as Rebuild;
  }

  /** @throws Refusal `not-found` */
  async find(id: string): Promise<{ rebuild: Rebuild; progress: Progress[] }> {
    const { active, rebuilds } = await this.generations.current();
    const rebuild = rebuilds.find((one) => one.id === id);
    if (!rebuild) throw new Refusal('not-found', 'not-found', 'There is no such rebuild.');
    if (rebuild.state !== 'replaying') return { rebuild, progress: [] };
    const [before, rebuilt] = await Promise.all([
      this.projections.sizes(active),
      this.projections.sizes(rebuild.generation),
    ]);
    const progress = before.map(({ name, ...size }, index) => {
      const { records, events } = rebuilt[index]!;
      return { name, before: size, rebuilt: { records, events } };
    });
    return { rebuild, progress };
  }

  /** Looks how far the rebuild has come, and takes its result into use when it is complete. Any replica may do so. */
  private async watch(now: Date): Promise<void> {
    const { store } = this.generations;
    const snapshot = await store.load(GENERATIONS_ID);
    if (!snapshot) return;
    const { active } = snapshot.state;
    const rebuild = running(snapshot.state);
    if (!rebuild) {
      // a stalled replica may do this late: what it deletes then is older still, and nobody's
      await this.projections.dropBefore(active);
      await store.change(GENERATIONS_ID, ({ state }) => ({ state, ...(running(state) ? {} : { timers: [] }) }));
      return;
    }
    const { generation } = rebuild;
    const lead = (await this.events(generation)) - (await this.events(active));
    const covers = lead >= 0 && (await this.projections.covers(generation, active));
    await store.change(GENERATIONS_ID, ({ state }) => ({
      state: observe(state, { generation, covers, lead }, this.config.REBUILD_SETTLE_MS, now),
    }));
  }

  private async events(generation: number): Promise<number> {
    return (await this.projections.sizes(generation)).reduce((sum, { events }) => sum + events, 0);
  }
}
