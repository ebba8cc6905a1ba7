/**
 * Tasks: an address space, a port name space and threads, on one node.
 *
 * The kernel itself is a task on every node: its threads serve requests that arrive from other nodes for ports that
 * the kernel owns [mechanisms 2.5]. `suspendCount` stops all threads at once. `self` is the port that the kernel
 * answers on for this task (itk_self); the send rights that were handed out for it (sself) may name another port.
 */
import { NONE, at, release, shortList, takeBlank, type Row } from '../base/table.ts';
import { portDestroy } from './ipc/port-death.ts';
import { kernelPort } from './ipc/port.ts';
import { destroyName, kernelReleases, type Right } from './ipc/right.ts';
import { DEAD_NAME, SEND, emptySpace, names, type Space } from './ipc/space.ts';
import { threadTerminate } from './thread-control.ts';
import { regionRemove } from './vm/region.ts';
import type { MachWorld } from './world.ts';

export type TaskKind = 'process' | 'server' | 'kernel' | 'mach';

export interface Task extends Row {
  name: string;
  kind: TaskKind;
  node: number;
  /** Process id, for people; the kernel does not know it. NONE if the task is no process. */
  pid: number;
  suspendCount: number;
  readonly threads: number[];
  readonly space: Space;
  /** Port that the kernel answers on for this task. */
  self: number;
  /** Ports that the kernel keeps for the task: bootstrap, exception, and three registered ones; NONE where unset. */
  special: readonly number[];
  /** Account of new threads. */
  activity: number;
  /** Address map: ids of its regions, in the order of addresses. */
  readonly regions: number[];
  /** What the emulator keeps in the task's own memory: plain data that moves with the task. */
  emulator: object | null;
}

/** Shared by all tasks that have none. */
const noSpecialPorts: readonly number[] = [NONE, NONE, NONE, NONE, NONE];

export function blankTask(id: number): Task {
  return {
    id,
    live: true,
    name: '',
    kind: 'mach',
    node: NONE,
    pid: NONE,
    suspendCount: 0,
    threads: shortList(),
    space: emptySpace(),
    self: NONE,
    special: noSpecialPorts,
    activity: 0,
    regions: [],
    emulator: null,
  };
}

export function taskCreate(w: MachWorld, node: number, kind: TaskKind, name: string, activity: number): Task {
  const task = takeBlank(w.tasks, blankTask);
  task.name = name;
  task.kind = kind;
  task.node = node;
  task.activity = activity;
  task.self = kernelPort(w, node, `${name}.task`, 'task', task.id).id;
  at(w.nodes, node).tasks.push(task.id);
  return task;
}

/** Index into `special`. */
export const BOOTSTRAP = 0;
export const EXCEPTION = 1;
export const REGISTERED = 2;

/** Keeps a send right in hand as one of the task's special ports; the one kept before is given up. */
export function setSpecial(w: MachWorld, task: Task, which: number, right: Right): void {
  const before = task.special[which]!;
  const after = right.type === SEND ? right.port : NONE;
  if (after !== before) task.special = task.special.with(which, after);
  if (right.type === SEND) at(w.ports, right.port).kernelSends++;
  if (before !== NONE) kernelReleases(w, at(w.ports, before));
}

/** task_terminate: threads, regions, rights and the kernel port go. */
export function taskTerminate(w: MachWorld, task: Task): void {
  for (const id of [...task.threads]) threadTerminate(w, at(w.threads, id));
  for (const region of [...task.regions]) regionRemove(w, task, at(w.regions, region));
  for (const name of names(task.space)) destroyName(w, task, name);
  for (let which = 0; which < task.special.length; which++) setSpecial(w, task, which, { type: DEAD_NAME, port: NONE });
  portDestroy(w, at(w.ports, task.self));
  const { tasks } = at(w.nodes, task.node);
  tasks.splice(tasks.indexOf(task.id), 1);
  release(w.tasks, task, blankTask);
}
