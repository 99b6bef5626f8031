import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DraftPublished } from '@throughline/shared/contracts';
import { occurred, TimerRunner, type Change, type Timer } from '@throughline/shared/persistence';
import { Consequences } from '../changes/consequences.js';
import { overtaken, published, type Draft } from '../domain/editing/draft.js';
import { DraftsRepository } from './drafts.repository.js';
import { PublishedRecords } from './published-records.js';

const TIMER = 'publish';
/** An approved draft that is not published by then was left by a process that died. */
const OVERDUE_MS = 10_000;

/** Why a draft goes back that was approved. */
const WORDS = {
  'record-changed': 'The record has changed since this was begun. Read it again.',
  'reference-gone': 'The record refers to one that has left the directory.',
};

/** The timer of a draft that was approved at that time. */
export const publicationDue = (approvedAt: Date): Timer[] => [
  { name: TIMER, dueAt: new Date(approvedAt.getTime() + OVERDUE_MS) },
];

/**
 * Publishes approved drafts in three writes, each to one document: the draft says `approved`, the record changes with its
 * event, the draft says `published` with its own. Whoever finds a draft between two of them goes on, as often as it
 * takes: the record remembers which draft it has taken in. The first write sets a timer that the last one takes away.
 */
@Injectable()
export class DraftPublisher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly timers: TimerRunner;

  constructor(
    @Inject(DraftsRepository) private readonly drafts: DraftsRepository,
    @Inject(PublishedRecords) private readonly records: PublishedRecords,
    @Inject(Consequences) private readonly consequences: Consequences,
  ) {
    this.timers = new TimerRunner(drafts.model as never, (id) => this.publish(id));
  }

  onApplicationBootstrap(): void {
    this.timers.start();
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.timers.stop();
  }

  /** Publishes a draft that is approved; one that cannot be published any more goes back to whoever wrote it. */
  async publish(id: string): Promise<void> {
    const draft = await this.drafts.find(id);
    if (draft?.status !== 'approved') return;
    const reason = await this.records.write(draft, draft.author, { key: `draft:${id}`, hash: id });
    await this.drafts.store.change(id, ({ state }) => {
      if (state.status !== 'approved') return { state };
      return reason ? { state: overtaken(state, WORDS[reason], new Date()), timers: [] } : publication(id, state);
    });
    this.consequences.drawSoon();
  }
}

function publication(id: string, draft: Draft): Change<Draft> {
  const now = new Date();
  const { kind, recordId, organizationId, change, content } = draft;
  const name = content?.['name'];
  const event = occurred(DraftPublished, {
    draftId: id,
    kind,
    recordId,
    change,
    ...(organizationId === undefined ? {} : { organizationId }),
    ...(typeof name === 'string' ? { name: name.slice(0, 300) } : {}),
    publishedAt: now.toISOString(),
  });
  return { state: published(draft, now), timers: [], events: [event] };
}
