/** What each encrypted field belongs to, authenticated with it: a value copied elsewhere does not open there. */
export const identityOf = (caseId: string): string => `case:${caseId}:identity`;
export const noteOf = (caseId: string, contactId: string): string => `case:${caseId}:contact:${contactId}:note`;
export const goalOf = (caseId: string, needId: string): string => `case:${caseId}:need:${needId}:goal`;
export const consentOf = (caseId: string, consentId: string): string => `case:${caseId}:consent:${consentId}`;

/** Free text in its encrypted envelope. */
export interface ProtectedText {
  text: string;
}
