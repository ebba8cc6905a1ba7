/**
 * (a) Freeze the process: all of its state becomes stable, coherent and resumable.              [paper 3.2 (a)]
 *
 * Before: it is active; system calls of it may be in progress in this PMA.
 * After:  its vproc keeps every request, unhandled and whole, in the queue Q; its task is suspended; no call of it is in
 *         progress [P5]. Calls at other servers are not waited for: their answers queue on its reply ports.
 * Undo:   resume, thaw, serve Q in order (refused.ts).
 *
 * A call in progress that waits for something (wait) is awaited like any other, as the paper does: then the freeze lasts
 * until the child has exited. With `cancel` such a call ends at once instead, its request goes to the head of Q, and it
 * is executed again wherever the process is then. A call that might be awaited for ever always does (`isNeverAwaited`). If one of
 * the calls was an exit there is nothing left to freeze.
 */
import { NONE, at } from '../../base/table.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, finish, routine, step } from '../../mach/routine.ts';
import { blockOn } from '../../mach/thread.ts';
import { pmaOf } from '../../osf1/pma/pma.ts';
import { cancelCalls, isNeverAwaited } from '../../osf1/pma/cancel.ts';
import { callsChannel, procOf, type CallInProgress, type Proc } from '../../osf1/proc.ts';
import { vprocOf } from '../../osf1/vproc.ts';
import { mayPrepare, startPreparing } from './prepare.ts';
import { giveTurnBack } from './turn.ts';
import { atStep, enterPhase, stamp, type MigrationWorld } from '../record.ts';

export interface Freeze {
  readonly migration: number;
  readonly pid: number;
  /** The process that waits for the migration, or NONE. */
  readonly asker: number;
  readonly cancel: boolean;
  /** The task is to be copied meanwhile, under the turn that it has. */
  early: boolean;
  readonly turn: number;
  /** Its place in line at the destination, given up if a call that it is in waits; NONE if it has none of its own. */
  place: number;
}

/** Finishes with KERN_SUCCESS, with ESRCH: the process has exited meanwhile, or with EBUSY: another migration freezes it. */
export const freeze = routine<MigrationWorld, Freeze>('migration.freeze', 'freezes a process', [
  step('keep every request from now on, and suspend it', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid);
    const vproc = vprocOf(w, t.node, f.pid);
    if (proc === null || vproc === null) return finish(t, 'ESRCH');
    // Whoever asked at the same moment was a step earlier.
    if (vproc.state !== 'active') return finish(t, 'EBUSY');
    vproc.state = 'frozen';
    vproc.awaitsCalls = at(w.migrations, f.migration).by === 'process';
    enterPhase(w, f.migration, 'freeze', t.node);
    atStep(w, f.migration, 2);
    atStep(w, f.migration, 3);
    kernelCall(w, t, proc.names.task, 'task_suspend');
  }),
  step('cancel what only waits', (w, t, f) => {
    stamp(w, f.migration, 'suspended');
    atStep(w, f.migration, 4);
    const proc = procOf(w, t.node, f.pid);
    const { by } = at(w.migrations, f.migration);
    if (proc === null) return;
    cancelCalls(
      w,
      proc,
      pmaOf(w, t).task,
      (each) => f.cancel || (by === 'process' && isNeverAwaited(proc, each, f.asker)),
    );
  }),
  step('let others in first, if a call in progress waits', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid);
    if (f.place === NONE || f.cancel || f.early || !proc?.callsInProgress.some(isAwaitedLong)) return;
    giveTurnBack(w, t, at(w.migrations, f.migration).to, f.place);
    f.place = NONE;
  }),
  step('wait for the calls in progress', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid);
    if (proc === null) return finish(t, 'ESRCH');
    if (!isAwaited(w, f, proc)) return;
    if (f.early && mayPrepare(proc)) {
      f.early = false;
      startPreparing(w, t, proc, { migration: f.migration, turn: f.turn });
    }
    blockOn(w, t, callsChannel(proc));
    again(t);
  }),
  step('it is frozen', (w, t, f) => {
    stamp(w, f.migration, 'frozen');
    vprocOf(w, t.node, f.pid)!.awaitsCalls = false;
    finish(t, 'KERN_SUCCESS');
  }),
]);

/** It waits, and has not been asked to end. */
const isAwaitedLong = ({ channel, cancelled }: CallInProgress): boolean => channel !== '' && !cancelled;

/** A task that is moved alone leaves its calls behind, with its PMA: only those that work on the task are awaited [5.9]. */
function isAwaited(w: MigrationWorld, f: Freeze, proc: Proc): boolean {
  const { by } = at(w.migrations, f.migration);
  return proc.callsInProgress.some((each) => by === 'process' || each.modifiesState);
}
