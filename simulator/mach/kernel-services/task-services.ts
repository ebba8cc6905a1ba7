/**
 * Kernel calls on a task port [mechanisms 1.13]. Each answers with Mach's own return code.
 */
import { PROCESSOR } from '../../base/ledger.ts';
import { copy } from '../../base/plain.ts';
import { NONE, at } from '../../base/table.ts';
import { kernelPort } from '../ipc/port.ts';
import { kernelPortAdopt, kernelPortRelease } from '../ipc/mqueue.ts';
import { portDestroy } from '../ipc/port-death.ts';
import { RECEIVE } from '../ipc/space.ts';
import { kernelService, takeHand } from '../kernel-call.ts';
import { sselfOf } from '../kept.ts';
import { pushFrames, type Frame, type Routine } from '../routine.ts';
import { taskPort, taskTerminate, type Task } from '../task.ts';
import { threadsOf } from '../task-threads.ts';
import { taskResume, taskSuspend } from '../thread-control.ts';
import { PARKED, threadCreate, threadStart, type Thread } from '../thread.ts';
import type { MachWorld } from '../world.ts';
import { failure, invalidArgument, sendRight, success, taskOf, threadPort } from './objects.ts';

/** What is said with the receive right: how often the task was suspended by those who called it there. */
export interface ExtractedPort {
  readonly suspendCount: number;
}

/** What `task_info` answers. */
export interface TaskInfo {
  readonly name: string;
  readonly kind: Task['kind'];
  readonly pid: number;
  readonly suspendCount: number;
  /** What it gets for its own port is another one, that somebody relays. */
  readonly interposed: boolean;
  readonly threads: number;
  readonly activity: number;
  /** Nanoseconds of processor time that the task's activity has used. */
  readonly processor: number;
  /** Of that, what was computation of programs, also of threads that have ended. */
  readonly computed: number;
  /** The priority that its threads begin with; what its threads have computed, and what was done for them (ns). */
  readonly basePriority: number;
  readonly userTime: number;
  readonly systemTime: number;
}

/** What `thread_create` is told. A thread that is re-created after a migration brings its identity. */
export interface ThreadCreate {
  readonly name: string;
  readonly frames: readonly Frame[];
  readonly identity?: number;
}

export const taskServices: readonly Routine[] = [
  kernelService('task_suspend', 'stop all threads of a task', (w, _t, request) => {
    const task = taskOf(w, request);
    if (task === null) return invalidArgument;
    taskSuspend(w, task);
    return success;
  }),
  kernelService('task_resume', 'let the threads of a task run', (w, _t, request) => {
    const task = taskOf(w, request);
    if (task === null) return invalidArgument;
    return taskResume(w, task) ? success : failure;
  }),
  kernelService('task_info', 'report on a task', (w: MachWorld, _t, request) => {
    const task = taskOf(w, request);
    if (task === null) return invalidArgument;
    return { body: infoOf(w, task) };
  }),
  kernelService('thread_create', 'make a suspended thread', (w, _t, request) => {
    const task = taskOf(w, request);
    if (task === null) return invalidArgument;
    const t = makeThread(w, task, request.body as ThreadCreate);
    t.suspendCount = 1;
    t.state = PARKED;
    return { body: { identity: t.identity }, rights: sendRight(threadPort(w, t)) };
  }),
  kernelService('thread_create_running', 'make a thread that runs', (w, _t, request) => {
    const task = taskOf(w, request);
    const asked = request.body as ThreadCreate;
    if (task === null || asked.frames.length === 0) return invalidArgument;
    const t = makeThread(w, task, asked);
    threadStart(w, t);
    return { body: { identity: t.identity }, rights: sendRight(threadPort(w, t)) };
  }),
  kernelService('task_threads', 'list the threads of a task', (w, _t, request) => {
    const task = taskOf(w, request);
    if (task === null) return invalidArgument;
    const threads = threadsOf(w, task);
    return {
      body: { identities: threads.map((each) => each.identity) },
      rights: threads.flatMap((each) => sendRight(threadPort(w, each))),
    };
  }),
  kernelService('task_get_emulation_vector', 'get the entry points of the emulator', (w, _t, request) => {
    const task = taskOf(w, request);
    return task === null ? invalidArgument : { body: copy(task.emulator), bytes: EMULATION_VECTOR_BYTES };
  }),
  kernelService('task_set_emulation_vector', 'set the entry points of the emulator', (w, _t, request) => {
    const task = taskOf(w, request);
    if (task === null) return invalidArgument;
    task.emulator = copy(request.body as object | null);
    return success;
  }),
  kernelService('task_extract_kernel_port', 'take the receive right of the kernel port', (w, _t, request) => {
    const task = taskOf(w, request);
    if (task === null) return invalidArgument;
    const { suspendCount } = task;
    return { body: { suspendCount } satisfies ExtractedPort, rights: releaseKernelPort(w, task) };
  }),
  kernelService('task_take_kernel_port', 'answer on a kernel port that came from elsewhere', (w, t, request) => {
    const task = taskOf(w, request);
    const [type, port] = takeHand(t);
    if (task === null || type !== RECEIVE || port === undefined) return invalidArgument;
    adoptKernelPort(w, task, port);
    return success;
  }),
  kernelService('task_terminate', 'end a task', (w, _t, request) => {
    const task = taskOf(w, request);
    if (task === null) return invalidArgument;
    taskTerminate(w, task);
    return success;
  }),
];

function infoOf(w: MachWorld, task: Task): TaskInfo {
  const { name, kind, pid, suspendCount, activity } = task;
  const account = w.ledger.rows[activity]!;
  const processor = account.spent[PROCESSOR]!;
  const threads = threadsOf(w, task);
  const userTime = threads.reduce((sum, each) => sum + each.schedule.userTime, 0);
  const systemTime = threads.reduce((sum, each) => sum + each.systemTime, 0);
  const basePriority = task.schedule.base;
  return {
    ...{ name, kind, pid, suspendCount, activity, processor, computed: account.computed },
    interposed: sselfOf(task) !== NONE,
    ...{ threads: threads.length, basePriority, userTime, systemTime },
  };
}

function makeThread(w: MachWorld, task: Task, { name, frames, identity }: ThreadCreate): Thread {
  const t = identity === undefined ? threadCreate(w, task, name) : threadCreate(w, task, name, identity);
  pushFrames(t, frames);
  return t;
}

/** Entry points of an emulator library of the time: a table of 200 words. [7.4: 0.8 KB] */
const EMULATION_VECTOR_BYTES = 819;

/**
 * The kernel gives up a task's kernel port, so that it can move to the node where the task goes on [mechanisms 4.4,
 * takeover]. The husk answers on a new port from now on. Returns the receive right of the old one, and a send right to
 * the new one, by which the husk can be terminated.
 */
function releaseKernelPort(w: MachWorld, task: Task): number[] {
  const port = taskPort(w, task);
  kernelPortRelease(w, port);
  const husk = kernelPort(w, task.node, `${task.name}.husk`, 'task', task.id);
  task.self = husk.id;
  return [RECEIVE, port.id, ...sendRight(husk)];
}

/** The kernel answers for the task on this port from now on; the one that it was made with dies. */
function adoptKernelPort(w: MachWorld, task: Task, id: number): void {
  if (task.self !== NONE) portDestroy(w, at(w.ports, task.self));
  kernelPortAdopt(w, at(w.ports, id), 'task', task.id);
  task.self = id;
}
