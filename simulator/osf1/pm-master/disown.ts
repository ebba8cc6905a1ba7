/**
 * The node on which a child was to be made has failed before its parent could be told of it: the fork has failed, and there is
 * no child. If it had been made, it has ended with the node; nobody knows it, so nobody shall find it when they wait.
 */
import { NONE } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, finish, goTo, routine, step } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { lostWithNode } from '../ended.ts';
import type { OsfWorld } from '../world.ts';
import { masterOf, ownEntries } from './entry.ts';
import { ends, leave } from './exit.ts';

/** Body of `pmm.disown`: the parent, the node that has failed, and the children that the parent has heard of. */
export interface Disown {
  readonly pid: number;
  readonly node: number;
  readonly known: readonly number[];
}

interface DisownCall extends Request {
  /** Names of rights to the PMA that has failed. */
  stale?: number[];
}

export const disown = routine<OsfWorld, DisownCall>('pmm.disown', 'forgets a child that nobody knows', [
  step('look for it', (w, t, f) => {
    const { pid, node, known } = f.body as Disown;
    const master = masterOf(w, t);
    const stale: number[] = [];
    f.stale = stale;
    for (const child of ownEntries(w, master)) {
      if (child.parent !== pid || child.node !== node || child.state === 'reaped' || known.includes(child.pid))
        continue;
      // The PM Master may not have noticed the failure yet.
      if (child.state === 'alive') leave(t, [ends(w, master, child, lostWithNode())]);
      child.state = 'reaped';
      if (child.capability !== NONE) stale.push(child.capability);
      child.capability = NONE;
    }
  }),
  step('give up the rights to its PMA', (w, t, f) => {
    const name = f.stale!.shift();
    if (name === undefined) return goTo(w, t, 'answer');
    again(t);
    kernelCall(w, t, masterOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
  step('answer', (_w, t) => finish(t, {} satisfies Payload)),
]);
