/**
 * (d) Tell the PM Master where the process is, and restart it.                                   [paper 3.2 (d)]
 *
 * Before: everything of it is here; nobody but the source PMA knows.
 * After:  the PM Master names this node [P3]; the process is on the active list here and nowhere else [P1]; it runs, in
 *         whatever state it was: a stopped process stays stopped. Requests that found it here early are handled, in order.
 *
 * If the source's node has failed meanwhile the PM Master may have declared the process dead, or its migration may have failed before
 * everything was here: then it ends here.
 *
 * It may run before the source has forwarded what it kept (clean up). That overtakes nobody: a requester waits for its
 * answer, so of one requester's requests only the first can still be in the source's queue [docs/decisions/0008-restart-before-clean-up.md].
 */
import { at } from '../../base/table.ts';
import { MAKE_SEND } from '../../mach/ipc/right.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { finish, goTo, routine, step } from '../../mach/routine.ts';
import { isDoomed, kill } from '../../osf1/pma/exit.ts';
import { serveSaved } from '../../osf1/pma/pending.ts';
import { mustRepeat } from '../../osf1/pma/master-call.ts';
import { pmaOf } from '../../osf1/pma/pma.ts';
import { startClock } from '../../osf1/pma/timer.ts';
import { lostWithNode } from '../../osf1/ended.ts';
import { procOf } from '../../osf1/proc.ts';
import { vprocOf } from '../../osf1/vproc.ts';
import { atStep, enterPhase, migrationEnd, stamp, type MigrationWorld } from '../record.ts';

export interface Restart {
  readonly migration: number;
  readonly pid: number;
  readonly stopped: boolean;
}

export const restart = routine<MigrationWorld, Restart>('migration.restart', 'restarts a process on its new node', [
  step('tell the PM Master', (w, t, f) => {
    enterPhase(w, f.migration, 'restart', t.node);
    atStep(w, f.migration, 13);
    const { master, service } = pmaOf(w, t);
    const rights = [{ name: service, disposition: MAKE_SEND }];
    rpc(w, t, master, 'pmm.set_node', { body: { pid: f.pid, node: t.node }, rights });
  }),
  step('put it on the active list and resume it', (w, t, f) => {
    if (mustRepeat(w, pmaOf(w, t), t.code)) return goTo(w, t, 'tell the PM Master');
    atStep(w, f.migration, 14);
    const proc = procOf(w, t.node, f.pid)!;
    if (t.code === 'ESRCH' || at(w.migrations, f.migration).outcome === 'failed') {
      // The PM Master, or whoever has noticed it first, has given it up with its node: it must not live on.
      const vproc = vprocOf(w, t.node, f.pid)!;
      proc.list = 'active';
      vproc.state = 'active';
      migrationEnd(w, f.migration, 'failed', 'the PM Master has given it up');
      kill(w, pmaOf(w, t), proc, lostWithNode());
      return finish(t);
    }
    const vproc = vprocOf(w, t.node, f.pid)!;
    proc.list = 'active';
    proc.state = f.stopped ? 'stopped' : 'running';
    startClock(w, pmaOf(w, t), proc);
    proc.lastMigrated = w.time;
    vproc.state = 'active';
    for (const saved of vproc.pending.splice(0)) serveSaved(w, pmaOf(w, t), f.pid, saved);
    if (!f.stopped) kernelCall(w, t, proc.names.task, 'task_resume');
  }),
  step('it runs', (w, t, f) => {
    stamp(w, f.migration, 'resumed');
    const proc = procOf(w, t.node, f.pid);
    // The source has failed while it was on its way.
    if (proc !== null && proc.state !== 'exiting' && isDoomed(w, proc)) kill(w, pmaOf(w, t), proc, lostWithNode());
    // Nobody is left at the source to clean up.
    if (isSourceGone(w, f.migration)) migrationEnd(w, f.migration, 'done');
    finish(t);
  }),
]);

/** The source has failed since the migration began, even if it has booted again. */
function isSourceGone(w: MigrationWorld, migration: number): boolean {
  const { from, stamps } = at(w.migrations, migration);
  return at(w.nodes, from).failedAt >= stamps.decision;
}
