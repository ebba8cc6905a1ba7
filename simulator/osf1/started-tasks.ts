/**
 * Mach tasks that a script has started: the operator's list says of each whether it has ended.
 *
 * A task knows under which number it was started; it keeps that where a process keeps its emulator's state, and it moves
 * with the task. That it has ended is written down by whoever ends it, and where nobody could, by whoever notices.
 */
import { NONE } from '../base/table.ts';
import type { Task } from '../mach/task.ts';
import { announce, taskChannel } from './announce.ts';
import type { OsfWorld } from './world.ts';

/** The number that the task was started under, or NONE: no script has started it. */
export function startedAs(task: Task): number {
  return (task.emulator as { readonly started?: number } | null)?.started ?? NONE;
}

/** A task of the script ends now, or is being ended: who waits for it goes on. */
export function ended(w: OsfWorld, started: number): void {
  w.operator.started[started]!.ended = true;
  announce(w, taskChannel(started));
}

/** Tasks of which nothing is left on any node have ended: they were on one that has failed. */
export function endLostTasks(w: OsfWorld): void {
  w.operator.started.forEach((task, started) => {
    if (task.ended || w.tasks.rows.some((row) => row.live && row.kind === 'mach' && startedAs(row) === started)) return;
    ended(w, started);
  });
}
