/**
 * Step 7: whoever knew the task, or one of its threads, by its kernel port reaches the new one by the same port
 * [mechanisms 4.2, 4.4]. The kernel of the source gives the receive right up; the husk of a task answers on a port of its own.
 *
 *   takeover        the right moves into the destination's kernel, which answers on it from now on. Nothing remains
 *   interposition   the agent keeps the right, and relays what is asked there (relay.ts). The task gets a send right to
 *                   it when it asks for its own port (sself), so its calls on itself take that way too. If it moves again
 *                   it keeps that port: the servers are a chain then, and whoever calls it goes through all of them
 *
 * It comes after everything that needs the old task by its port, and before anything can run.
 */
import { NONE } from '../../base/table.ts';
import { MAKE_SEND, MOVE_RECEIVE } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { TASK_KERNEL_PORT, THREAD_KERNEL_PORT } from '../../mach/kernel-services/special-port-services.ts';
import type { ExtractedPort } from '../../mach/kernel-services/task-services.ts';
import { finish, goTo, routine, step } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import type { MigrationWorld } from '../record.ts';
import { relayOpen, relaySet } from './relay.ts';

export interface KernelPort {
  readonly migration: number;
  readonly what: 'task' | 'thread';
  readonly interpose: boolean;
  /** A server stands in for it since an earlier move: what it gets for its own port stays that. */
  readonly interposed: boolean;
  /** Names of the port that is known to others, and of the one that the new task or thread was made with. */
  readonly old: number;
  readonly made: number;
  readonly agentSelf: number;
  husk: number;
  receive: number;
  /** How often the old task was suspended when its port was taken. */
  suspendCount: number;
}

/** What the routine finishes with: the name of the husk's port, by which a task's can be ended; a thread's has none. */
export interface MovedKernelPort {
  readonly code: string;
  readonly husk: number;
  readonly suspendCount: number;
}

export function movingKernelPort(fields: Omit<KernelPort, 'husk' | 'receive' | 'suspendCount'>): KernelPort {
  return { ...fields, husk: NONE, receive: NONE, suspendCount: 0 };
}

export const kernelPort = routine<MigrationWorld, KernelPort>('sms.kernel port', 'moves a kernel port', [
  step('take its kernel port from the source', (w, t, f) => kernelCall(w, t, f.old, `${f.what}_extract_kernel_port`)),
  step('answer on it here', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return moved(t, f, t.code);
    f.suspendCount = (t.body as ExtractedPort | null)?.suspendCount ?? 0;
    f.receive = t.names[0]!;
    f.husk = t.names[1] ?? NONE;
    if (f.interpose) return goTo(w, t, 'receive on it');
    const rights = [{ name: f.receive, disposition: MOVE_RECEIVE }];
    kernelCall(w, t, f.made, `${f.what}_take_kernel_port`, { rights });
  }),
  step('forget the port that it was made with', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return moved(t, f, t.code);
    kernelCall(w, t, f.agentSelf, 'mach_port_deallocate', { body: { name: f.made } });
  }),
  step('it has moved', (_w, t, f) => moved(t, f, 'KERN_SUCCESS')),
  step('receive on it', (w, t, f) => {
    const set = relaySet(w, t);
    // What was asked meanwhile is taken from the queue as soon as the port is in the set.
    relayOpen(w, t, { migration: f.migration, what: f.what, name: f.receive, target: f.made });
    kernelCall(w, t, f.agentSelf, 'mach_port_move_member', { body: { member: f.receive, set } });
  }),
  step('let it stand for the new one', (w, t, f) => {
    if (f.interposed) return goTo(w, t, 'it is relayed');
    const whichPort = f.what === 'task' ? TASK_KERNEL_PORT : THREAD_KERNEL_PORT;
    const rights = [{ name: f.receive, disposition: MAKE_SEND }];
    kernelCall(w, t, f.made, `${f.what}_set_special_port`, { body: { whichPort }, rights });
  }),
  step('it is relayed', (_w, t, f) => moved(t, f, t.code)),
]);

function moved(t: Thread, { husk, suspendCount }: KernelPort, code: string): void {
  finish(t, { code, husk, suspendCount } satisfies MovedKernelPort);
}
