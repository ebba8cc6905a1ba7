/**
 * Step 8: one thread of the migrating task is made again at the destination [mechanisms 4.1 (a), 4.2, 7.4].
 *
 * Its state was read after it had been brought to a clean point; it gets the same identity, the same state (its suspend
 * count is part of it), and the kernel port that others know it by. It stays stopped with its task. The husk of the old
 * thread is not ended by a call of its own: it stands still, nobody has a name for it, and it ends with the old task [step 9].
 */
import { NONE, at } from '../../base/table.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import type { ThreadState } from '../../mach/thread-state.ts';
import { freshSchedule } from '../../mach/schedule.ts';
import { call, finish, goTo, routine, step } from '../../mach/routine.ts';
import type { MigrationWorld } from '../record.ts';
import { kernelPort, movingKernelPort, type MovedKernelPort } from './kernel-port.ts';
import { setKept, type KeptPort } from './kept-ports.ts';

export interface MoveThread {
  readonly migration: number;
  readonly interpose: boolean;
  /** Names of the old thread's kernel port (after a takeover: the new thread's) and of the new task's. */
  readonly thread: number;
  readonly to: number;
  readonly agentSelf: number;
  readonly state: ThreadState;
  /** Ports that are the thread's own, still to be set again. */
  readonly kept: KeptPort[];
  /** One of these is the port that it gets for its own. */
  readonly interposed: boolean;
  /** Name of the port that the new thread is made with. */
  made: number;
  /** How much more often the old one was suspended, by others, until its port was taken; negative: it was resumed. */
  late: number;
}

export function movingThread(fields: Omit<MoveThread, 'made' | 'interposed' | 'late'>): MoveThread {
  const interposed = fields.kept.some(({ operation }) => operation === 'thread_set_special_port');
  return { ...fields, interposed, made: NONE, late: 0 };
}

export const moveThread = routine<MigrationWorld, MoveThread>('sms.move thread', 'makes a thread again', [
  step('create it', (w, t, f) => {
    const { name, identity } = f.state;
    kernelCall(w, t, f.to, 'thread_create', { body: { name, identity, frames: [] } });
  }),
  step('set its state', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    f.made = t.names[0]!;
    // The priority that a process had come to says how busy the source was: it begins afresh. [paper 3.2 (c)]
    const isProcess = at(w.migrations, f.migration).by === 'process';
    const schedule = isProcess ? freshSchedule(f.state.schedule) : f.state.schedule;
    kernelCall(w, t, f.made, 'thread_set_state', { body: { ...f.state, schedule } satisfies ThreadState });
  }),
  step('set a port that is its own', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, t.code);
    const next = f.kept.pop();
    if (next === undefined) goTo(w, t, 'move its kernel port');
    else setKept(w, t, f.made, next);
  }),
  step('set the next', (w, t) => goTo(w, t, 'set a port that is its own')),
  step('move its kernel port', (_w, t, { migration, interpose, interposed, thread: old, made, agentSelf }) => {
    call(t, kernelPort, movingKernelPort({ migration, what: 'thread', interpose, interposed, old, made, agentSelf }));
  }),
  step('see how often it was suspended meanwhile', (_w, t, f) => {
    const { code, suspendCount } = t.result as MovedKernelPort;
    if (code !== 'KERN_SUCCESS') return finish(t, code);
    f.late = suspendCount - f.state.suspendCount;
  }),
  step('suspend or resume it as others have', (w, t, f) => {
    if (f.late === 0) return finish(t, 'KERN_SUCCESS');
    const more = f.late > 0;
    f.late += more ? -1 : 1;
    kernelCall(w, t, f.interpose ? f.made : f.thread, more ? 'thread_suspend' : 'thread_resume');
  }),
  step('and again', (w, t) => goTo(w, t, 'suspend or resume it as others have')),
]);
