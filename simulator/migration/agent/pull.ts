/**
 * Taking in a task and nothing else: what an agent does for task-only migration of a process [mechanisms 5.9].
 *
 * Before: the PMA of the process has frozen it and asks, with a right to the task's kernel port.
 * After:  the Mach task runs here. The process is still the source PMA's: proc, vproc, and every right of the task that
 *         names that PMA are as they were, so each of its system calls crosses the network from now on.
 * Undo:   the simple migration server's own, until commit; the task goes on at the source.
 *
 *   travels                          rights   from
 *   right to the task's kernel port     1     the source PMA
 *   the task                                  the source's kernel, pulled (4.2)
 */
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, call, finish, routine, step } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { atStep, enterPhase, stamp, type MigrationWorld } from '../record.ts';
import { migratingTask, smsRoutine, type TaskMigrationResult } from '../task/sms.ts';
import { selfOf } from './agent.ts';

/** Body of `migration.pull`. The right to the task's kernel port comes along. */
export interface Pull {
  readonly migration: number;
  /** The process is stopped, and stays so. */
  readonly stopped: boolean;
}

interface Pulling extends Request {
  readonly body: Pull;
  code?: string;
  /** Names still to give up. */
  surplus?: number[];
}

export const pullTask = routine<MigrationWorld, Pulling>('migration.pull', 'takes a task in', [
  step('move the task here', (w, t, f) => {
    const { migration } = f.body;
    enterPhase(w, migration, 'install', t.node);
    stamp(w, migration, 'installed');
    atStep(w, migration, 10);
    call(t, smsRoutine, migratingTask(migration, f.names[0]!, selfOf(w, t)));
  }),
  step('resume it', (w, t, f) => {
    const { code, task, threads } = t.result as TaskMigrationResult;
    const { migration, stopped } = f.body;
    f.code = code;
    f.surplus = [...threads, task];
    if (code !== 'KERN_SUCCESS') return;
    stamp(w, migration, 'moved');
    enterPhase(w, migration, 'restart', t.node);
    atStep(w, migration, 14);
    if (!stopped) kernelCall(w, t, task, 'task_resume');
  }),
  step('note that it runs', (w, _t, f) => {
    if (f.code === 'KERN_SUCCESS') stamp(w, f.body.migration, 'resumed');
  }),
  step('give up the rights to it', (w, t, f) => {
    const name = f.surplus!.shift();
    if (name === undefined) return;
    again(t);
    kernelCall(w, t, selfOf(w, t), 'mach_port_deallocate', { body: { name } });
  }),
  step('answer', (_w, t, f) => finish(t, { code: f.code! } satisfies Payload)),
]);
