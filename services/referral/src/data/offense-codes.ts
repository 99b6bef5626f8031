/** One NIBRS offence, and whether programmes divert it. */
export interface OffenseCode {
  code: string;
  name: string;
  /** False for offences that are not diverted unless the prosecutor overrides it. */
  diverted: boolean;
  /** True where NIBRS records the drugs that were found with the offence (data elements 20 to 22: code 35A alone). */
  drugsRecorded?: true;
}

/**
 * The offence codes that a referral may name. Codes and names: FBI, National Incident-Based Reporting System User
 * Manual. Which of them are diverted is the prosecutor's list of the default site; any other code is refused as unknown.
 */
export const OFFENSE_CODES: readonly OffenseCode[] = [
  { code: '35A', name: 'Drug/narcotic violations', diverted: true, drugsRecorded: true },
  { code: '35B', name: 'Drug equipment violations', diverted: true },
  { code: '23C', name: 'Shoplifting', diverted: true },
  { code: '23D', name: 'Theft from building', diverted: true },
  { code: '23E', name: 'Theft from coin-operated machine or device', diverted: true },
  { code: '23F', name: 'Theft from motor vehicle', diverted: true },
  { code: '23G', name: 'Theft of motor vehicle parts or accessories', diverted: true },
  { code: '23H', name: 'All other larceny', diverted: true },
  { code: '40A', name: 'Prostitution', diverted: true },
  { code: '90C', name: 'Disorderly conduct', diverted: true },
  { code: '90J', name: 'Trespass of real property', diverted: true },
  { code: '40B', name: 'Assisting or promoting prostitution', diverted: false },
  { code: '09A', name: 'Murder and nonnegligent manslaughter', diverted: false },
  { code: '100', name: 'Kidnapping/abduction', diverted: false },
  { code: '11A', name: 'Rape', diverted: false },
  { code: '11B', name: 'Sodomy', diverted: false },
  { code: '11C', name: 'Sexual assault with an object', diverted: false },
  { code: '11D', name: 'Criminal sexual contact', diverted: false },
  { code: '120', name: 'Robbery', diverted: false },
  { code: '13A', name: 'Aggravated assault', diverted: false },
  { code: '520', name: 'Weapon law violations', diverted: false },
];
