import { disclosable } from '@throughline/shared/contracts';
import { pageQuery } from '@throughline/shared/http';
import { z } from 'zod';

const instant = z.iso.datetime();
const text = (longest: number) => z.string().trim().min(1).max(longest);

/** 42 CFR 2.31(a)(2), (5) and (8), as they stand on the form; with the patient's name they are encrypted together. */
const signed = {
  discloser: text(300).describe('Who discloses: the name or general designation of the programme (2.31(a)(2)).'),
  purpose: text(500).describe('What the disclosure is for (2.31(a)(5)).'),
  signature: z
    .strictObject({ name: text(200), method: z.enum(['handwritten', 'electronic']) })
    .describe('Of the patient, or of who may sign for the patient (2.31(a)(8)).'),
};

export const newConsent = z
  .strictObject({
    ...signed,
    information: z.array(disclosable).min(1).max(3).describe('What may be told (2.31(a)(3)).'),
    agencyId: text(128).describe('Who may be told: an agency that referred this client (2.31(a)(4)).'),
    rightToRevokeExplained: z
      .literal(true)
      .describe('The form says that it can be revoked in writing, and how (2.31(a)(6)).'),
    expiresAt: instant.describe('When it ends (2.31(a)(7)).'),
    signedAt: instant.describe('2.31(a)(9)'),
  })
  .meta({ id: 'NewConsent' });
export type NewConsent = z.output<typeof newConsent>;

export const revocation = z
  .strictObject({ revokedAt: instant.describe('When the client took it back.') })
  .meta({ id: 'ConsentRevocation' });
export type Revocation = z.output<typeof revocation>;

/** What is encrypted of a consent. The patient is named as the case named them when it was signed (2.31(a)(1)). */
export type SignedParts = z.output<z.ZodObject<typeof signed>> & {
  patient: { givenName: string; familyName: string };
};

const status = z.enum(['active', 'revoked', 'expired']);

export const consentAnswer = z
  .object({
    id: z.string(),
    caseId: z.string(),
    status,
    patient: z.object({ givenName: z.string(), familyName: z.string() }),
    ...newConsent.omit({ rightToRevokeExplained: true }).shape,
    signature: z.object(signed.signature.shape),
    rightToRevokeExplained: z.literal(true),
    recordedBy: z.string(),
    recordedAt: instant,
    revokedAt: instant.optional(),
  })
  .meta({ id: 'Consent' });
export type ConsentAnswer = z.output<typeof consentAnswer>;

export const consentsQuery = pageQuery;
export type ConsentsQuery = z.output<typeof consentsQuery>;

export const consentsPage = z
  .object({ items: z.array(consentAnswer), nextCursor: z.string().optional() })
  .meta({ id: 'ConsentsPage' });

export const consentReceipt = z.object({ id: z.string(), caseId: z.string(), status }).meta({ id: 'ConsentReceipt' });
export type ConsentReceipt = z.output<typeof consentReceipt>;
