import type { Principal } from '@throughline/shared/auth';
import type { CommandKey } from '@throughline/shared/http';
import { derivedId, type Outcome } from '@throughline/shared/persistence';
import type { CaseKeys } from '../cases/case-keys.js';
import type { CasesRepository } from '../cases/cases.repository.js';
import type { Identity } from '../cases/identity.js';
import { consentOf, identityOf } from '../cases/protected-fields.js';
import { visibleCase } from '../cases/visible-case.js';
import { consentStatus, giveConsent, revokeConsent, type ConsentRecord } from '../domain/consent.js';
import { noSuchRecord } from '../domain/visibility.js';
import { consentChange, type ConsentsRepository } from './consents.repository.js';
import type { ConsentAnswer, ConsentReceipt, NewConsent, Revocation, SignedParts } from './consents.schemas.js';

/** Consents of clients, recorded and revoked by who has the case now or coordinates; to anybody else there are none. */
export class ConsentsService {
  constructor(
    private readonly consents: ConsentsRepository,
    private readonly cases: CasesRepository,
    private readonly keys: CaseKeys,
  ) {}

  /** @throws Refusal `not-found`, `person-erased`, and what `giveConsent` throws */
  async give(
    principal: Principal,
    caseId: string,
    { discloser, purpose, signature, ...form }: NewConsent,
    command: CommandKey,
  ): Promise<Outcome<ConsentRecord>> {
    const id = derivedId('consent', command.key);
    const first = await this.consents.store.load(id);
    // Asked again: the store compares the request and gives the first answer, whatever has changed since.
    if (first) return this.consents.store.create(id, { state: first.state }, command);

    const { state: its } = await visibleCase(this.cases, principal, caseId);
    const key = await this.keys.of(caseId);
    const { givenName, familyName } = key.decrypt<Identity>(its.identity, identityOf(caseId));
    const parts: SignedParts = { patient: { givenName, familyName }, discloser, purpose, signature };
    const consent = {
      caseId,
      agencyId: form.agencyId,
      information: [...new Set(form.information)],
      expiresAt: new Date(form.expiresAt),
      signedAt: new Date(form.signedAt),
      confidential: key.encrypt(parts, consentOf(caseId, id)),
      recordedBy: principal.id,
    };
    const receipt: ConsentReceipt = { id, caseId, status: 'active' };
    const decision = giveConsent(id, its, consent, new Date());
    return this.consents.store.create(id, consentChange(decision, receipt), command);
  }

  /** @throws Refusal `not-found`, and what `revokeConsent` throws */
  async revoke(
    principal: Principal,
    caseId: string,
    id: string,
    { revokedAt }: Revocation,
    command: CommandKey,
  ): Promise<Outcome<ConsentRecord>> {
    await visibleCase(this.cases, principal, caseId);
    const receipt: ConsentReceipt = { id, caseId, status: 'revoked' };
    return this.consents.store.change(
      id,
      ({ state }) => {
        if (state.caseId !== caseId) throw noSuchRecord();
        const step = { revokedAt: new Date(revokedAt), recordedBy: principal.id };
        return consentChange(revokeConsent(id, state, step, new Date()), receipt);
      },
      { command },
    );
  }

  /** Oldest first. @throws Refusal `not-found`, `person-erased`, `cursor-malformed` */
  async list(
    principal: Principal,
    caseId: string,
    limit: number,
    cursor?: string,
  ): Promise<(ConsentAnswer & { recordedAt: string })[]> {
    await visibleCase(this.cases, principal, caseId);
    const found = await this.consents.ofCase(caseId, limit, cursor);
    if (found.length === 0) return [];
    const key = await this.keys.of(caseId);
    const now = new Date();
    return found.map((consent) => ({
      id: consent.id,
      caseId,
      status: consentStatus(consent, now),
      ...key.decrypt<SignedParts>(consent.confidential, consentOf(caseId, consent.id)),
      information: consent.information,
      agencyId: consent.agencyId,
      rightToRevokeExplained: true as const,
      expiresAt: consent.expiresAt.toISOString(),
      signedAt: consent.signedAt.toISOString(),
      recordedBy: consent.recordedBy,
      recordedAt: consent.recordedAt.toISOString(),
      revokedAt: consent.revocation?.revokedAt.toISOString(),
    }));
  }
}
