/**
 * Taking in a task and nothing else: what an agent does [mechanisms 4.3, 5.9].
 *
 * Before: whoever looks after the task has frozen it and asks, with a right to the task's kernel port.
 * After:  the Mach task is on the destination. If it was moved alone it runs, and what looked after it still does: the
 *         process is still the source PMA's, with every right as it was, so each of its system calls crosses the network
 *         from now on. If that PMA has failed with its node meanwhile, the task is an orphan, and ends (faults/node-down.ts).
 *         Otherwise a PMA on the destination has asked, and goes on from here.
 * Undo:   the mover's own, until commit; the task goes on at the source.
 *
 *   travels                          rights   from
 *   right to the task's kernel port     1     who looks after it
 *   the task                                  the source's kernel, pulled (4.2)
 */
import { at } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { call, finish, routine, step } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { isOrphan } from '../../osf1/emulator/orphan.ts';
import { atStep, enterPhase, stamp, type MigrationWorld } from '../record.ts';
import type { TaskMove } from '../task/how.ts';
import { inKernel, movingInKernel } from '../task/in-kernel.ts';
import { giveUp, objectsOf } from '../task/oms/release.ts';
import { migratingTask, smsRoutine, type TaskMigrationResult } from '../task/sms.ts';
import { selfOf } from './agent.ts';
import { giveUpNames } from './give-up.ts';

/** Body of `migration.pre_copy`. The right to the task's kernel port comes along. */
export interface PreCopy {
  readonly migration: number;
  readonly how: TaskMove;
  readonly to: number;
}

/** Body of `migration.pull`. The right to the task's kernel port comes along. */
export interface Pull extends PreCopy {
  /** Without its process: the agent resumes it. */
  readonly alone: boolean;
  /** The process is stopped, and stays so. */
  readonly stopped: boolean;
}

interface Pulling extends Request {
  readonly body: Pull;
  code?: string;
  /** Name of its kernel port. */
  task?: number;
  /** Names still to give up. */
  surplus?: number[];
}

export const pullTask = routine<MigrationWorld, Pulling>('migration.pull', 'takes a task in', [
  step('move the task', (w, t, f) => {
    const { migration, alone, how, to } = f.body;
    if (alone) {
      enterPhase(w, migration, 'install', to);
      stamp(w, migration, 'installed');
    }
    atStep(w, migration, 10);
    if (how.using === 'in_kernel') call(t, inKernel, movingInKernel(migration, f.names[0]!, how, to));
    else call(t, smsRoutine, migratingTask(migration, f.names[0]!, selfOf(w, t), { how, to }));
  }),
  step('resume it', (w, t, f) => {
    const { code, task, surplus } = t.result as TaskMigrationResult;
    const { migration, alone, stopped, to } = f.body;
    f.code = code;
    f.surplus = [...surplus, f.names[0]!];
    if (code !== 'KERN_SUCCESS' || !alone) return;
    stamp(w, migration, 'moved');
    enterPhase(w, migration, 'restart', to);
    atStep(w, migration, 14);
    f.task = task;
    if (!stopped && !isLeftAlone(w, f.body)) kernelCall(w, t, task, 'task_resume');
  }),
  step('note that it runs, or end it if nobody manages it any more', (w, t, f) => {
    if (f.code !== 'KERN_SUCCESS' || !f.body.alone) return;
    if (isLeftAlone(w, f.body)) {
      f.code = 'MIG_SERVER_DIED';
      kernelCall(w, t, f.task!, 'task_terminate');
    } else if (t.code === 'KERN_SUCCESS') stamp(w, f.body.migration, 'resumed');
    else f.code = t.code;
  }),
  step('give up the memory that was taken in vain', (w, t, f) => {
    if (f.code === 'KERN_SUCCESS') return;
    const { migration } = f.body;
    call(t, giveUp, { objects: objectsOf(w, t.task, migration), migration });
  }),
  step('give up the rights to it', (w, t, f) => {
    giveUpNames(w, t, selfOf(w, t), f.surplus!);
  }),
  step('answer', (_w, t, f) => finish(t, { code: f.code! } satisfies Payload)),
]);

/** The task is that of a process, and its right to the PMA, which has moved with the others, is dead. */
function isLeftAlone(w: MigrationWorld, { migration, to }: Pull): boolean {
  const { pid } = at(w.migrations, migration);
  return w.tasks.rows.some((each) => each.live && each.node === to && each.pid === pid && isOrphan(w, each));
}
