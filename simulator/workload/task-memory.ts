/**
 * What a Mach task of a script keeps in its own memory, where an emulator would keep its state: the number that it was
 * started under, and the name of its own kernel port. It moves with the task. That it has ended is written down by whoever
 * ends it, and where nobody could, by whoever notices.
 */
import { NONE } from '../base/table.ts';
import type { Task } from '../mach/task.ts';
import { announce, taskChannel } from '../osf1/announce.ts';
import type { OsfWorld } from '../osf1/world.ts';

export interface TaskMemory {
  /** Index among the operator's started tasks. */
  readonly started: number;
  readonly self: number;
}

export function taskMemory(task: Task): TaskMemory {
  return task.emulator as TaskMemory;
}

/** The number that the task was started under, or NONE: no script has started it. */
export function startedAs(task: Task): number {
  return (task.emulator as Partial<TaskMemory> | null)?.started ?? NONE;
}

/** A task of the script ends now, or is being ended: who waits for it goes on. */
export function ended(w: OsfWorld, started: number): void {
  w.operator.started[started]!.ended = true;
  announce(w, taskChannel(started));
}

/** Tasks that were on a node that has failed have ended. */
export function endLostTasks(w: OsfWorld): void {
  w.operator.started.forEach((task, started) => {
    if (task.ended || w.tasks.rows.some((row) => row.live && row.kind === 'mach' && startedAs(row) === started)) return;
    ended(w, started);
  });
}
