/**
 * Kernel calls about the processor [mechanisms 1.13; docs/decisions/0015]: priorities and policies of threads and tasks, what they have
 * used, giving way to others, and what a host is.
 *
 * A thread may be given any priority that is not better than its maximum; who has a right to the host port of the
 * thread's node may change the maximum (in Mach: to the control port of the processor set, of which there is one here).
 */
import { NONE, at, select } from '../../base/table.ts';
import { kernelService, type KernelAnswer, type KernelRequest } from '../kernel-call.ts';
import type { Node } from '../node.ts';
import { setSchedule } from '../processor.ts';
import { finish, routine, step, type Routine } from '../routine.ts';
import { POLICY_FIXEDPRI, POLICY_TIMESHARE, PRIORITIES, scheduleAt, usageShare } from '../schedule.ts';
import { setTaskPriority, taskSelf, type Task } from '../task.ts';
import { threadsOf } from '../task-threads.ts';
import {
  BLOCKED,
  COMPUTING,
  RECEIVING,
  SENDING,
  SLEEPING,
  isSuspended,
  runAt,
  sleepUntil,
  type Thread,
} from '../thread.ts';
import type { MachWorld } from '../world.ts';
import { failure, invalidArgument, sendRight, success, taskOf, threadSelf } from './objects.ts';
import { threadService } from './thread-services.ts';

const millisecond = 1_000_000;

export const THREAD_BASIC_INFO = 1;
export const THREAD_SCHED_INFO = 2;

const TH_STATE_RUNNING = 1;
const TH_STATE_STOPPED = 2;
const TH_STATE_WAITING = 3;

/** What `thread_info` answers to THREAD_BASIC_INFO; times are nanoseconds, `cpuUsage` is in thousandths. */
export interface ThreadBasicInfo {
  readonly userTime: number;
  readonly systemTime: number;
  readonly cpuUsage: number;
  readonly policy: number;
  readonly runState: number;
  readonly suspendCount: number;
}

/** The same to THREAD_SCHED_INFO. */
export interface ThreadSchedInfo {
  readonly policy: number;
  readonly basePriority: number;
  readonly maxPriority: number;
  readonly curPriority: number;
  readonly depressed: boolean;
}

/** What `host_info` answers. */
export interface HostInfo {
  readonly name: string;
  readonly maxCpus: number;
  readonly availCpus: number;
  readonly memorySize: number;
  /** Nanoseconds that its processor has worked; threads that compute or wait to. */
  readonly busy: number;
  readonly tasks: number;
  readonly threads: number;
}

const SWITCH_OPTION_NONE = 0;
export const SWITCH_OPTION_DEPRESS = 1;
export const SWITCH_OPTION_WAIT = 2;

export const scheduleServices: readonly Routine[] = [
  threadService('thread_priority', 'set the priority of a thread', (w, target, { body }) => {
    const { priority, setMax } = body as { priority: number; setMax: boolean };
    if (!isPriority(priority)) return invalidArgument;
    if (priority < target.schedule.maximum) return failure;
    const maximum = setMax ? priority : target.schedule.maximum;
    setSchedule(w, target, { base: priority, maximum });
    return success;
  }),
  threadService('thread_max_priority', 'set the best priority that a thread may have', (w, target, { body }, t) => {
    const { maxPriority } = body as { maxPriority: number };
    const host = w.ports.rows[t.hand[1] ?? NONE];
    if (!isPriority(maxPriority) || host?.objectKind !== 'host' || host.object !== target.node) return invalidArgument;
    setSchedule(w, target, { maximum: maxPriority, base: Math.max(target.schedule.base, maxPriority) });
    return success;
  }),
  threadService('thread_policy', 'set the policy of a thread', (w, target, { body }) => {
    const { policy, quantum = 0 } = body as { policy: number; quantum?: number };
    if (policy !== POLICY_TIMESHARE && policy !== POLICY_FIXEDPRI) return invalidArgument;
    setSchedule(w, target, { policy, quantum: policy === POLICY_FIXEDPRI && quantum > 0 ? quantum : NONE });
    return success;
  }),
  threadService('thread_depress_abort', 'end the depression of a thread', (w, target) => {
    if (target.schedule.depressed <= w.time) return failure;
    setSchedule(w, target, { depressed: NONE });
    return success;
  }),
  threadService('thread_info', 'report on a thread', (w, target, { body }) => {
    const { flavor } = body as { flavor: number };
    if (flavor === THREAD_BASIC_INFO) return { body: basicInfo(w, target) };
    return flavor === THREAD_SCHED_INFO ? { body: schedInfo(w, target) } : invalidArgument;
  }),
  kernelService('task_priority', 'set the priority of a task', (w: MachWorld, _t, request) => {
    const task = taskOf(w, request);
    const { priority, changeThreads } = request.body as { priority: number; changeThreads: boolean };
    if (task === null || !isPriority(priority)) return invalidArgument;
    if (!setTaskPriority(task, priority)) return failure;
    return changeThreads ? changeAll(w, task, priority) : success;
  }),
  kernelService('host_info', 'describe a host', (w: MachWorld, _t, request) => {
    const port = w.ports.rows[request.port];
    if (port?.objectKind !== 'host') return { code: 'KERN_INVALID_HOST' };
    return { body: hostInfo(w, at(w.nodes, port.object)) };
  }),
];

