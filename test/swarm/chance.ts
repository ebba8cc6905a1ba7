/**
 * Chance: what the swarm draws with. One seed, one order of draws, so that a seed is a run for as long as the
 * generator is the same; and the script that comes of it is kept, for when it no longer is.
 */
import { drawWithin, streams, type Purpose } from '../../simulator/base/random.ts';

export interface Chance {
  /** A whole number, low <= n <= high. */
  readonly within: (low: number, high: number) => number;
  /** True in so many of a hundred cases. */
  readonly percent: (share: number) => boolean;
  readonly one: <T>(of: readonly T[]) => T;
  /** So many draws from one list, in the order in which they are drawn. */
  readonly many: <T>(count: number, draw: (index: number) => T) => T[];
}

/**
 * What is drawn for another purpose comes from a stream of its own: so something more can be drawn and all the rest of a seed
 * stays as it was.
 */
export function chance(seed: number, purpose: Purpose = 'faults'): Chance {
  const stream = streams(seed);
  const within = (low: number, high: number): number => drawWithin(stream, purpose, low, high);
  return {
    within,
    percent: (share) => within(1, 100) <= share,
    one: (of) => of[within(0, of.length - 1)]!,
    many: (count, draw) => Array.from({ length: count }, (_, index) => draw(index)),
  };
}
