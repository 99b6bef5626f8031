/** Megabytes of V8's young generation. More of them cost an idle service memory and save a busy one CPU (ADR 13). */
const USUAL_MB = 8;
const MB_OF: Readonly<Record<string, number>> = { referral: 16 };

/** The flags of Node for the heap of a service. Intake gets the larger young generation: it has the bursts. */
export const heapFlagsOf = (service: string): string[] => [`--max-semi-space-size=${MB_OF[service] ?? USUAL_MB}`];
