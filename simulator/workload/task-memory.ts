/**
 * What a Mach task of a script keeps in its own memory, where an emulator would keep its state: the number that it was
 * started under, and the name of its own kernel port. It moves with the task.
 */
import type { Task } from '../mach/task.ts';

export interface TaskMemory {
  /** Index among the operator's started tasks. */
  readonly started: number;
  readonly self: number;
}

export function taskMemory(task: Task): TaskMemory {
  return task.emulator as TaskMemory;
}
