import { performance } from 'node:perf_hooks';
import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { BackgroundLoop } from '@throughline/shared/persistence';
import { MAX_CANDIDATES } from '../domain/matching/compare.js';
import { MATCHING_DUE } from '../domain/referral.js';
import { isNoEncounter } from '../domain/side-exits.js';
import { ReferralIdentities } from '../referrals/referral-identities.js';
import { ReferralsRepository, type MatchedDocument } from '../referrals/referrals.repository.js';
import { CandidateFinder } from './candidates.service.js';
import { PersonLinksRepository } from './person-links.repository.js';

/** Rest where nothing is due, in milliseconds. */
const IDLE_MS = 500;
/** So many times as long as one took is the rest after it; all that waits for that is a flag. */
const RESTS = 2;
/** The same, and the least rest in milliseconds, while this process is busy with requests, which come first. */
const RESTS_WHEN_BUSY = 30;
const BUSY_MS = 1_000;
/** Share of its time that a process spends in JavaScript, from which on it is busy. */
const BUSY = 0.5;
/** Read at a time. Taken in any order, so that two replicas seldom take the same one. */
const BATCH = 20;

/**
 * Keeps with each referral which others may be of the same person, so that a worklist can show it. A referral for which
 * that is due says so in its own document, from the insert that makes it on: so nothing is lost by a crash, intake pays for no
 * second write, and neither broker nor order of events matter. What is found is written to both sides; doing it again changes
 * nothing, so any number of replicas may do it at once.
 */
@Injectable()
export class CandidatesUpkeep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly loop = new BackgroundLoop('candidates-failed', () => this.round());
  private waiting: string[] = [];
  private usage = performance.eventLoopUtilization();

  constructor(
    private readonly referrals: ReferralsRepository,
    private readonly links: PersonLinksRepository,
    private readonly identities: ReferralIdentities,
    private readonly finder: CandidateFinder,
  ) {}

  onApplicationBootstrap(): void {
    this.loop.start();
  }

  /** Finishes the referral in hand. */
  beforeApplicationShutdown(): Promise<void> {
    return this.loop.stop();
  }

  /** One referral; then a rest, which is long while requests keep this process busy. */
  private async round(): Promise<number> {
    if (this.waiting.length === 0) this.waiting = shuffled(await this.due());
    const id = this.waiting.pop();
    if (id === undefined) return IDLE_MS;
    const began = performance.now();
    await this.settle(id);
    const { utilization } = performance.eventLoopUtilization(this.usage);
    this.usage = performance.eventLoopUtilization();
    const took = performance.now() - began;
    return utilization > BUSY ? Math.max(BUSY_MS, RESTS_WHEN_BUSY * took) : RESTS * took;
  }

  private async due(): Promise<string[]> {
    const found = await this.referrals.model.collection
      .find({ 'state.worklist.flags': MATCHING_DUE } as never, { limit: BATCH, projection: { _id: 1 } })
      .toArray();
    return found.map(({ _id }) => String(_id));
  }

  /**
   * Looks for the candidates of a referral and, since what was said of two holds for all that are the same person, of those
   * linked with it. It stays due where somebody said something else, or it changed, meanwhile.
   */
  private async settle(id: string): Promise<void> {
    const { collection } = this.referrals.model;
    const [referral] = await this.read([id]);
    if (!referral?.state.matchingDue) return;
    const { links = [], withdrawnLinks = [] } = referral.state;
    const others = new Set([...links, ...withdrawnLinks].map(({ referralId }) => referralId));
    const concerned =
      others.size === 0 ? [referral] : await this.read((await this.links.around(id, ...others)).map((one) => one.id));
    let stands = true;
    for (const one of concerned) stands = (await this.note(one)) && stands;
    if (stands)
      await collection.updateOne(
        { _id: id as never, version: referral.version },
        { $unset: { 'state.matchingDue': '' }, $pull: { 'state.worklist.flags': MATCHING_DUE as never } },
      );
  }

  /**
   * Writes on both sides who may be the same person.
   * @returns whether that still stood after it was written; false: whoever changed it was overtaken, so it is done again
   */
  private async note({ _id: id, state, candidates: before = [] }: MatchedDocument): Promise<boolean> {
    const { collection } = this.referrals.model;
    const identity = isNoEncounter(state.status) ? undefined : await this.identities.open(id, state);
    const { candidates, judged } = identity
      ? await this.finder.find(id, identity.person)
      : { candidates: [], judged: new Set<string>() };
    const found = candidates.map((one) => one.id);
    const shownBy = (await collection
      .find({ candidates: id } as never, { projection: { _id: 1 } })
      .toArray()) as unknown as MatchedDocument[];
    if (found.length + before.length + shownBy.length === 0) return true;
    const on = (_id: string, filter: object, update: object) => ({ updateOne: { filter: { _id, ...filter }, update } });
    const room = { [`candidates.${MAX_CANDIDATES - 1}`]: { $exists: false } };
    await collection.bulkWrite(
      [
        on(id, {}, found.length > 0 ? { $set: { candidates: found } } : { $unset: { candidates: '' } }),
        ...found.map((other) => on(other, { candidates: { $ne: id }, ...room }, { $push: { candidates: id } })),
        ...shownBy
          .filter((one) => !found.includes(one._id))
          .map((one) => on(one._id, {}, { $pull: { candidates: id } })),
      ] as never,
      { ordered: false },
    );
    if (!identity) return true;
    const judgedNow = await this.finder.judged(id);
    const read = await this.read([id, ...found]);
    const possible = read.filter((one) => one.state.confidential && !isNoEncounter(one.state.status));
    return (
      possible.length === found.length + 1 &&
      judgedNow.size === judged.size &&
      [...judgedNow].every((one) => judged.has(one))
    );
  }

  private async read(ids: string[]): Promise<MatchedDocument[]> {
    if (ids.length === 0) return [];
    const found = await this.referrals.model.collection
      .find({ _id: { $in: ids } } as never, { projection: FIELDS })
      .toArray();
    return found as unknown as MatchedDocument[];
  }
}

const FIELDS = {
  version: 1,
  candidates: 1,
  'state.status': 1,
  'state.matchingDue': 1,
  'state.personKeyId': 1,
  'state.confidential': 1,
  'state.links': 1,
  'state.withdrawnLinks': 1,
} as const;

function shuffled(ids: string[]): string[] {
  return ids
    .map((id) => ({ id, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ id }) => id);
}
