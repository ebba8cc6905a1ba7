/** While a task moves nothing of it runs, neither the old one nor the new one [mechanisms 4.7]. */
import { COMPUTING, RUNNING, isSuspended } from '../mach/thread.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';
import { threadsOf } from '../mach/task-threads.ts';

export const frozen: Checker = {
  rule: 'T2',
  story: 'no thread of a task runs while the task is moved',
  check(w) {
    for (const m of w.migrations.rows) {
      if (m.ghost === null) continue;
      for (const task of [m.task, m.made]) still(w, m.name, task);
    }
  },
};

function still(w: CheckedWorld, name: string, id: number): void {
  const task = w.tasks.rows[id];
  // With its node it may be gone.
  if (task?.live !== true || task.name !== name) return;
  for (const t of threadsOf(w, task)) {
    if (!isSuspended(w, t)) broken('T2', `${t.name} is not suspended while ${task.name} is moved`);
    if (t.state === COMPUTING || t.state === RUNNING) broken('T2', `${t.name} runs while ${task.name} is moved`);
  }
}
