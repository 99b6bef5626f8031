import { z } from 'zod';

/** Pathways of a LEAD referral; `community` referrals are refused while a programme's policy says so. */
export const pathway = z.enum(['arrest-diversion', 'social-contact']);
export type Pathway = z.output<typeof pathway>;

/** An aggregate's id, or that of a person's account at the identity provider. Opaque, and never a name. */
export const id = z.string().min(1).max(128);

/** An instant: ISO 8601 with `Z`. */
export const instant = z.iso.datetime();

/** Short kebab-case code out of a list that its owner publishes. */
export const code = z
  .string()
  .max(64)
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/);

/** NIBRS offence code (FBI, National Incident-Based Reporting System User Manual), for example 23C. */
export const nibrs = z.string().regex(/^\d{2,3}[A-Z]?$/);

/** Tri-state verdict of one criterion: met means that nothing stands in the way. */
export const verdict = z.enum(['met', 'not-met', 'unknown']);
export type Verdict = z.output<typeof verdict>;

/** A compact JWE (RFC 7516) for the public key of exactly one receiving service. */
export const sealed = z.string().regex(/^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$/);
