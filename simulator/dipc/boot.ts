/**
 * Rights that exist before time 0: what special ports and registered user slots give a server at boot [mechanisms
 * 2.12]. They are ordinary rights with ordinary counts and credits; only handing them out costs nothing. A node that boots
 * again, and whoever deals with it, gets them in the same way.
 */
import { NONE, at } from '../base/table.ts';
import type { Port } from '../mach/ipc/port.ts';
import { copyout } from '../mach/ipc/right.ts';
import { SEND, lookup } from '../mach/ipc/space.ts';
import { isInTouch } from '../mach/node.ts';
import type { Task } from '../mach/task.ts';
import { arriveSend, takeCredits } from './crossing.ts';
import { enter } from './distributed.ts';
import type { DipcWorld } from './world.ts';

/** Gives the task a send right to the port, wherever the two are, and returns its name in the task's space. */
export function bootRight(w: DipcWorld, port: Port, task: Task): number {
  if (port.node === task.node) {
    port.srights++;
    if (port.receiverName >= 0) port.mscount++;
    return copyout(w, task, { type: SEND, port: port.id });
  }
  const state = enter(w, port);
  const proxy = arriveSend(w, task.node, state.uid, takeCredits(state, port));
  return copyout(w, task, { type: SEND, port: proxy.id });
}

/**
 * A right that is handed out when it is first asked for, and again if it has died with its node and that has booted again:
 * the name known so far, or a new one. As long as the task's kernel has not heard of that node's return, nothing changes.
 */
export function renewRight(w: DipcWorld, known: number, port: Port, task: Task): number {
  const before = known === NONE ? NONE : (lookup(task.space, known)?.port ?? NONE);
  if (before !== NONE && at(w.ports, before).active) return known;
  return isInTouch(w, task.node, port.node) ? bootRight(w, port, task) : known;
}
