import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import type { Proposal } from '../domain/editing/draft.js';
import type { EditableRecord } from '../domain/editing/editable-record.js';
import { nestedIdsOf, withNestedIds } from '../domain/editing/nested-ids.js';
import type { Reference } from '../domain/editing/references.js';
import type { RecordFault } from '../domain/editing/record-fault.js';
import { recordFaults } from '../domain/editing/record-faults.js';
import { DraftsRepository, type FoundDraft } from './drafts.repository.js';
import type { DraftRequest } from './drafts.schemas.js';
import { mayTouch, notFound, type EditingAccess } from './editing-access.js';
import { PublishedRecords, type PublishedRecord } from './published-records.js';
import { leadsNowhere, RecordReferences } from './record-references.js';

/** Makes proposals of what is asked for, and looks whether they can be carried out as the directory is now. */
@Injectable()
export class DraftCheck {
  constructor(
    @Inject(PublishedRecords) private readonly published: PublishedRecords,
    @Inject(RecordReferences) private readonly references: RecordReferences,
    @Inject(DraftsRepository) private readonly drafts: DraftsRepository,
  ) {}

  /**
   * @param newId the id of the record where it is a new one
   * @param earlier what was proposed before in the same draft: its parts keep their ids
   * @throws Refusal `record-not-found`, `record-changed`, `record-in-use`, `validation-failed`
   */
  async proposalOf(
    request: DraftRequest,
    access: EditingAccess,
    newId: string,
    earlier?: EditableRecord,
  ): Promise<Proposal> {
    const { kind, recordId = newId, revision, content } = request;
    const current = await this.currentOf(request, access);
    if (!content) {
      const proposal = { change: 'withdraw' as const, ...ownerOf(current), kind, recordId, revision: revision! };
      await this.assertThinkable(proposal, access);
      return proposal;
    }
    const known = new Set([...nestedIdsOf(current?.content), ...nestedIdsOf(earlier)]);
    const { id = recordId, ...fields } = content;
    const { record, faults } = withNestedIds({ id: recordId, ...fields }, known, randomUUID);
    const proposal: Proposal = {
      change: revision === undefined ? 'create' : 'update',
      ...(current ? ownerOf(current) : newOwnerOf(kind, record)),
      kind,
      recordId,
      ...(revision === undefined ? {} : { revision }),
      content: record,
    };
    const idFaults = id === recordId ? [] : [{ path: ['id'], detail: 'is not the id of this record' }];
    refuse([
      ...idFaults,
      ...faults,
      ...taxonomyFaults(kind, record, current),
      ...ownershipFaults(kind, record, access),
    ]);
    await this.assertThinkable(proposal, access);
    return proposal;
  }

  /**
   * Whether a proposal could be published at this moment.
   * @throws Refusal `record-changed` (409), `record-in-use` (409), `draft-waits` (409), `validation-failed`
   */
  async assertPossible(proposal: Proposal): Promise<void> {
    const waits = await this.waitsFor(proposal, await this.assertSound(proposal));
    if (waits.length === 0) return;
    throw new Refusal('conflict', 'draft-waits', 'it refers to records of drafts that have to be published before it', {
      errors: waits.map(([{ path }, { id, status }]) => ({
        pointer: ['#', 'content', ...path].join('/'),
        detail: `is proposed by the draft ${id}, which is ${status}`,
      })),
      extra: { waitsFor: [...new Set(waits.map(([, { id }]) => id))] },
    });
  }

  /** The same, but that it may refer to what drafts propose that the author may see. */
  private async assertThinkable(proposal: Proposal, access: EditingAccess): Promise<void> {
    await this.waitsFor(proposal, await this.assertSound(proposal), access);
  }

  /**
   * The references that lead to drafts of new records, each with its draft.
   * @param missing those that lead to nothing in the directory
   * @throws Refusal `validation-failed` for those that lead nowhere
   */
  private async waitsFor({ content }: Proposal, missing: readonly Reference[], access?: EditingAccess) {
    if (missing.length === 0) return [];
    const owner = content!['organization_id'] as string | undefined;
    const ids = [...missing.map(({ id }) => id), ...(owner === undefined ? [] : [owner])];
    const drafts = (await this.drafts.creating(ids)).filter(
      ({ organizationId }) => access === undefined || mayTouch(access, organizationId),
    );
    const draftOf = ({ kind, id }: Reference): FoundDraft | undefined =>
      drafts.find((draft) =>
        // a programme is part of its organization
        kind === 'program'
          ? draft.recordId === owner && nestedIdsOf(draft.content).has(`programs:${id}`)
          : draft.kind === kind && draft.recordId === id,
      );
    refuse(missing.filter((reference) => !draftOf(reference)).map(leadsNowhere));
    return missing.map((reference) => [reference, draftOf(reference)!] as const);
  }

