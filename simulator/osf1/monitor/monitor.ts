/**
 * The statistics monitor: "a centralized monitor collects statistics from processes and migrations: total migration time or
 * freeze time, task migration time, freezing time, execution times" [paper section 4].
 *
 * PMAs send it a message each time a process has ended or a migration is over, and wait for no answer. A cluster has one if
 * a node says `monitor`; without it nobody sends anything. What it has been told is in its memory, and goes with its node.
 */
import { NONE, at, take, type Row } from '../../base/table.ts';
import { bootRight } from '../../dipc/boot.ts';
import { send } from '../../mach/ipc/mach-msg.ts';
import { finish, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { Thread } from '../../mach/thread.ts';
import { bootTask, portUnder } from '../boot-task.ts';
import type { Ended } from '../ended.ts';
import type { Pma } from '../pma/pma.ts';
import type { OsfWorld } from '../world.ts';

/** A process that has ended; times in nanoseconds. */
export interface ProcessReport extends Ended {
  readonly pid: number;
  readonly name: string;
  /** Row of the node where it ended. */
  readonly node: number;
  /** From its creation to its end, and what it and the children that it waited for have used of processors. */
  readonly execution: number;
  readonly usage: number;
  readonly migrations: number;
}

/** A migration that is over; times in nanoseconds, NONE if it did not come so far. */
export interface MigrationReport {
  /** Its number, counted from 1. */
  readonly migration: number;
  readonly pid: number;
  readonly name: string;
  readonly by: 'process' | 'task';
  readonly from: number;
  readonly to: number;
  readonly outcome: string;
  readonly freezing: number;
  readonly freeze: number;
  readonly task: number;
  readonly total: number;
}

export interface Monitor extends Row {
  node: number;
  task: number;
  /** Name of its service port in the space of its task. */
  service: number;
  readonly processes: ProcessReport[];
  readonly migrations: MigrationReport[];
}

export function bootMonitor(w: OsfWorld, node: number): Monitor {
  const { task, service } = bootTask(w, node, 'monitor');
  const fields = { live: true, node, task: task.id, service };
  return take(w.monitors, (id) => ({ id, ...fields, processes: [], migrations: [] }));
}

/** Every PMA has a right to the monitor, if there is one. */
export function introduceMonitor(w: OsfWorld, pma: Pma): void {
  const monitor = w.monitors.rows.find(({ live }) => live);
  if (monitor === undefined) return;
  pma.monitor = bootRight(w, portUnder(w, at(w.tasks, monitor.task), monitor.service), at(w.tasks, pma.task));
}

/** One message, if there is a monitor; the thread goes on when it is sent, or cannot be. */
export function report(
  w: OsfWorld,
  t: Thread,
  pma: Pma,
  operation: string,
  body: ProcessReport | MigrationReport,
): void {
  if (pma.monitor !== NONE) send(w, t, pma.monitor, operation, { body });
}

function monitorOf(w: OsfWorld, t: Thread): Monitor {
  return w.monitors.rows.find(({ live, task }) => live && task === t.task)!;
}

const listen = (name: string, story: string, keep: (monitor: Monitor, body: unknown) => void): Routine =>
  routine<OsfWorld, Request>(name, story, [
    step(story, (w, t, f) => {
      keep(monitorOf(w, t), f.body);
      finish(t, null);
    }),
  ]);

export const monitorRoutines: readonly Routine[] = [
  listen('monitor.process', 'notes what a process has used', ({ processes }, body) => {
    processes.push(body as ProcessReport);
  }),
  listen('monitor.migration', 'notes how long a migration has taken', ({ migrations }, body) => {
    migrations.push(body as MigrationReport);
  }),
];
