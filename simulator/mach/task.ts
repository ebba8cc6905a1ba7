/**
 * Tasks: an address space, a port name space and threads, on one node.
 *
 * The kernel itself is a task on every node: its threads serve requests that arrive from other nodes for ports that
 * the kernel owns [mechanisms 2.5]. `suspendCount` stops all threads at once. `self` is the port that the kernel
 * answers on for this task (itk_self); it is made when somebody first asks for it. What the task itself gets when it
 * asks for its port (mach_task_self, itk_sself) is `sself`: the same port, or one that was put in its place, whose
 * receiver sees every call that the task makes on itself [mechanisms 1.12].
 */
import { NONE, at, release, takeBlank, type Row } from '../base/table.ts';
import { portDestroy } from './ipc/port-death.ts';
import { kernelPort, type Port } from './ipc/port.ts';
import { destroyName } from './ipc/release.ts';
import { keepSelf, noRight, nothingKept, setSpecial, specialOf, sselfOf } from './kept.ts';
import { emptySpace, names, type Space } from './ipc/space.ts';
import { forgetExceptionPorts } from './exception-ports.ts';
import { userSchedule, type Schedule } from './schedule.ts';
import { threadTerminate } from './thread-control.ts';
import { regionRemove } from './vm/region.ts';
import type { MachWorld } from './world.ts';
import { threadsOf } from './task-threads.ts';

export type TaskKind = 'process' | 'server' | 'kernel' | 'mach';

export interface Task extends Row {
  name: string;
  kind: TaskKind;
  node: number;
  /** Process id, for people; the kernel does not know it. NONE if the task is no process. */
  pid: number;
  suspendCount: number;
  /** The thread that was made last, or NONE; it leads to the others (task-threads.ts). */
  lastThread: number;
  readonly space: Space;
  /** Port that the kernel answers on for this task; NONE if nobody ever asked for it (see `taskPort`). */
  self: number;
  /** Ports that the kernel keeps for it: what it gets for itself, bootstrap, where exceptions go ... (kept.ts). */
  kept: readonly number[];
  /** Account of new threads, and the schedule that they begin with. */
  activity: number;
  schedule: Schedule;
  /** Address map: ids of its regions, in the order of addresses; the list is replaced, never changed. */
  regions: readonly number[];
  /** What the emulator keeps in the task's own memory: plain data that moves with the task. */
  emulator: object | null;
}

const nothing: readonly number[] = [];

export function blankTask(id: number): Task {
  return {
    id,
    live: true,
    name: '',
    kind: 'mach',
    node: NONE,
    pid: NONE,
    suspendCount: 0,
    lastThread: NONE,
    space: emptySpace(),
    self: NONE,
    kept: nothingKept,
    activity: 0,
    schedule: userSchedule,
    regions: nothing,
    emulator: null,
  };
}

export function taskCreate(w: MachWorld, node: number, kind: TaskKind, name: string, activity: number): Task {
  const task = takeBlank(w.tasks, blankTask);
  task.name = name;
  task.kind = kind;
  task.node = node;
  task.activity = activity;
  return task;
}

/** The port that the kernel answers on for a task; it is made when somebody first asks for it, and costs nothing. */
export function taskPort(w: MachWorld, task: Task): Port {
  if (task.self !== NONE) return at(w.ports, task.self);
  const port = kernelPort(w, task.node, `${task.name}.task`, 'task', task.id);
  task.self = port.id;
  return port;
}

/** What the task gets when it asks for its own port [mechanisms 1.12]. */
export function taskSelf(w: MachWorld, task: Task): Port {
  const sself = sselfOf(task);
  return sself === NONE ? taskPort(w, task) : at(w.ports, sself);
}

/** The priority that new threads of the task, and its children, begin with. False if it is too good for them. */
export function setTaskPriority(task: Task, priority: number): boolean {
  if (priority < userSchedule.maximum) return false;
  task.schedule =
    priority === userSchedule.base ? userSchedule : { ...userSchedule, base: priority, current: priority };
  return true;
}

/** task_terminate: threads, regions, rights and the kernel port go. */
export function taskTerminate(w: MachWorld, task: Task): void {
  for (const t of threadsOf(w, task)) threadTerminate(w, t);
  for (const region of [...task.regions]) regionRemove(w, task, at(w.regions, region));
  for (const name of names(task.space)) destroyName(w, task, name);
  specialOf(task).forEach((_, which) => setSpecial(w, task, which, noRight));
  keepSelf(w, task, noRight);
  forgetExceptionPorts(w, task);
  if (task.self !== NONE) portDestroy(w, at(w.ports, task.self));
  release(w.tasks, task, blankTask);
}
