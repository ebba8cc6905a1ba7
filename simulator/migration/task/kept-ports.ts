/**
 * Ports that a kernel keeps for a task or a thread, on their way to another kernel [mechanisms 1.12, 4.2].
 *
 * The agent has read them from the old kernel and holds a right to each; the new kernel gets them by the call that sets
 * such a port. A thread has some of its own only if somebody gave it: else its task's are in force there too.
 */
import { MOVE_SEND } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import {
  THREAD_KERNEL_PORT,
  type ExceptionPorts,
  type SetExceptionPorts,
  type ThreadSpecialPorts,
} from '../../mach/kernel-services/special-port-services.ts';
import type { Thread } from '../../mach/thread.ts';
import type { MigrationWorld } from '../record.ts';

export interface KeptPort {
  readonly operation: string;
  readonly body: { readonly whichPort: number } | SetExceptionPorts;
  /** Names of the rights in the agent's space. */
  readonly names: readonly number[];
}

export function keptPort(operation: string, whichPort: number, names: readonly number[]): KeptPort {
  return { operation, body: { whichPort }, names };
}

export function keptExceptionPorts(
  operation: string,
  { masks, behaviors, flavors }: ExceptionPorts,
  names: readonly number[],
): KeptPort[] {
  return names.map((name, i) => {
    const body = { exceptionMask: masks[i]!, behavior: behaviors[i]!, flavor: flavors[i]! };
    return { operation, body, names: [name] };
  });
}

/** Of what `thread_get_special_ports` has brought, the ports that are the thread's own. */
export function keptThreadPorts(ports: ThreadSpecialPorts, names: readonly number[]): KeptPort[] {
  const kept = ports.interposed ? [keptPort('thread_set_special_port', THREAD_KERNEL_PORT, names.slice(0, 1))] : [];
  return ports.own ? [...kept, ...keptExceptionPorts('thread_set_exception_ports', ports, names.slice(1))] : kept;
}

/** Sets it again, at the kernel of the task or thread under the name. */
export function setKept(w: MigrationWorld, t: Thread, on: number, { operation, body, names }: KeptPort): void {
  kernelCall(w, t, on, operation, { body, rights: names.map((name) => ({ name, disposition: MOVE_SEND })) });
}
