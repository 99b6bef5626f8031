import { Injectable } from '@nestjs/common';
import { OfficerDeparted } from '@throughline/shared/contracts';
import { Refusal } from '@throughline/shared/domain';
import { derivedId, occurred, type CommandKey } from '@throughline/shared/persistence';
import { withPeriod, type Departure, type Period } from '../domain/agency.js';
import { endLastPeriod } from '../domain/officer-departure.js';
import { AgenciesRepository, officerKey } from './agencies.repository.js';
import type { Enrolled } from './agencies.schemas.js';
import { AgenciesService } from './agencies.service.js';
import type { DepartureRequest, TransferRequest } from './departures.schemas.js';

/** Takes officers out of an agency, and into another. */
@Injectable()
export class DeparturesService {
  constructor(
    private readonly agencies: AgenciesService,
    private readonly repository: AgenciesRepository,
  ) {}

  /** @throws Refusal `not-found`, and what `endLastPeriod` throws */
  async depart(agencyId: string, { officerId, at, reason }: DepartureRequest, command: CommandKey): Promise<Enrolled> {
    await this.agencies.agency(agencyId);
    return this.end(agencyId, officerId, new Date(at), { reason }, command);
  }

  /**
   * Two records, each of which takes one write: out first, so that nobody is ever in both. Where a crash comes between, the
   * same command under the same key carries it to its end.
   * @throws Refusal `not-found`, `agency-unknown` (422), and what `endLastPeriod` and `withPeriod` throw; nothing is done then
   */
  async transfer(
    agencyId: string,
    { officerId, at, toAgencyId, unit }: TransferRequest,
    command: CommandKey,
  ): Promise<Enrolled> {
    await this.agencies.agency(agencyId);
    if (toAgencyId === agencyId || !(await this.repository.agency(toAgencyId)))
      throw new Refusal('invalid', 'agency-unknown', 'There is no such other agency.', {
        errors: [{ pointer: '#/toAgencyId', detail: 'This must be the id of another agency of the programme.' }],
      });
    const period: Period = { activeFrom: new Date(at), ...(unit !== undefined && { unit }) };
    const there = await this.repository.officer(toAgencyId, officerId);
    if (there) withPeriod(there.state, period);
    const result = await this.end(
      agencyId,
      officerId,
      period.activeFrom,
      { reason: 'transferred', toAgencyId },
      command,
    );
    const key = derivedId('transfer', command.key);
    await this.agencies.enrolOfficer(toAgencyId, officerId, period, { ...command, key });
    return result;
  }

  private async end(
    agencyId: string,
    officerId: string,
    at: Date,
    departure: Departure,
    command: CommandKey,
  ): Promise<Enrolled> {
    const event = occurred(OfficerDeparted, { agencyId, officerId, activeUntil: at.toISOString(), ...departure });
    const { result } = await this.repository.officers.change(
      officerKey(agencyId, officerId),
      ({ state }) => ({ state: endLastPeriod(state, at, departure), events: [event], result: { id: officerId } }),
      { command },
    );
    this.repository.forgetOfficer(agencyId, officerId);
    return result as Enrolled;
  }
}
