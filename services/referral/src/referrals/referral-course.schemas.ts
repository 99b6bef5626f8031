import { z } from 'zod';
import { APPROVAL_OUTCOMES, APPROVALS } from '../domain/approvals.js';
import { AGE_EVIDENCE } from '../domain/quarantine.js';
import { EXIT_REASONS, type ExitStatus } from '../domain/side-exits.js';
import { date, instant, kebabCode, offense } from './referral-request.schemas.js';

const referralId = z.uuid({ error: 'This must be the id of a referral.' });

const reasonFor = <Status extends ExitStatus>(status: Status) =>
  z.enum(EXIT_REASONS[status] as unknown as [string, ...string[]], {
    error: `This must be one of ${EXIT_REASONS[status].join(', ')}.`,
  });

const exitRequest = (status: ExitStatus, name: string) =>
  z.strictObject({ reason: reasonFor(status) }).meta({ id: name });

/** One body for each side exit, by the state that it leads to. */
export const withdrawalRequest = exitRequest('withdrawn', 'WithdrawalRequest');
export const declinedByPersonRequest = exitRequest('declined-by-person', 'DeclinedByPersonRequest');
export const unableToContactRequest = exitRequest('unable-to-contact', 'UnableToContactRequest');
export const expiryRequest = exitRequest('expired', 'ExpiryRequest');
export const closingRequest = exitRequest('closed', 'ClosingRequest');
export type ExitRequest = z.infer<typeof withdrawalRequest>;

export const duplicateRequest = z
  .strictObject({
    reason: reasonFor('duplicate'),
    duplicateOf: referralId.describe('The referral that stays.'),
  })
  .meta({ id: 'DuplicateRequest' });
export type DuplicateRequest = z.infer<typeof duplicateRequest>;

export const errorRequest = z
  .strictObject({
    reason: reasonFor('entered-in-error'),
    correctedBy: referralId.optional().describe('The right referral, where there is one.'),
  })
  .meta({ id: 'EnteredInErrorRequest' });
export type ErrorRequest = z.infer<typeof errorRequest>;

export const rescissionRequest = z
  .strictObject({ reasons: z.array(kebabCode).min(1, { error: 'A rescission has at least one reason.' }).max(10) })
  .meta({ id: 'RescissionRequest' });
export type RescissionRequest = z.infer<typeof rescissionRequest>;

export const chargeRequest = z
  .strictObject({
    about: z.enum(['held-charge', 'new-event'], {
      error: 'This must be held-charge, or new-event for something that happened later.',
    }),
    offenses: z.array(offense).min(1, { error: 'A charge has at least one offense.' }).max(20),
    filedAt: instant,
  })
  .meta({ id: 'ChargeRequest' });
export type ChargeRequest = z.infer<typeof chargeRequest>;

export const chargeAnswer = z.object({ id: z.uuid(), chargeId: z.uuid() }).meta({ id: 'ChargeRecorded' });
export type ChargeAnswer = z.infer<typeof chargeAnswer>;

export const approvalRequest = z
  .strictObject({ approval: z.enum(APPROVALS), outcome: z.enum(APPROVAL_OUTCOMES) })
  .meta({ id: 'ApprovalRequest' });
export type ApprovalRequest = z.infer<typeof approvalRequest>;

const evidence = z.enum(AGE_EVIDENCE, { error: `This must be one of ${AGE_EVIDENCE.join(', ')}.` });

export const ageConfirmationRequest = z.strictObject({ evidence }).meta({ id: 'AgeConfirmationRequest' });
export type AgeConfirmationRequest = z.infer<typeof ageConfirmationRequest>;

export const birthDateRequest = z.strictObject({ birthDate: date, evidence }).meta({ id: 'BirthDateRequest' });
export type BirthDateRequest = z.infer<typeof birthDateRequest>;
