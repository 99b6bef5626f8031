import { median, type Ground } from './benchmark.js';

/** One of the things compared: does its work once and answers how many operations that were. */
export interface Side {
  name: string;
  /** What has to be so before a round, and is not measured. */
  before?: () => Promise<void>;
  round: () => Promise<number>;
}

export interface SideResult {
  name: string;
  /** Operations in a second, median of the rounds. */
  perSecond: number;
  /** The same of each round. */
  rates: readonly number[];
  /** CPU milliseconds per operation of each process that did anything, median of the rounds. */
  cpuMs: Record<string, number>;
}

/** DESIGN asks for five or more; with these a moment of other work on the machine moves the median little. */
export const ROUNDS = 11;

/**
 * Runs the sides in turns, in changing order, so that a machine that slows down or warms up does so for all.
 * One more round before the others warms up and is not counted.
 */
export async function sideBySide(ground: Ground, sides: readonly Side[], rounds = ROUNDS): Promise<SideResult[]> {
  const rates = sides.map((): number[] => []);
  const costs = sides.map((): Record<string, number>[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    const order = sides.map((_, index) => (round % 2 === 0 ? index : sides.length - 1 - index));
    for (const index of order) {
      const side = sides[index]!;
      await side.before?.();
      const [cpu, began] = [ground.cpuSeconds(), performance.now()];
      const operations = await side.round();
      const rate = (operations / (performance.now() - began)) * 1000;
      const used = Object.entries(ground.cpuSeconds()).map(([name, seconds]) => [
        name,
        ((seconds - (cpu[name] ?? 0)) * 1000) / operations,
      ]);
      if (round === 0) continue;
      rates[index]!.push(rate);
      costs[index]!.push(Object.fromEntries(used) as Record<string, number>);
      ground.say(`  round ${round}: ${side.name} ${rate.toFixed(0)}/s`);
    }
  }
  return sides.map(({ name }, index) => ({
    name,
    perSecond: median(rates[index]!),
    rates: rates[index]!,
    cpuMs: mediansOf(costs[index]!),
  }));
}

/** How much faster the first is than the second, median of what it was in each round, where both met the same machine. */
export const quotient = (one: SideResult, other: SideResult): number =>
  median(one.rates.map((rate, round) => rate / other.rates[round]!));

/** Processes that idled, as the one of the other side, are left out. */
function mediansOf(rounds: Record<string, number>[]): Record<string, number> {
  const names = Object.keys(rounds[0] ?? {});
  const medians = names.map((name): [string, number] => [name, median(rounds.map((round) => round[name] ?? 0))]);
  return Object.fromEntries(medians.filter(([, value]) => value >= 0.02));
}
