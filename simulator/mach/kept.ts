/**
 * Send rights that the kernel keeps for a task or a thread (special ports, exception ports): a field with the id of the
 * port copy on their node. Each counts on its port like a right in a space [I4].
 */
import { NONE, at } from '../base/table.ts';
import { kernelReleases } from './ipc/release.ts';
import { type Right } from './ipc/right.ts';
import { DEAD_NAME, SEND } from './ipc/space.ts';
import type { MachWorld } from './world.ts';

/** No right in hand: keeping it means to keep nothing. */
export const noRight: Right = { type: DEAD_NAME, port: NONE };

/** Keeps the right in hand and gives up the one kept before; returns what stands in the field from now on. */
export function keepInstead(w: MachWorld, before: number, right: Right): number {
  const after = right.type === SEND ? right.port : NONE;
  if (after !== NONE) at(w.ports, after).kernelSends++;
  if (before !== NONE) kernelReleases(w, at(w.ports, before));
  return after;
}

/** A right in hand to what is kept in a field, or none. */
export function copyOf(w: MachWorld, kept: number): Right {
  if (kept === NONE) return noRight;
  at(w.ports, kept).srights++;
  return { type: SEND, port: kept };
}
