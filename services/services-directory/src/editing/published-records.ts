import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import { canonicalJson } from '@throughline/shared/http';
import type { CommandKey } from '@throughline/shared/persistence';
import type { EditorRole, Proposal } from '../domain/editing/draft.js';
import { editableOf, keptOf, type EditableRecord, type EditedKind } from '../domain/editing/editable-record.js';
import type { HsdsServiceContent } from '../domain/hsds.js';
import { locationIdsOf, withLocations, withoutLocations, type LinkedServiceContent } from '../domain/record-links.js';
import { DirectoryRecords } from '../records/directory-records.js';
import type { RecordCollection } from '../records/record-collection.js';
import type { WriteOptions } from '../records/record-writes.js';
import { ServicesRepository } from '../services/services.repository.js';
import { RecordReferences } from './record-references.js';

/** A record that is, or was, in the directory, as it is edited. */
export interface PublishedRecord {
  kind: EditedKind;
  id: string;
  version: number;
  dataset: string;
  organizationId?: string;
  modifiedAt: Date;
  withdrawn: boolean;
  /** As it is kept. */
  kept: { id: string };
  content: EditableRecord;
  /** See `revisionOf`. */
  revision: string;
}

/** What makes these changes, for `ServicesRepository.publish`. */
const ORIGIN = 'editing';
type EditedBy = WriteOptions & { by: EditorRole };

/** Versions count from 1. */
const NO_VERSION = 0;
/** Other processes may draw consequences on a record at any moment, which changes its version and not what it says. */
const MAX_RACES = 10;

/**
 * Names what a record says, whatever its version and the order of its fields: it changes with what is edited, and not when
 * an organization, a location or a term changes that the record shows.
 */
export const revisionOf = (content: EditableRecord): string =>
  createHash('sha256').update(canonicalJson(content)).digest('hex');

/** The records of the directory as editing reads and writes them. */
@Injectable()
export class PublishedRecords {
  constructor(
    @Inject(DirectoryRecords) private readonly records: DirectoryRecords,
    @Inject(ServicesRepository) private readonly services: ServicesRepository,
    @Inject(RecordReferences) private readonly references: RecordReferences,
  ) {}

  /** The record of this id, unless it was withdrawn. */
  async find(kind: EditedKind, id: string): Promise<PublishedRecord | undefined> {
    const found = await this.last(kind, id);
    return found?.withdrawn ? undefined : found;
  }

  /** The same, also where it was withdrawn: then as it was before. */
  async last(kind: EditedKind, id: string): Promise<PublishedRecord | undefined> {
    const found = kind === 'service' ? await this.lastService(id) : (await this.collectionOf(kind).byIds([id])).get(id);
    if (!found) return undefined;
    const { version, dataset, modifiedAt, withdrawn, content: kept } = found;
    const organizationId = 'organizationId' in found ? found.organizationId : organizationOf(kind, kept);
    const content = editableOf(kind, kept, organizationId);
    const owner = organizationId === undefined ? {} : { organizationId };
    const revision = revisionOf(content);
    return { kind, id, version, dataset, ...owner, modifiedAt, withdrawn, kept, content, revision };
  }

  /**
   * Carries a proposal out by one write, if the record is still what it was when the change was thought of. Carried out
   * before under the same key, it does nothing.
   * @param by the role of whoever proposed it, for the history of the record
   * @returns why it cannot be carried out any more; undefined where it is
   */
  async write(
    proposal: Proposal,
    by: EditorRole,
    command: CommandKey,
  ): Promise<'record-changed' | 'reference-gone' | undefined> {
    const { kind, recordId, revision, change, content } = proposal;
    for (let race = 0; race < MAX_RACES; race += 1) {
      const current = await this.last(kind, recordId);
      if (current && (await this.hasTaken(kind, recordId, command))) return undefined;
      const isAsExpected = change === 'create' ? !current || current.withdrawn : isAt(current, revision);
      if (!isAsExpected) return 'record-changed';
      if (content && (await this.references.faults(content, current)).length > 0) return 'reference-gone';
      const options = { by, command, ...(current ? { expectedVersion: current.version } : {}) };
      try {
        await (content ? this.save(kind, content, current, options) : this.withdraw(kind, recordId, options));
        return undefined;
      } catch (error) {
        if (!(error instanceof Refusal && error.code === 'version-mismatch')) throw error;
      }
    }
    throw new Refusal('unavailable', 'busy', 'too many changes of this record at once', { retryAfterSeconds: 1 });
  }

  private async save(
    kind: EditedKind,
    proposed: EditableRecord,
    current: PublishedRecord | undefined,
    options: EditedBy,
  ): Promise<void> {
    const referred = await this.references.referredBy(proposed, current);
    const content = keptOf(kind, proposed, referred, current?.kept);
    if (kind !== 'service') {
      await this.collectionOf(kind).save(content, options);
      return;
    }
    const organizationId = proposed['organization_id'] as string;
    const organization = (await this.records.organizationsWithLocations([organizationId])).get(organizationId);
    if (!organization) throw new Error(`there is no organization ${organizationId}`);
    const linked = content as LinkedServiceContent;
    const locations = await this.records.locationsByIds(locationIdsOf(linked));
    const service: HsdsServiceContent = withLocations(linked, locations);
    await this.services.publish({ content: service, organization }, ORIGIN, options);
  }

  private withdraw(kind: EditedKind, id: string, options: WriteOptions): Promise<void> {
    return kind === 'service' ? this.services.withdraw(id, options) : this.collectionOf(kind).withdraw(id, options);
  }

  /** Whether a record remembers a command: nobody's version is `NO_VERSION`, so that nothing is withdrawn here. */
  private async hasTaken(kind: EditedKind, id: string, command: CommandKey): Promise<boolean> {
    try {
      await this.withdraw(kind, id, { command, expectedVersion: NO_VERSION });
      return true;
    } catch (error) {
      if (error instanceof Refusal && error.code === 'version-mismatch') return false;
      throw error;
    }
  }

  private async lastService(id: string) {
    const found = (await this.services.byIds([id])).get(id);
    return found && { ...found, content: withoutLocations(found.content) };
  }

  private collectionOf(kind: Exclude<EditedKind, 'service'>): RecordCollection<{ id: string }> {
    const { organizations, locations, taxonomies, terms } = this.records;
    const collections = {
      organization: organizations,
      location: locations,
      taxonomy: taxonomies,
      taxonomy_term: terms,
    };
    return collections[kind] as unknown as RecordCollection<{ id: string }>;
  }
}

const isAt = (current: PublishedRecord | undefined, revision: string | undefined): boolean =>
  current !== undefined && !current.withdrawn && current.revision === revision;

function organizationOf(kind: EditedKind, content: { id: string; organization_id?: string }): string | undefined {
  return kind === 'organization' ? content.id : kind === 'location' ? content.organization_id : undefined;
}
