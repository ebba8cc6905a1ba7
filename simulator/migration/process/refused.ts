/**
 * The destination does not take the process, or cannot: the source takes it back.          [paper 3.2 (c), (e); step 17]
 *
 * Before: the process is frozen and on the migrating list; its task was only suspended and copied from.
 * After:  its observable state is that at the freeze, plus Q [P9]: on the active list, resumed, and only then are the kept
 *         requests handled, in order; a call that was cancelled is at their head and begins anew. The refusal is the
 *         answer to whoever asked for the migration.
 */
import { assert } from '../../base/assert.ts';
import { at } from '../../base/table.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import type { TaskInfo } from '../../mach/kernel-services/task-services.ts';
import { again, call, finish, routine, step } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import { kill } from '../../osf1/pma/exit.ts';
import { lostWithNode } from '../../osf1/ended.ts';
import { serveSaved } from '../../osf1/pma/pending.ts';
import { pmaOf } from '../../osf1/pma/pma.ts';
import { startClock } from '../../osf1/pma/timer.ts';
import { procOf } from '../../osf1/proc.ts';
import { vprocOf } from '../../osf1/vproc.ts';
import { atStep, enterPhase, migrationEnd, stamp, type MigrationWorld } from '../record.ts';
import { settled } from '../task/ghost.ts';
import { regainTokens } from './tokens.ts';

export interface Reinstate {
  readonly migration: number;
  readonly pid: number;
  readonly reason: string;
  /** EAGAIN if the destination has refused; anything else means that it could not be reached. */
  readonly code: string;
  readonly tokens: number[];
}

export const reinstate = routine<MigrationWorld, Reinstate>('migration.reinstate', 'takes a process back', [
  step('take its tokens back', (w, t, f) => {
    assert(!at(w.migrations, f.migration).committed, '4.6', `${f.pid} is taken back after commit`);
    enterPhase(w, f.migration, 'refused', t.node);
    settled(w, f.migration);
    atStep(w, f.migration, 17);
    if (f.tokens.length > 0) call(t, regainTokens, { tokens: f.tokens });
  }),
  step('put it back on the active list and resume it', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    proc.list = 'active';
    startClock(w, pmaOf(w, t), proc);
    call(t, resume, { pid: f.pid, count: 0 } satisfies Resume);
  }),
  step('handle what was kept', (w, t, f) => {
    stamp(w, f.migration, 'resumed');
    thaw(w, t, f.pid);
    migrationEnd(w, f.migration, f.code === 'EAGAIN' ? 'refused' : 'failed', f.reason);
    finish(t);
  }),
]);

export interface Resume {
  readonly pid: number;
  count: number;
}

/**
 * Resumes a task until it is as it was before the freeze. A destination that failed has left a suspension of its own, so
 * the kernel is asked how many there are; one is kept if the process was stopped. If the task itself was on a node that has
 * failed (it had been moved alone before) there is nothing to resume: the process ends.
 */
export const resume = routine<MigrationWorld, Resume>('migration.resume', 'resumes a process where it is', [
  step('ask how often it is suspended', (w, t, f) => {
    kernelCall(w, t, procOf(w, t.node, f.pid)!.names.task, 'task_info');
  }),
  step('keep the suspension of a stopped process', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    if (t.code !== 'KERN_SUCCESS') {
      kill(w, pmaOf(w, t), proc, lostWithNode());
      return finish(t);
    }
    const stopped = proc.state === 'stopped';
    f.count = (t.body as TaskInfo).suspendCount - (stopped ? 1 : 0);
  }),
  step('resume it', (w, t, f) => {
    if (f.count-- <= 0) return finish(t);
    again(t);
    kernelCall(w, t, procOf(w, t.node, f.pid)!.names.task, 'task_resume');
  }),
]);

/** Requests are handled again: first those that were kept, in order. */
export function thaw(w: MigrationWorld, t: Thread, pid: number): void {
  const vproc = vprocOf(w, t.node, pid)!;
  vproc.state = 'active';
  for (const saved of vproc.pending.splice(0)) serveSaved(w, pmaOf(w, t), pid, saved);
}
