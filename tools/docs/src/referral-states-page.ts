import { tableOf } from './markdown.js';

/** The part of the referral service's transition table that the page shows. */
interface ReferralStatuses {
  REFERRAL_STATUSES: readonly string[];
  TRANSITIONS: Readonly<Record<string, readonly string[]>>;
  isTerminal: (status: string) => boolean;
  officerStatus: (status: string) => string;
}

interface SideExits {
  EXIT_REASONS: Readonly<Record<string, readonly string[]>>;
}

/** A module of the referral service, compiled code beside compiled code and source beside source. */
function domainOf<Module>(name: string): Promise<Module> {
  const form = import.meta.url.includes('/tools/docs/dist/') ? 'dist' : 'src';
  return import(`../../../services/referral/${form}/domain/${name}.js`) as Promise<Module>;
}

const codes = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ') || 'nothing';

/** The states of a referral as a page to read, from the table that the service decides by. */
export async function referralStatesPage(): Promise<string> {
  const { REFERRAL_STATUSES, TRANSITIONS, isTerminal, officerStatus } =
    await domainOf<ReferralStatuses>('referral-status');
  const { EXIT_REASONS } = await domainOf<SideExits>('side-exits');
  return [
    '# States of a referral',
    '<!-- Written by `npm run docs` from services/referral/src/domain. Do not edit. -->',
    'Any transition that is not in this table is a 409 that names the state and those that are allowed; to police it names ' +
      'neither. A state that ends a referral has an outcome reason.',
    tableOf(
      ['State', 'Ends it', 'An officer sees', 'May become'],
      REFERRAL_STATUSES.map((status) => [
        codes([status]),
        isTerminal(status) ? 'yes' : '',
        officerStatus(status),
        codes(TRANSITIONS[status] ?? []),
      ]),
    ),
    '## Side exits',
    'The reasons that may be given for each. None speaks against the person, who may be referred again at any time.',
    tableOf(
      ['Exit', 'Reasons'],
      Object.entries(EXIT_REASONS).map(([exit, reasons]) => [codes([exit]), codes(reasons)]),
    ),
  ].join('\n\n');
}
