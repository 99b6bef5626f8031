import type { Principal } from '@throughline/shared/auth';
import { Refusal } from '@throughline/shared/domain';
import type { CommandKey } from '@throughline/shared/http';
import { derivedId, type Outcome, type Snapshot } from '@throughline/shared/persistence';
import type { CasesRepository } from '../cases/cases.repository.js';
import type { KnownServicesRepository } from '../directory/known-services.repository.js';
import { assertAssigned, assertOpen } from '../domain/case.js';
import { changeLinkageStatus, requestLinkage, type LinkageParty, type LinkageRecord } from '../domain/linkage.js';
import { visibleCase } from '../cases/visible-case.js';
import { noSuchRecord } from '../domain/visibility.js';
import { linkageChange, type FoundLinkage, type LinkagesRepository } from './linkages.repository.js';
import type { LinkageReceipt, LinkagesQuery, NewLinkage, NewStatus } from './linkages.schemas.js';

/** A linkage as one of its two parties sees it. */
export interface VisibleLinkage extends Snapshot<LinkageRecord> {
  party: LinkageParty;
}

/**
 * Needs linked to services. The requester is the case manager who has the case now, the responder a provider of the
 * organization that offers the service; to anybody else there is no such linkage.
 */
export class LinkagesService {
  constructor(
    private readonly linkages: LinkagesRepository,
    private readonly cases: CasesRepository,
    private readonly services: KnownServicesRepository,
  ) {}

  /**
   * Links a need to a service. The case is read and not written: the linkage refers to the need.
   * @throws Refusal `not-found`, `need-unknown`, `service-unknown`, `case-ended`
   */
  async request(
    principal: Principal,
    caseId: string,
    { needId, serviceId }: NewLinkage,
    command: CommandKey,
  ): Promise<Outcome<LinkageRecord>> {
    const id = derivedId('linkage', command.key);
    const first = await this.linkages.store.load(id);
    // Asked again: the store compares the request and gives the first answer, whatever has changed since.
    if (first) return this.linkages.store.create(id, { state: first.state }, command);

    const found = await this.cases.store.load(caseId);
    if (!found) throw noSuchRecord();
    assertAssigned(found.state, principal.id);
    assertOpen(found.state);
    const need = found.state.needs.find((one) => one.id === needId);
    if (!need) throw unknownField('need-unknown', 'needId', 'This case has no such need.');
    const service = (await this.services.store.load(serviceId))?.state;
    if (!service?.listed || !service.details)
      throw unknownField('service-unknown', 'serviceId', 'There is no active service of this id in the directory.');

    const { name: serviceName, organizationId } = service.details;
    const request = { caseId, needId, category: need.category, serviceId, serviceName, organizationId };
    const decision = requestLinkage(id, request, principal.id, new Date());
    const receipt: LinkageReceipt = { id, caseId, status: decision.state.status };
    return this.linkages.store.create(id, linkageChange(decision, receipt), command);
  }

  /** Oldest first: of the provider's own organization, or of the cases that a case manager has. */
  async list(
    principal: Principal,
    { status, cursor }: LinkagesQuery,
    limit: number,
  ): Promise<(FoundLinkage & { party: LinkageParty })[]> {
    const party = partyOf(principal);
    if (party === 'responder' && principal.organization === undefined) return [];
    const scope =
      party === 'responder'
        ? { organizationId: principal.organization ?? '' }
        : { caseIds: await this.cases.idsOf(principal.id) };
    const found = await this.linkages.list(scope, status, limit, cursor);
    return found.map((linkage) => ({ ...linkage, party }));
  }

  /** @throws Refusal `not-found`, also for a linkage of somebody else's */
  async open(principal: Principal, id: string): Promise<VisibleLinkage> {
    const found = await this.linkages.store.load(id);
    if (!found) throw noSuchRecord();
    const party = partyOf(principal);
    if (party === 'responder') {
      if (principal.organization !== found.state.organizationId) throw noSuchRecord();
    } else {
      await visibleCase(this.cases, principal, found.state.caseId);
    }
    return { ...found, party };
  }

  /** @throws Refusal as `open` and `changeLinkageStatus` */
  async changeStatus(
    principal: Principal,
    id: string,
    { status, outcome }: NewStatus,
    command: CommandKey,
    expectedVersion: number,
  ): Promise<Outcome<LinkageRecord>> {
    // Before the version is compared: 412 for a wrong one would tell a stranger that there is such a linkage.
    const { party: by } = await this.open(principal, id);
    return this.linkages.store.change(
      id,
      ({ state: current }) => {
        const step = { status, by, actorId: principal.id, ...(outcome !== undefined && { outcome }) };
        const decision = changeLinkageStatus(id, current, step, new Date());
        const receipt: LinkageReceipt = {
          id,
          caseId: current.caseId,
          status,
          ...(outcome !== undefined && { outcome }),
        };
        return linkageChange(decision, receipt);
      },
      { command, expectedVersion },
    );
  }
}

/** Somebody with both roles acts as a provider here; the routes let nobody in who has neither. */
const partyOf = (principal: Principal): LinkageParty =>
  principal.roles.includes('provider') ? 'responder' : 'requester';

const unknownField = (code: string, field: string, detail: string): Refusal =>
  new Refusal('invalid', code, detail, { errors: [{ pointer: `#/${field}`, detail }] });
