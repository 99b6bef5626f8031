import { leave } from './side-exits.js';
import { CORRECTION_TIMER, type Decided, type ReferralState, type Timers } from './referral.js';

const MAX_CORRECTED = 50;

/**
 * The referral that was wrong learns of the right one. Undefined where it knows already, or of another right one
 * that came first.
 */
export function markCorrected(
  wrongId: string,
  state: ReferralState,
  right: { id: string; by: string; at: Date },
  timers: Timers,
): Decided | undefined {
  if (state.correctedBy !== undefined) return undefined;
  if (state.status === 'entered-in-error') return { state: { ...state, correctedBy: right.id }, events: [] };
  const exit = { to: 'entered-in-error', reason: 'wrong-details', by: right.by, at: right.at } as const;
  const decided = leave(wrongId, state, exit, timers, { correctedBy: right.id });
  return { ...decided, timers: settled(decided.timers ?? []) };
}

/** The right referral learns which one it puts right. Undefined where it knows already. */
export function noteCorrects(state: ReferralState, wrongId: string): Decided | undefined {
  const corrects = state.corrects ?? [];
  if (corrects.includes(wrongId) || corrects.length >= MAX_CORRECTED) return undefined;
  return { state: { ...state, corrects: [...corrects, wrongId] }, events: [] };
}

/** The timers of a referral whose correction both sides know of. */
export const settled = (timers: Timers): Timers => timers.filter(({ name }) => name !== CORRECTION_TIMER);
