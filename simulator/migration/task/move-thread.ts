/**
 * One thread of the migrating task is made again at the destination [mechanisms 4.1 (a), 7.4].
 *
 * Its state was read after it had been brought to a clean point; it gets the same identity, the same state, and the
 * kernel port that others know it by; then the husk of the old thread ends. It stays stopped with its task.
 */
import { NONE } from '../../base/table.ts';
import { MOVE_RECEIVE } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import type { ThreadState } from '../../mach/kernel-services/thread-services.ts';
import { finish, goTo, routine, step } from '../../mach/routine.ts';
import type { MigrationWorld } from '../record.ts';
import { setKept, type KeptPort } from './kept-ports.ts';

export interface MoveThread {
  /** Names of the old thread's kernel port (after the take-over: the new thread's) and of the new task's. */
  readonly thread: number;
  readonly to: number;
  readonly agentSelf: number;
  readonly state: ThreadState;
  /** Ports that are the thread's own, still to be set again. */
  readonly kept: KeptPort[];
  /** Name of the port that the new thread is made with, of the moving receive right, and of the husk's port. */
  made: number;
  receive: number;
  husk: number;
}

export function movingThread(
  thread: number,
  to: number,
  agentSelf: number,
  state: ThreadState,
  kept: KeptPort[],
): MoveThread {
  return { thread, to, agentSelf, state, kept, made: NONE, receive: NONE, husk: NONE };
}

export const moveThread = routine<MigrationWorld, MoveThread>('sms.move thread', 'makes a thread again', [
  step('create it', (w, t, f) => {
    const { name, identity } = f.state;
    kernelCall(w, t, f.to, 'thread_create', { body: { name, identity, frames: [] } });
  }),
  step('set its state', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    f.made = t.names[0]!;
    kernelCall(w, t, f.made, 'thread_set_state', { body: f.state });
  }),
  step('set a port that is its own', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    const next = f.kept.pop();
    if (next === undefined) goTo(w, t, 'take its kernel port from the source');
    else setKept(w, t, f.made, next);
  }),
  step('set the next', (w, t) => goTo(w, t, 'set a port that is its own')),
  step('take its kernel port from the source', (w, t, f) => kernelCall(w, t, f.thread, 'thread_extract_kernel_port')),
  step('answer on it here', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    f.receive = t.names[0]!;
    f.husk = t.names[1]!;
    const rights = [{ name: f.receive, disposition: MOVE_RECEIVE }];
    kernelCall(w, t, f.made, 'thread_take_kernel_port', { rights });
  }),
  step('end the husk', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    kernelCall(w, t, f.husk, 'thread_terminate');
  }),
  step('forget the port that it was made with', (w, t, f) => {
    kernelCall(w, t, f.agentSelf, 'mach_port_deallocate', { body: { name: f.made } });
  }),
  step('forget the husk', (w, t, f) => {
    kernelCall(w, t, f.agentSelf, 'mach_port_deallocate', { body: { name: f.husk } });
  }),
  step('moved', (_w, t) => finish(t, 'KERN_SUCCESS')),
]);
