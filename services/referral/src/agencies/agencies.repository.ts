import { Injectable } from '@nestjs/common';
import {
  AggregateStore,
  aggregateSchema,
  Database,
  derivedId,
  OutboxRegistry,
  type AggregateDocument,
  type Snapshot,
} from '@throughline/shared/persistence';
import type { Model } from 'mongoose';
import type { AgencyState, OfficerState } from '../domain/agency.js';
import { Remembered } from '../remembered.js';

export interface KnownOfficer {
  state: OfficerState;
  /** By the key of the command. */
  answers: ReadonlyMap<string, unknown>;
}

/** Agencies, and their officers as records of their own: an agency may have thousands, and an intake needs one. */
@Injectable()
export class AgenciesRepository {
  readonly agencies: AggregateStore<AgencyState>;
  readonly officers: AggregateStore<OfficerState>;
  readonly officerModel: Model<AggregateDocument<OfficerState>>;
  private readonly remembered: Remembered<AgencyState>;
  private readonly rememberedOfficers: Remembered<OfficerState>;

  constructor(database: Database, outboxes: OutboxRegistry) {
    const agencyModel = database.model('Agency', aggregateSchema<AgencyState>(), 'agencies');
    this.officerModel = database.model(
      'Officer',
      aggregateSchema<OfficerState>([{ key: { 'state.agencyId': 1, 'state.officerId': 1 }, unique: true }]),
      'officers',
    );
    this.agencies = new AggregateStore<AgencyState>(agencyModel, outboxes);
    this.officers = new AggregateStore<OfficerState>(this.officerModel, outboxes);
    this.remembered = new Remembered(async (id) => (await this.agencies.load(id))?.state);
    this.rememberedOfficers = new Remembered(async (id) => (await this.officers.load(id))?.state);
  }

  /** Reads an agency, at most 30 seconds old. One that is not there is looked for each time. */
  agency(agencyId: string): Promise<AgencyState | undefined> {
    return this.remembered.get(agencyId);
  }

  /** After an own change of an agency: the intake of this replica knows it at once. */
  forgetAgency(agencyId: string): void {
    this.remembered.forget(agencyId);
  }

  /** Reads an officer, at most 30 seconds old. One that is not there is looked for each time. */
  rememberedOfficer(agencyId: string, officerId: string): Promise<OfficerState | undefined> {
    return this.rememberedOfficers.get(officerKey(agencyId, officerId));
  }

  /** After an own change of an officer: the intake of this replica knows it at once. */
  forgetOfficer(agencyId: string, officerId: string): void {
    this.rememberedOfficers.forget(officerKey(agencyId, officerId));
  }

  officer(agencyId: string, officerId: string): Promise<Snapshot<OfficerState> | undefined> {
    return this.officers.load(officerKey(agencyId, officerId));
  }

  /** Those of these officers of an agency that are known, by their id, with what was answered to commands on each. */
  async knownOfficers(agencyId: string, officerIds: readonly string[]): Promise<Map<string, KnownOfficer>> {
    const ids = officerIds.map((officerId) => officerKey(agencyId, officerId));
    const found = await this.officerModel.collection
      .find({ _id: { $in: ids } } as never, { projection: { state: 1, createdBy: 1, commands: 1 } })
      .toArray();
    return new Map(
      (found as unknown as AggregateDocument<OfficerState>[]).map(({ state, createdBy, commands }) => [
        state.officerId,
        { state, answers: new Map([createdBy, ...commands].flatMap((one) => (one ? [[one.key, one.result]] : []))) },
      ]),
    );
  }

  /** Officers of an agency of whom a period is over, those among them who are back as well. */
  async officersWithEndedPeriod(agencyId: string, now: Date): Promise<OfficerState[]> {
    const found = await this.officerModel.collection
      .find({ 'state.agencyId': agencyId, 'state.periods.activeUntil': { $lte: now } } as never, {
        projection: { state: 1 },
      })
      .toArray();
    return (found as unknown as AggregateDocument<OfficerState>[]).map(({ state }) => state);
  }

  /** Officers of an agency by their id, from the one after `after` on. */
  async officersOf(agencyId: string, limit: number, after?: string): Promise<OfficerState[]> {
    const found = await this.officerModel.collection
      .find(
        {
          'state.agencyId': agencyId,
          ...(after !== undefined && { 'state.officerId': { $gt: after } }),
        } as never,
        { sort: { 'state.agencyId': 1, 'state.officerId': 1 }, limit, projection: { state: 1 } },
      )
      .toArray();
    return (found as unknown as AggregateDocument<OfficerState>[]).map(({ state }) => state);
  }
}

/** The id of an officer's record: one for each officer of an agency. */
export const officerKey = (agencyId: string, officerId: string): string => derivedId('officer', agencyId, officerId);
