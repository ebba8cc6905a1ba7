/** Lists of threads that wait at a port, through the thread rows. */
import { NONE, at } from '../../base/table.ts';
import type { Thread } from '../thread.ts';
import type { MachWorld } from '../world.ts';

/** The first of the list that is left when the thread, wherever it stands, has been taken out. */
export function without(w: MachWorld, first: number, t: Thread): number {
  const { nextWaiting } = t;
  t.nextWaiting = NONE;
  if (first === t.id) return nextWaiting;
  for (let id = first; id !== NONE; id = at(w.threads, id).nextWaiting) {
    const each = at(w.threads, id);
    if (each.nextWaiting !== t.id) continue;
    each.nextWaiting = nextWaiting;
    break;
  }
  return first;
}

export function lastOf(w: MachWorld, first: number): number {
  let last = first;
  for (let id = first; id !== NONE; id = at(w.threads, id).nextWaiting) last = id;
  return last;
}
