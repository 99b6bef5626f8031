import { Inject, Injectable } from '@nestjs/common';
import { Refusal } from '@throughline/shared/domain';
import type { CommandKey, Page } from '@throughline/shared/http';
import { derivedId, type Change } from '@throughline/shared/persistence';
import { begun, discarded, edited, reviewed, submitted, type Draft } from '../domain/editing/draft.js';
import { DraftCheck, recordChanged } from './draft-check.js';
import { DraftPublisher, publicationDue } from './draft-publisher.js';
import { DraftsRepository, type FoundDraft } from './drafts.repository.js';
import type { DraftRequest, DraftsQuery, ReviewRequest } from './drafts.schemas.js';
import { mayTouch, notFound, type EditingAccess } from './editing-access.js';

/** Carries drafts from the first proposal to the directory. */
@Injectable()
export class DraftsService {
  constructor(
    @Inject(DraftsRepository) private readonly drafts: DraftsRepository,
    @Inject(DraftCheck) private readonly check: DraftCheck,
    @Inject(DraftPublisher) private readonly publisher: DraftPublisher,
  ) {}

  /** Begins a draft; repeated with the same key it answers the same one, as it is by then. */
  async begin(request: DraftRequest, access: EditingAccess, command: CommandKey): Promise<FoundDraft> {
    if (access.organization === null)
      throw new Refusal('forbidden', 'organization-unknown', 'your token names no organization that you work for');
    const id = derivedId('draft', command.key);
    const before = await this.drafts.find(id);
    const draft =
      before ?? begun(await this.check.proposalOf(request, access, derivedId('draft-record', id)), access, new Date());
    const { state, version } = await this.drafts.store.create(id, { state: draft }, command);
    return { id, version, ...state };
  }

  /** @throws Refusal `draft-not-found`, also for one of another organization */
  async find(id: string, access: EditingAccess): Promise<FoundDraft> {
    const draft = await this.drafts.find(id);
    if (!draft || !mayTouch(access, draft.organizationId)) throw notFound('draft');
    return draft;
  }

  /** The drafts that somebody may see, oldest first. */
  async page({ limit, cursor, ...filter }: DraftsQuery, access: EditingAccess): Promise<Page<FoundDraft>> {
    if (access.organization === null) return { items: [] };
    const own = access.organization === undefined ? {} : { organizationId: access.organization };
    return this.drafts.page({ ...filter, ...own }, limit, cursor);
  }

  /** Puts another proposal for the same record in the place of the one that is there. */
  async replace(id: string, request: DraftRequest, access: EditingAccess, version: number): Promise<FoundDraft> {
    const draft = await this.find(id, access);
    const recordId = request.recordId ?? (draft.change === 'create' ? draft.recordId : undefined);
    if (request.kind !== draft.kind || recordId !== draft.recordId)
      throw new Refusal('invalid', 'validation-failed', 'A draft is for one record. Begin another one.', {
        errors: [{ pointer: '#/recordId', detail: 'is not the record of this draft' }],
      });
    const proposal = await this.check.proposalOf(request, access, draft.recordId, draft.content);
    return this.change(id, (state) => ({ state: edited(state, proposal, access, new Date()) }), {
      expectedVersion: version,
    });
  }

  async submit(id: string, access: EditingAccess, command: CommandKey, version: number): Promise<FoundDraft> {
    await this.find(id, access);
    return this.change(id, (state) => ({ state: submitted(state, new Date()) }), { command, expectedVersion: version });
  }

  async discard(id: string, access: EditingAccess, command: CommandKey, version: number): Promise<FoundDraft> {
    await this.find(id, access);
    return this.change(id, (state) => ({ state: discarded(state, new Date()) }), { command, expectedVersion: version });
  }

  /**
   * Sends a draft back, or approves and publishes it.
   * @throws Refusal `record-changed`, `record-in-use`, `validation-failed` for what can no longer be published
   */
  async review(
    id: string,
    { decision, comment }: ReviewRequest,
    access: EditingAccess,
    command: CommandKey,
    version: number,
  ): Promise<FoundDraft> {
    const draft = await this.find(id, access);
    const review = { decision, ...(comment === undefined ? {} : { comment }) };
    if (decision === 'return')
      return this.change(id, (state) => ({ state: reviewed(state, review, access, new Date()) }), {
        command,
        expectedVersion: version,
      });
    if (draft.status === 'submitted') await this.check.assertPossible(draft);
    const approve = (state: Draft): Change<Draft> => {
      const now = new Date();
      return { state: reviewed(state, review, access, now), timers: publicationDue(now) };
    };
    await this.change(id, approve, { command, expectedVersion: version });
    await this.publisher.publish(id);
    const after = await this.find(id, access);
    if (after.status === 'returned') throw recordChanged(after.kind, after.recordId);
    return after;
  }

  private async change(
    id: string,
    decide: (draft: Draft) => Change<Draft>,
    options: { command?: CommandKey; expectedVersion: number },
  ): Promise<FoundDraft> {
    const { state, version } = await this.drafts.store.change(id, (current) => decide(current.state), options);
    return { id, version, ...state };
  }
}
