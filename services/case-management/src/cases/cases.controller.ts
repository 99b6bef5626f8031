import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@throughline/shared/openapi';
import { CurrentPrincipal, HiddenFrom, Roles, type Principal } from '@throughline/shared/auth';
import { etagOf, IdempotencyKey, IfMatch, pageOf, type CommandKey, type Page } from '@throughline/shared/http';
import type { Outcome } from '@throughline/shared/persistence';
import type { FastifyReply } from 'fastify';
import type { CaseRecord } from '../domain/case.js';
import { timePosition } from '../time-order.js';
import type { CaseSummary } from './cases.repository.js';
import {
  assignment,
  assignmentAnswer,
  caseAnswer,
  casesPage,
  casesQuery,
  contactAnswer,
  intake,
  intakeAnswer,
  needAnswer,
  newContact,
  newNeed,
  type Assignment,
  type AssignmentAnswer,
  type CaseAnswer,
  type CasesQuery,
  type CaseSummaryAnswer,
  type CompletedIntake,
  type ContactAnswer,
  type IntakeAnswer,
  type NeedAnswer,
  type NewContact,
  type NewNeed,
} from './cases.schemas.js';
import { CasesService } from './cases.service.js';

const iso = (time: Date): string => time.toISOString();

const summaryOf = ({
  id,
  state,
  openedAt,
  caseManagerId,
  assignedAt,
  referrals,
  mergedInto,
}: CaseSummary): CaseSummaryAnswer => ({
  id,
  state,
  openedAt: iso(openedAt),
  caseManagerId,
  assignedAt: assignedAt && iso(assignedAt),
  referrals: referrals.map(
    ({ referralId, pathway, agencyId, district, occurredAt, decidedAt, chargeHoldDueAt, news, mergedFrom }) => ({
      referralId,
      pathway,
      agencyId,
      district,
      occurredAt: iso(occurredAt),
      decidedAt: iso(decidedAt),
      chargeHoldDueAt: chargeHoldDueAt && iso(chargeHoldDueAt),
      mergedFrom,
      ended: news?.ended && { ...news.ended, at: iso(news.ended.at) },
      acceptanceRescindedAt: news?.acceptanceRescindedAt && iso(news.acceptanceRescindedAt),
      charges: news?.charges?.map(({ chargeId, about, filedAt }) => ({ chargeId, about, filedAt: iso(filedAt) })),
    }),
  ),
  mergedInto: mergedInto && { caseId: mergedInto.caseId, at: iso(mergedInto.at) },
});

/** The answer that the command got when it was first carried out, with the version of the case as it is now. */
function answer<Answer>(reply: FastifyReply, outcome: Outcome<CaseRecord>): Answer {
  reply.header('etag', etagOf(outcome.version));
  return outcome.result as Answer;
}

/**
 * Cases and what happens in them. No route closes or moves one for how a client engages. To the police there is nothing
 * here: what the programme learns does not drive enforcement.
 */
@ApiTags('Cases')
@Controller('v1/cases')
@HiddenFrom('officer', 'supervisor')
export class CasesController {
  constructor(private readonly cases: CasesService) {}

  @Get()
  @ApiOperation({ summary: 'Cases by state, without identities: all for a coordinator, their own for a case manager.' })
  @Roles('coordinator', 'case-manager')
  @ApiOkResponse({ standardSchema: casesPage, description: 'Oldest first; a case manager sees their own.' })
  async list(
    @CurrentPrincipal() principal: Principal,
    @Query({ schema: casesQuery }) query: CasesQuery,
  ): Promise<Page<CaseSummaryAnswer>> {
    const found = await this.cases.list(principal, query, query.limit + 1);
    const page = pageOf(found, query.limit, ({ openedAt, id }) => timePosition(openedAt, id));
    return { ...page, items: page.items.map(summaryOf) };
  }

  @Get(':id')
  @ApiOperation({ summary: "A case: the client's identity, referrals, contacts, intake and needs." })
  @Roles('coordinator', 'case-manager')
  @ApiOkResponse({ standardSchema: caseAnswer, description: 'The case with the identity of the client.' })
  async read(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CaseAnswer> {
    const {
      version,
      identity,
      contacts,
      intake: completed,
      needs,
      ends = [],
      ...record
    } = await this.cases.open(principal, id);
    reply.header('etag', etagOf(version));
    return {
      ...summaryOf(record),
      identity,
      contacts: contacts.map(({ occurredAt, enteredAt, ...contact }) => ({
        ...contact,
        occurredAt: iso(occurredAt),
        enteredAt: iso(enteredAt),
      })),
      intake: completed && {
        ...completed,
        completedAt: iso(completed.completedAt),
        enteredAt: iso(completed.enteredAt),
      },
      needs: needs.map(({ recordedAt, ...need }) => ({ ...need, recordedAt: iso(recordedAt) })),
      ends: ends.map(({ endedAt, enteredAt, reopened, ...end }) => ({
        ...end,
        endedAt: iso(endedAt),
        enteredAt: iso(enteredAt),
        reopened: reopened && { ...reopened, at: iso(reopened.at) },
      })),
    };
  }

  @Post(':id/assignment')
  @ApiOperation({ summary: 'Assign a case to a case manager whose caseload has room, or reassign it.' })
  @HttpCode(200)
  @Roles('coordinator')
  @ApiOkResponse({ standardSchema: assignmentAnswer, description: 'Assigned; says how full the caseload is now.' })
  async assign(
    @Param('id') id: string,
    @Body({ schema: assignment }) body: Assignment,
    @IdempotencyKey() command: CommandKey,
    @IfMatch() version: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AssignmentAnswer> {
    return answer(reply, await this.cases.assign(id, body, command, version));
  }

  @Post(':id/contacts')
  @ApiOperation({ summary: 'Log an attempt to reach the client, whether it succeeded or not.' })
  @Roles('case-manager')
  @ApiCreatedResponse({ standardSchema: contactAnswer, description: 'Logged, whether the client was reached or not.' })
  async contact(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Body({ schema: newContact }) body: NewContact,
    @IdempotencyKey() command: CommandKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ContactAnswer> {
    return answer(reply, await this.cases.recordContact(principal, id, body, command));
  }

  @Post(':id/intake')
  @ApiOperation({
    summary: 'Record a completed intake with the time that it happened, which counts for a charge hold.',
  })
  @HttpCode(200)
  @Roles('case-manager')
  @ApiOkResponse({ standardSchema: intakeAnswer, description: 'Completed; the time of the event is what counts.' })
  async intake(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Body({ schema: intake }) body: CompletedIntake,
    @IdempotencyKey() command: CommandKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<IntakeAnswer> {
    return answer(reply, await this.cases.completeIntake(principal, id, body, command));
  }

  @Post(':id/needs')
  @ApiOperation({ summary: "Record a need of the client, with a goal in the client's words." })
  @Roles('case-manager')
  @ApiCreatedResponse({ standardSchema: needAnswer, description: 'Recorded.' })
  async need(
    @CurrentPrincipal() principal: Principal,
    @Param('id') id: string,
    @Body({ schema: newNeed }) body: NewNeed,
    @IdempotencyKey() command: CommandKey,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NeedAnswer> {
    return answer(reply, await this.cases.recordNeed(principal, id, body, command));
  }
}
