/**
 * What a process has open stays open, wherever it is: its emulator's descriptors name rights that it really holds. While
 * it is being made, moved or ended its rights are on their way, and nothing is asked.
 */
import { DEAD_NAME, SEND, lookup } from '../mach/ipc/space.ts';
import type { Task } from '../mach/task.ts';
import type { EmulatorState } from '../osf1/emulator/state.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const openFiles: Checker = {
  rule: 'P10',
  story: 'every open descriptor of a running process names a right that the process holds',
  check(w) {
    for (const task of w.tasks.rows) {
      if (!task.live || task.kind !== 'process' || task.emulator === null || !isSettled(w, task)) continue;
      const { files } = task.emulator as EmulatorState;
      files.forEach((file, descriptor) => {
        if (file === null) return;
        const entry = lookup(task.space, file.capability);
        // A server that has failed leaves dead names behind, but names all the same.
        if (entry === null || (entry.type !== SEND && entry.type !== DEAD_NAME)) {
          broken(
            'P10',
            `descriptor ${descriptor} of process ${task.pid} (${file.path}) names no right to an open file`,
          );
        }
      });
    }
  },
};

function isSettled(w: CheckedWorld, task: Task): boolean {
  if (task.suspendCount > 0) return false;
  return w.procs.rows.some(
    (proc) => proc.live && proc.pid === task.pid && proc.list === 'active' && proc.state === 'running',
  );
}
