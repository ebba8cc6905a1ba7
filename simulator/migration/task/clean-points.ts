/**
 * Steps 1 to 3: the task is suspended, every thread is brought to a clean point, and its state is read
 * [mechanisms 4.1 (a), 4.2].
 *
 * An abort must come before any receive right moves: a receive that is in progress then would fail with
 * MACH_RCV_PORT_DIED, while an aborted one is simply called again. What a thread's registers hold is valid only after
 * the abort, so it is read after it. Everything is only copied: the task can go on where it is.
 */
import { kernelCall } from '../../mach/kernel-call.ts';
import type { ThreadSpecialPorts } from '../../mach/kernel-services/special-port-services.ts';
import type { TaskInfo } from '../../mach/kernel-services/task-services.ts';
import type { ThreadState } from '../../mach/thread-state.ts';
import { finish, goTo, routine, step } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import type { MigrationWorld } from '../record.ts';
import { keptThreadPorts, type KeptPort } from './kept-ports.ts';

export interface CleanPoints {
  /** Names, in the agent's space, of the task's kernel port and of the agent's own. */
  readonly task: number;
  readonly agentSelf: number;
  info: TaskInfo | null;
  /** Names of the threads' kernel ports; of those that stand at a clean point, the state and the ports of their own. */
  readonly threads: number[];
  readonly states: ThreadState[];
  readonly kept: KeptPort[][];
  /** Names of copies still to be forgotten. */
  surplus: number[];
  /** Names of threads that the agent has been given another reference to. */
  readonly twice: number[];
}

/** What the routine finishes with: all that was read, and how it went. */
export interface CleanTask extends CleanPoints {
  readonly code: string;
}

export function bringingToCleanPoints(task: number, agentSelf: number): CleanPoints {
  return { task, agentSelf, info: null, threads: [], states: [], kept: [], surplus: [], twice: [] };
}

type Perform = (w: MigrationWorld, t: Thread, f: CleanPoints) => void;

/** A step that is performed only if what came before it went well. */
function after(name: string, perform: Perform): ReturnType<typeof step<MigrationWorld, CleanPoints>> {
  return step(name, (w, t, f) => {
    if (t.code === 'KERN_SUCCESS') perform(w, t, f);
    else finish(t, { ...f, code: t.code } satisfies CleanTask);
  });
}

export const cleanPoints = routine<MigrationWorld, CleanPoints>('sms.clean points', 'stops a task at clean points', [
  step('suspend the task', (w, t, f) => kernelCall(w, t, f.task, 'task_suspend')),
  after('ask what it is', (w, t, f) => kernelCall(w, t, f.task, 'task_info')),
  after('list its threads', (w, t, f) => {
    f.info = t.body as TaskInfo;
    kernelCall(w, t, f.task, 'task_threads');
  }),
  after('keep their ports', (_w, t, f) => void f.threads.push(...t.names)),
  step('bring a thread to a clean point', (w, t, f) => {
    const thread = f.threads[f.states.length];
    if (thread === undefined) finish(t, { ...f, code: 'KERN_SUCCESS' } satisfies CleanTask);
    else kernelCall(w, t, thread, 'thread_abort');
  }),
  after('read its state', (w, t, f) => kernelCall(w, t, f.threads[f.states.length]!, 'thread_get_state')),
  after('read its special ports', (w, t, f) => {
    f.states.push(t.body as ThreadState);
    kernelCall(w, t, f.threads[f.states.length - 1]!, 'thread_get_special_ports');
  }),
  after('keep its own, forget the copies', (_w, t, f) => {
    const kept = keptThreadPorts(t.body as ThreadSpecialPorts, t.names);
    f.kept.push(kept);
    const copies = t.names.filter((name) => !kept.some((each) => each.names.includes(name)));
    const thread = f.threads[f.states.length - 1];
    // A thread that nobody stands in for has told its own port again: that goes when the name goes.
    f.surplus = copies.filter((name) => name !== thread);
    f.twice.push(...copies.filter((name) => name === thread));
  }),
  step('forget one', (w, t, f) => {
    const name = f.surplus.pop();
    if (name === undefined) return goTo(w, t, 'bring a thread to a clean point');
    kernelCall(w, t, f.agentSelf, 'mach_port_deallocate', { body: { name } });
  }),
  step('and the next', (w, t) => goTo(w, t, 'forget one')),
]);
