/**
 * What a PMA does for the migration of a group: it says who of its processes is a member, and promises that a member will
 * move, so that nobody else has it moved meanwhile. A promise binds nothing else: the process runs on, and may end.
 *
 *   members      pids of its processes that are in a group
 *   promise      everything is checked that can be; answered EPERM, EBUSY, ESRCH, or that it will move, or is there already
 *   unpromise    the group does not move after all
 *
 * Promises go with the node of the PMA that has asked for them.
 */
import { select } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { again, finish, routine, step } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { blockOn } from '../../mach/thread.ts';
import type { ProcessCall } from '../../osf1/pma/admission.ts';
import { pmaOf, type Pma } from '../../osf1/pma/pma.ts';
import { mayOperate } from '../../osf1/pma/signal.ts';
import { isExceeded } from '../../osf1/limits.ts';
import { procOf, startChannel, totalUsage } from '../../osf1/proc.ts';
import type { MigrationWorld } from '../record.ts';

/** Body of `vproc.promise` and `vproc.unpromise`. */
export interface MemberMove {
  readonly pid: number;
  readonly node: number;
  readonly uid: number;
  /** The turn of the group, and the node of the PMA that sees to it. */
  readonly turn: number;
  readonly by: number;
}

/** What a promise is answered with. */
export interface Promised {
  readonly here: boolean;
}

export const membersHere = routine<MigrationWorld, Request>('migration.members', 'says who is in a migration group', [
  step('look through the procs', (w, t, f) => {
    finish(t, { body: { pids: membersOn(w, t.node, (f.body as { group: number }).group) } } satisfies Payload);
  }),
]);

export function membersOn(w: MigrationWorld, node: number, group: number): number[] {
  const members = select(
    w.procs,
    (each) => each.node === node && each.migrationGroup === group && each.list === 'active',
  );
  return members.filter(({ state }) => state !== 'exiting').map(({ pid }) => pid);
}

export const promise = routine<MigrationWorld, ProcessCall>('vproc.promise', 'promises that a process will move', [
  step('check everything', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid);
    if (proc?.state === 'creating') {
      blockOn(w, t, startChannel(proc));
      again(t);
      return;
    }
    const { node, uid, turn, by } = f.body as MemberMove;
    const { outgoing } = pmaOf(w, t);
    const failure = (code: string): void => finish(t, { code } satisfies Payload);
    if (proc === null || proc.state === 'exiting') return failure('ESRCH');
    if (outgoing.some(({ pid }) => pid === f.pid)) return failure('EBUSY');
    if (!mayOperate({ uid, realUid: uid }, proc) || !proc.migratable) return failure('EPERM');
    const here = node === t.node;
    // The destination would refuse it alone, when others have moved [3.2 (c)].
    if (!here && isExceeded(proc.limits, totalUsage(w, proc))) return failure('EAGAIN');
    if (!here) outgoing.push({ pid: f.pid, turn, by });
    finish(t, { body: { here } satisfies Promised } satisfies Payload);
  }),
]);

export const unpromise = routine<MigrationWorld, ProcessCall>('vproc.unpromise', 'takes a promise back', [
  step('forget it', (w, t, f) => {
    const pma = pmaOf(w, t);
    const { turn } = f.body as MemberMove;
    const place = pma.outgoing.findIndex((each) => each.pid === f.pid && each.turn === turn);
    if (place >= 0) pma.outgoing.splice(place, 1);
    finish(t, {} satisfies Payload);
  }),
]);

/** A node has failed: what was promised to its PMA is over. */
export function forgetPromises(pma: Pma, node: number): void {
  const kept = pma.outgoing.filter(({ by }) => by !== node);
  pma.outgoing.splice(0, pma.outgoing.length, ...kept);
}
