/** Giving up the names that an agent has come to while it moved a task. */
import { kernelCall } from '../../mach/kernel-call.ts';
import { again } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import type { MigrationWorld } from '../record.ts';

/**
 * A step that gives up all names of the list, one each time it is performed. A name that is there more than once, because the
 * agent was given the same right again, is given up with all these references by one call.
 */
export function giveUpNames(w: MigrationWorld, t: Thread, self: number, names: number[]): void {
  const [name] = names;
  if (name === undefined) return;
  const others = names.filter((each) => each !== name);
  const references = names.length - others.length;
  names.splice(0, names.length, ...others);
  again(t);
  if (references === 1) kernelCall(w, t, self, 'mach_port_deallocate', { body: { name } });
  else kernelCall(w, t, self, 'mach_port_mod_refs', { body: { name, delta: -references } });
}
