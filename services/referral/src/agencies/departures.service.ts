import { Injectable } from '@nestjs/common';
import { OfficerDeparted } from '@throughline/shared/contracts';
import { Refusal } from '@throughline/shared/domain';
import { occurred, type CommandKey } from '@throughline/shared/persistence';
import { withPeriod, type Departure } from '../domain/agency.js';
import { endLastPeriod, TRANSFER_TIMER } from '../domain/officer-departure.js';
import { AgenciesRepository, officerKey } from './agencies.repository.js';
import type { Enrolled } from './agencies.schemas.js';
import { AgenciesService } from './agencies.service.js';
import type { DepartureRequest, TransferRequest } from './departures.schemas.js';
import { PendingTransfers } from './pending-transfers.js';

/** Takes officers out of an agency, and into another. */
@Injectable()
export class DeparturesService {
  constructor(
    private readonly agencies: AgenciesService,
    private readonly repository: AgenciesRepository,
    private readonly transfers: PendingTransfers,
  ) {}

  /** @throws Refusal `not-found`, and what `endLastPeriod` throws */
  async depart(agencyId: string, { officerId, at, reason }: DepartureRequest, command: CommandKey): Promise<Enrolled> {
    await this.agencies.agency(agencyId);
    return this.end(agencyId, officerId, new Date(at), { reason }, command);
  }

  /**
   * Two records, each of which takes one write: out first, so that nobody is ever in both.
   * @throws Refusal `not-found`, `agency-unknown` (422), and what `endLastPeriod` and `withPeriod` throw; nothing is done then
   */
  async transfer(
    agencyId: string,
    { officerId, at, toAgencyId, unit: toUnit }: TransferRequest,
    command: CommandKey,
  ): Promise<Enrolled> {
    await this.agencies.agency(agencyId);
    if (toAgencyId === agencyId || !(await this.repository.agency(toAgencyId)))
      throw new Refusal('invalid', 'agency-unknown', 'There is no such other agency.', {
        errors: [{ pointer: '#/toAgencyId', detail: 'This must be the id of another agency of the programme.' }],
      });
    const activeFrom = new Date(at);
    const there = await this.repository.officer(toAgencyId, officerId);
    const departure = { reason: 'transferred', toAgencyId, ...(toUnit !== undefined && { toUnit }) };
    const result = await this.end(agencyId, officerId, activeFrom, departure, command, () => {
      if (there) withPeriod(there.state, { activeFrom });
    });
    await this.transfers.settleSoon(officerKey(agencyId, officerId));
    return result;
  }

  private async end(
    agencyId: string,
    officerId: string,
    at: Date,
    departure: Departure,
    command: CommandKey,
    assertPossible: () => void = () => undefined,
  ): Promise<Enrolled> {
    const { reason, toAgencyId } = departure;
    const event = occurred(OfficerDeparted, {
      agencyId,
      officerId,
      activeUntil: at.toISOString(),
      reason,
      ...(toAgencyId !== undefined && { toAgencyId }),
    });
    const { result } = await this.repository.officers.change(
      officerKey(agencyId, officerId),
      ({ state }) => {
        assertPossible();
        return {
          state: endLastPeriod(state, at, departure),
          events: [event],
          result: { id: officerId },
          ...(toAgencyId !== undefined && { timers: [{ name: TRANSFER_TIMER, dueAt: new Date() }] }),
        };
      },
      { command },
    );
    this.repository.forgetOfficer(agencyId, officerId);
    return result as Enrolled;
  }
}
