/**
 * From a kernel-owned port to the object that it stands for, and the rights that the kernel hands out.
 */
import { NONE, at } from '../../base/table.ts';
import { kernelPort, type Port } from '../ipc/port.ts';
import { SEND } from '../ipc/space.ts';
import { sselfOf } from '../kept.ts';
import type { KernelAnswer, KernelRequest } from '../kernel-call.ts';
import type { Task } from '../task.ts';
import type { Thread } from '../thread.ts';
import type { MachWorld } from '../world.ts';

/** The task that the call was made on, or null: the port stands for something else, or for nothing any more. */
export function taskOf(w: MachWorld, request: KernelRequest): Task | null {
  const port = w.ports.rows[request.port];
  return port?.objectKind === 'task' ? at(w.tasks, port.object) : null;
}

export function threadOfPort(w: MachWorld, request: KernelRequest): Thread | null {
  const port = w.ports.rows[request.port];
  return port?.objectKind === 'thread' ? at(w.threads, port.object) : null;
}

/** The port that the kernel answers on for a thread; it is made when somebody first asks for it. */
export function threadPort(w: MachWorld, t: Thread): Port {
  if (t.self !== NONE) return at(w.ports, t.self);
  const port = kernelPort(w, t.node, `${t.name}.thread`, 'thread', t.id);
  t.self = port.id;
  return port;
}

/** What the thread gets when it asks for its own port [mechanisms 1.12]. */
export function threadSelf(w: MachWorld, t: Thread): Port {
  const sself = sselfOf(t);
  return sself === NONE ? threadPort(w, t) : at(w.ports, sself);
}

/** A new send right in hand to a kernel-owned port: type and port, as answers carry them. */
export function sendRight(port: Port): number[] {
  port.srights++;
  return [SEND, port.id];
}

export const invalidArgument: KernelAnswer = { code: 'KERN_INVALID_ARGUMENT' };
export const failure: KernelAnswer = { code: 'KERN_FAILURE' };
export const success: KernelAnswer = {};