/** Traps: kernel calls on no port, which the thread makes on its own behalf. */
export const trapServices: readonly Routine[] = [
  kernelService('mach_task_self', 'get the port of the own task', (w: MachWorld, t) => {
    return { rights: sendRight(taskSelf(w, at(w.tasks, t.task))) };
  }),
  kernelService('mach_thread_self', 'get the port of the own thread', (w: MachWorld, t) => {
    return { rights: sendRight(threadSelf(w, t)) };
  }),
  kernelService('swtch', 'let others run, and say whether there are any', (w: MachWorld, t) => {
    return { body: { others: othersRun(w, t) } };
  }),
  routine<MachWorld, KernelRequest>('thread_switch', 'gives way to others', [
    step('depress or wait', (w, t, { body }) => {
      const { option, optionTime = 0 } = body as { option: number; optionTime?: number };
      const until = w.time + optionTime * millisecond;
      if (option === SWITCH_OPTION_WAIT && optionTime > 0) return sleepUntil(w, t, until);
      if (option === SWITCH_OPTION_DEPRESS) setSchedule(w, t, { depressed: until });
      else if (option !== SWITCH_OPTION_NONE) return finish(t, invalidArgument);
      // Behind everybody who is going to run at this instant.
      runAt(w, t, w.time);
    }),
    step('go on', (w, t) => finish(t, { body: { others: othersRun(w, t) } } satisfies KernelAnswer)),
  ]),
];

function isPriority(priority: number): boolean {
  return Number.isInteger(priority) && priority >= 0 && priority < PRIORITIES;
}

/** KERN_FAILURE if the priority is too good for one of them; the others have it all the same. */
function changeAll(w: MachWorld, task: Task, priority: number): KernelAnswer {
  let allowed = true;
  for (const t of threadsOf(w, task)) {
    if (priority >= t.schedule.maximum) setSchedule(w, t, { base: priority });
    else allowed = false;
  }
  return allowed ? success : failure;
}

function basicInfo(w: MachWorld, t: Thread): ThreadBasicInfo {
  const schedule = scheduleAt(t.schedule, w.time);
  const { userTime, policy } = schedule;
  const { systemTime, suspendCount } = t;
  return { userTime, systemTime, cpuUsage: usageShare(schedule), policy, runState: runStateOf(w, t), suspendCount };
}

function schedInfo(w: MachWorld, t: Thread): ThreadSchedInfo {
  const { policy, base, maximum, current, depressed } = scheduleAt(t.schedule, w.time);
  return { policy, basePriority: base, maxPriority: maximum, curPriority: current, depressed: depressed !== NONE };
}

function runStateOf(w: MachWorld, t: Thread): number {
  if (t.state === RECEIVING || t.state === SENDING || t.state === SLEEPING || t.state === BLOCKED)
    return TH_STATE_WAITING;
  return isSuspended(w, t) ? TH_STATE_STOPPED : TH_STATE_RUNNING;
}

function othersRun(w: MachWorld, t: Thread): boolean {
  const node = at(w.nodes, t.node);
  return node.running !== NONE || node.readyMask !== 0;
}

function hostInfo(w: MachWorld, node: Node): HostInfo {
  let threads = 0;
  for (const t of w.threads.rows) if (t.live && t.node === node.id && t.state === COMPUTING) threads++;
  const tasks = select(w.tasks, (task) => task.node === node.id).length;
  const { name, up, memory, busy } = node;
  return { name, maxCpus: 1, availCpus: up ? 1 : 0, memorySize: memory, busy, tasks, threads };
}