  /**
   * Whether a proposal is about the record as it is, and right in itself.
   * @returns its references to what is not in the directory
   */
  private async assertSound({ kind, recordId, revision, content }: Proposal): Promise<Reference[]> {
    const current = await this.published.last(kind, recordId);
    const isThere = current !== undefined && !current.withdrawn;
    if (revision === undefined ? isThere : !isThere || current.revision !== revision)
      throw recordChanged(kind, recordId);
    if (!content) {
      const usedBy = await this.references.usesOf(kind, recordId);
      if (Object.keys(usedBy).length > 0)
        throw new Refusal('conflict', 'record-in-use', 'other records refer to this one, so it cannot leave', {
          extra: { usedBy },
        });
      return [];
    }
    refuse(recordFaults(content, new Date()));
    const missing = await this.references.missing(content, current);
    if (missing.length === 0) refuse(await this.references.faults(content, current));
    return missing;
  }

  /** What a request wants to change: the record as it is, or as it was where it is to come back. */
  private async currentOf(request: DraftRequest, access: EditingAccess): Promise<PublishedRecord | undefined> {
    const { kind, recordId, revision, content } = request;
    if (recordId === undefined) return undefined;
    const current = await this.published.last(kind, recordId);
    const comesBack = content !== undefined && revision === undefined;
    if (!current || (current.withdrawn && !comesBack) || !mayTouch(access, current.organizationId))
      throw notFound('record');
    if (revision !== undefined || current.withdrawn) return current;
    throw new Refusal('invalid', 'validation-failed', 'Some fields are not as they must be. See errors.', {
      errors: [{ pointer: '#/revision', detail: 'A change names the revision that it was made from.' }],
    });
  }
}

/** Names the record that is no longer what a draft was made from. */
export const recordChanged = (kind: Proposal['kind'], recordId: string): Refusal =>
  new Refusal('conflict', 'record-changed', 'the record has changed since this was begun: read it again', {
    errors: [{ pointer: '#/revision', detail: 'is no longer that of the record' }],
    extra: { kind, recordId },
  });

const ownerOf = (current: PublishedRecord | undefined): { organizationId?: string } =>
  current?.organizationId === undefined ? {} : { organizationId: current.organizationId };

function newOwnerOf(kind: Proposal['kind'], record: EditableRecord): { organizationId?: string } {
  const owner = kind === 'organization' ? record.id : record['organization_id'];
  return owner === undefined ? {} : { organizationId: owner as string };
}

/** Sources have terms of no taxonomy; nobody makes another one. */
const taxonomyFaults = (kind: Proposal['kind'], record: EditableRecord, current?: PublishedRecord): RecordFault[] =>
  kind === 'taxonomy_term' && !record['taxonomy_id'] && (!current || current.content['taxonomy_id'])
    ? [{ path: ['taxonomy_id'], detail: 'This field is required.' }]
    : [];

/** A provider's records stay with the provider's organization, and new ones begin there. */
function ownershipFaults(kind: Proposal['kind'], record: EditableRecord, access: EditingAccess): RecordFault[] {
  if (access.organization === undefined || mayTouch(access, newOwnerOf(kind, record).organizationId)) return [];
  if (kind === 'service' || kind === 'location')
    return [{ path: ['organization_id'], detail: 'is not your organization' }];
  throw new Refusal('forbidden', 'role-not-permitted', 'your role does not permit this');
}

function refuse(faults: readonly RecordFault[]): void {
  if (faults.length === 0) return;
  throw new Refusal('invalid', 'validation-failed', 'Some fields are not as they must be. See errors.', {
    errors: faults.slice(0, 50).map(({ path, detail }) => ({ pointer: ['#', 'content', ...path].join('/'), detail })),
  });
}
