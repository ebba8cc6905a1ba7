/**
 * Randomness: one seed, and a stream of its own for every purpose.
 *
 * Two purposes never share a stream, so that drawing one number more for one of them leaves the others as they were.
 * A stream is one 32-bit state in a plain array (splitmix32, public domain), part of the world like everything else.
 */

export const purposes = ['workload', 'network', 'scheduler', 'faults'] as const;
export type Purpose = (typeof purposes)[number];

/** One state per purpose, in the order of `purposes`. */
export type Streams = number[];

export function streams(seed: number): Streams {
  return purposes.map((_, stream) => mix((seed | 0) + Math.imul(stream + 1, 0x9e3779b9)));
}

/** A whole number, 0 <= n < 2^32. */
function draw(of: Streams, purpose: Purpose): number {
  const stream = purposes.indexOf(purpose);
  const state = ((of[stream] ?? 0) + 0x9e3779b9) | 0;
  of[stream] = state;
  return mix(state) >>> 0;
}

/** A uniform whole number, low <= n <= high. */
export function drawWithin(of: Streams, purpose: Purpose, low: number, high: number): number {
  return low + Math.floor((draw(of, purpose) / 0x1_0000_0000) * (high - low + 1));
}

function mix(z: number): number {
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) | 0;
}
