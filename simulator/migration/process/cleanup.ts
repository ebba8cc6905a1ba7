/**
 * (e) Clean up the source node and forward the kept requests.                                    [paper 3.2 (e)]
 *
 * Before: the process runs at the destination; its proc is on the migrating list here, its requests in Q.
 * After:  Q is empty: each request was sent on as it was received, in order, with its reply right, so the answer goes
 *         straight to the requester [P4]. No proc, no capability, no handler of the process is left here [P6]; its vproc is
 *         a stub for the destination, or freed if nobody here needs it. A request that cannot be sent on any more, because the
 *         destination has failed, is answered ESRCH. Who still asks here is told "absent process".
 */
import { NONE, at } from '../../base/table.ts';
import { forward } from '../../osf1/forward.ts';
import { ownNames } from '../../osf1/pma/exit.ts';
import { pmaOf } from '../../osf1/pma/pma.ts';
import { releaseHolder } from '../../osf1/pma/vproc-call.ts';
import { procFree, procOf, type SavedRequest } from '../../osf1/proc.ts';
import { becomeStub, isUnused, vprocFree, vprocOf } from '../../osf1/vproc.ts';
import { answer } from '../../mach/ipc/mach-msg.ts';
import { lookup } from '../../mach/ipc/space.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, finish, goTo, routine, step } from '../../mach/routine.ts';
import { wakeAll } from '../../mach/thread.ts';
import { tell } from '../../mach/world.ts';
import { atStep, enterPhase, migrationEnd, type MigrationWorld } from '../record.ts';
import { TURN } from './turn.ts';

export interface CleanUp {
  readonly migration: number;
  readonly pid: number;
  /** Name of the right to the destination PMA. */
  readonly capability: number;
  /** Names still to give up. */
  surplus: number[];
  /** The kept request that was forwarded last. */
  sent?: SavedRequest;
  port?: number;
}

export const cleanUp = routine<MigrationWorld, CleanUp>('migration.clean_up', 'leaves nothing behind at the source', [
  step('begin', (w, t, f) => {
    enterPhase(w, f.migration, 'cleanup', t.node);
    atStep(w, f.migration, 16);
  }),
  step('forward the next kept request', (w, t, f) => {
    const saved = vprocOf(w, t.node, f.pid)!.pending.shift();
    if (saved !== undefined) {
      f.sent = saved;
      if (w.setup.watched) tell(w, 'request forwarded', t.node, null, t.identity, `${saved.operation} for ${f.pid}`);
      forward(w, t, f.capability, 'pma.forwarded', f.pid, saved);
      return;
    }
    // From here on whoever asks for the process is told that it is absent.
    const pma = pmaOf(w, t);
    const proc = procOf(w, t.node, f.pid)!;
    const vproc = vprocOf(w, t.node, f.pid)!;
    f.surplus.push(...ownNames(w, pma, proc));
    f.port = proc.processPort;
    procFree(w, pma, proc);
    // It may be on its way back already.
    wakeAll(w, at(w.tasks, t.task), TURN);
    becomeStub(vproc, at(w.migrations, f.migration).to, f.capability);
    f.surplus.push(...releaseHolder(w, t.node, f.pid));
    goTo(w, t, 'destroy its per-process port');
    const left = vprocOf(w, t.node, f.pid);
    if (left === null || !isUnused(left)) return;
    f.surplus.push(f.capability);
    vprocFree(w, left);
  }),
  step('answer it here if the destination has failed', (w, t, f) => {
    const { reply, names } = f.sent!;
    // A message that was not sent has left its rights here: nobody else can answer.
    if (t.code === 'KERN_SUCCESS' || reply === NONE || lookup(at(w.tasks, t.task).space, reply) === null) return;
    f.surplus.push(...names);
    answer(w, t, reply, { code: 'ESRCH' });
  }),
  step('go on with the next one', (w, t) => goTo(w, t, 'forward the next kept request')),
  step('destroy its per-process port', (w, t, f) => {
    kernelCall(w, t, pmaOf(w, t).self, 'mach_port_destroy', { body: { name: f.port ?? NONE } });
  }),
  step('give up its capabilities', (w, t, f) => {
    const name = f.surplus.shift();
    if (name === undefined) return;
    again(t);
    kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
  step('it is done', (w, t, f) => {
    migrationEnd(w, f.migration, 'done');
    finish(t);
  }),
]);
