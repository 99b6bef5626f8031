/**
 * The people of a programme as the local identity provider knows them: development and tests only.
 * One for each role, and two of those that must not see each other's data.
 */
export interface Persona {
  name: string;
  /** What this person may do and stands for, for `npm run token -- --list`. */
  description: string;
  roles: string[];
  /** The law-enforcement agency that officers and supervisors serve. */
  agency?: string;
  /** The directory organization that a provider works for: its HSDS id. */
  organization?: string;
}

export const personas: Persona[] = [
  { name: 'officer', description: 'refers people, Santa Fe PD', roles: ['officer'], agency: 'santa-fe-pd' },
  { name: 'officer-2', description: 'refers people, Española PD', roles: ['officer'], agency: 'espanola-pd' },
  { name: 'supervisor', description: 'supervises officers, Santa Fe PD', roles: ['supervisor'], agency: 'santa-fe-pd' },
  { name: 'prosecutor', description: 'decides on eligibility and charges', roles: ['prosecutor'] },
  { name: 'coordinator', description: 'runs the programme, assigns cases', roles: ['coordinator'] },
  { name: 'case-manager', description: 'works with clients', roles: ['case-manager'] },
  { name: 'case-manager-2', description: 'works with other clients', roles: ['case-manager'] },
  {
    name: 'provider',
    description: 'Chicago Legal Clinic, of the bundled directory',
    roles: ['provider'],
    organization: '125c3c3e-1422-5fee-9c97-3321787c1d6f',
  },
  {
    name: 'provider-2',
    description: 'Law Project of the Chicago Coalition for the Homeless, of the bundled directory',
    roles: ['provider'],
    organization: '244c396d-84a8-5f4a-8418-eeb905dd65d3',
  },
  { name: 'analyst', description: 'reads reports', roles: ['analyst'] },
  { name: 'auditor', description: 'reads the audit trail', roles: ['auditor'] },
  { name: 'integrator', description: 'subscribes to events', roles: ['integrator'] },
  { name: 'admin', description: 'enrols agencies and officers, imports the directory', roles: ['admin'] },
];

/** The stable account id of a persona, which tokens carry as `sub`. */
export const subjectOf = (name: string): string => `persona:${name}`;
