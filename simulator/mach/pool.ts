/**
 * Pools of threads: when one of them takes a request and no other waits, one more is made, so that whoever serves a
 * request may block without stopping the others [mechanisms 2.5, kernel server threads].
 */
import { at } from '../base/table.ts';
import type { Task } from './task.ts';
import { threadsOf } from './task-threads.ts';
import { isWaitingOn, type Thread } from './thread.ts';
import type { MachWorld } from './world.ts';

/** The thread has taken a request on the name; `more` makes a thread of the task that receives there, too. */
export function growPool(
  w: MachWorld,
  t: Thread,
  on: number,
  more: (w: MachWorld, task: Task, on: number) => unknown,
): void {
  const task = at(w.tasks, t.task);
  for (const each of threadsOf(w, task)) if (isWaitingOn(each, on)) return;
  more(w, task, on);
}
