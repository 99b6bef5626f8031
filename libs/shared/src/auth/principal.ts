import { z } from 'zod';

export const ROLES = [
  'officer',
  'supervisor',
  'prosecutor',
  'coordinator',
  'case-manager',
  'provider',
  'analyst',
  'auditor',
  'integrator',
  'admin',
] as const;

export type Role = (typeof ROLES)[number];

/** Who is calling, as the identity provider vouches for it. All of it is pseudonymous: ids and codes, no names. */
export interface Principal {
  /** Claim `sub`: stable for one person or system at one issuer. */
  id: string;
  roles: readonly Role[];
  /** The law-enforcement agency that an officer, supervisor or prosecutor works for. */
  agency?: string;
  /** The organization that a provider works for (an HSDS organization id). */
  organization?: string;
}

const POLICE: readonly Role[] = ['officer', 'supervisor'];
/** The roles that open what people in the programme do, and what is decided on them. */
const OPENS_PEOPLE: readonly Role[] = ['prosecutor', 'coordinator', 'case-manager', 'provider'];

/** The police wall: whoever holds a badge sees of people what police see, whatever else the token says. */
const behindTheWall = (roles: readonly Role[]): Role[] =>
  roles.some((role) => POLICE.includes(role)) ? roles.filter((role) => !OPENS_PEOPLE.includes(role)) : [...roles];

const code = z.string().regex(/^[\x21-\x7e]{1,200}$/);

/** The claims that we read. A role that we do not know grants nothing and is left out. */
const claims = z.object({
  sub: code,
  exp: z.number(),
  roles: z
    .array(z.string())
    .default([])
    .transform((roles) => behindTheWall(ROLES.filter((role) => roles.includes(role)))),
  agency: code.optional(),
  organization: code.optional(),
});

/** The principal of verified claims, or undefined where a claim that we need is missing or malformed. */
export function principalOf(verifiedClaims: unknown): Principal | undefined {
  const parsed = claims.safeParse(verifiedClaims);
  if (!parsed.success) {
    return undefined;
  }
  const { sub, roles, agency, organization } = parsed.data;
  return {
    id: sub,
    roles,
    ...(agency !== undefined && { agency }),
    ...(organization !== undefined && { organization }),
  };
}
