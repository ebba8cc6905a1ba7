/** A task that has lost its process: the PMA that managed it has failed with its node. */
import { NONE, at } from '../../base/table.ts';
import { lookup } from '../../mach/ipc/space.ts';
import type { Task } from '../../mach/task.ts';
import type { OsfWorld } from '../world.ts';
import { PROCESS_PORT } from './state.ts';

/** Its per-process port is dead: nobody executes its system calls any more. */
export function isOrphan(w: OsfWorld, { kind, space }: Task): boolean {
  if (kind !== 'process') return false;
  const entry = lookup(space, PROCESS_PORT);
  return entry !== null && (entry.port === NONE || !at(w.ports, entry.port).active);
}
