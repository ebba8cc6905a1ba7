/**
 * The threads of a task, in the order in which they were made: a ring through the thread rows. The task knows the thread
 * that was made last, every thread knows the next one, and the last one the first.
 */
import { NONE, at } from '../base/table.ts';
import type { Task } from './task.ts';
import type { Thread } from './thread.ts';
import type { MachWorld } from './world.ts';

/** A new thread of the task. */
export function joinTask(w: MachWorld, task: Task, t: Thread): void {
  if (task.lastThread === NONE) t.nextInTask = t.id;
  else {
    const last = at(w.threads, task.lastThread);
    t.nextInTask = last.nextInTask;
    last.nextInTask = t.id;
  }
  task.lastThread = t.id;
}

/** A thread of the task ends. */
export function leaveTask(w: MachWorld, task: Task, t: Thread): void {
  let before = t;
  while (before.nextInTask !== t.id) before = at(w.threads, before.nextInTask);
  before.nextInTask = t.nextInTask;
  if (task.lastThread === t.id) task.lastThread = before === t ? NONE : before.id;
  t.nextInTask = NONE;
}

export function threadsOf(w: MachWorld, task: Task): Thread[] {
  const threads: Thread[] = [];
  if (task.lastThread === NONE) return threads;
  let t = at(w.threads, task.lastThread);
  do threads.push((t = at(w.threads, t.nextInTask)));
  while (t.id !== task.lastThread);
  return threads;
}

/** The thread that was made first of those that are left, or null. */
export function firstThreadOf(w: MachWorld, task: Task): Thread | null {
  return task.lastThread === NONE ? null : at(w.threads, at(w.threads, task.lastThread).nextInTask);
}
