/**
 * pcntl: control over processes, in the manner of fcntl and ioctl [paper section 4, mechanisms 5.7].
 *
 * This is MIGRATE; the rest is in pcntl-control.ts. MIGRATE goes to the PMA that has the process, as a vproc operation. There
 * everything is checked before anything changes; then the service `pma.migrate_process` carries it out, and its answer is the
 * answer of the call. That service is the process-migration room's; it is called with a `Migrate`.
 */
import { assert } from '../../base/assert.ts';
import { NONE } from '../../base/table.ts';
import type { CallTreatment } from '../../workload/program.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { again, call, finish, routine, step } from '../../mach/routine.ts';
import { blockOn } from '../../mach/thread.ts';
import { isCentralised } from '../configuration.ts';
import { procOf, startChannel } from '../proc.ts';
import type { OsfWorld } from '../world.ts';
import type { ProcessCall } from './admission.ts';
import { pmaOf } from './pma.ts';
import { mayOperate } from './signal.ts';
import { vprocCall } from './vproc-call.ts';

/** Body of `pma.pcntl_migrate`; `node` is a row of the world's table, `calls` says what becomes of calls in progress. */
export interface PcntlMigrate {
  readonly pid: number;
  readonly node: number;
  readonly calls: CallTreatment;
}

/** Body of `vproc.migrate`. `migration` is the record that the operator has opened, or NONE. */
export interface Migrate extends PcntlMigrate {
  readonly uid: number;
  /** The process that has asked, and waits for the answer; NONE: none has. */
  readonly asker: number;
  readonly migration: number;
  /** The turn that its group has, by the record of the migration that was asked for; NONE: it moves by itself. */
  readonly turn: number;
  /** Its task alone is to be moved: the process stays. */
  readonly alone: boolean;
}

export const pcntlMigrate = routine<OsfWorld, ProcessCall>('pma.pcntl_migrate', 'asks for a process to be moved', [
  step('operate on the vproc', (w, t, f) => {
    const { uid } = procOf(w, t.node, f.pid)!;
    const given = { uid, asker: f.pid, migration: NONE, turn: NONE, alone: false };
    const body: Migrate = { ...(f.body as PcntlMigrate), ...given };
    vprocCall(t, f.pid, 'vproc.migrate', body);
  }),
  step('report', (_w, t) => finish(t, t.result)),
]);

export const migrateProcess = routine<OsfWorld, ProcessCall>('vproc.migrate', 'decides whether a process is moved', [
  step('check everything', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid);
    if (proc?.state === 'creating') {
      blockOn(w, t, startChannel(proc));
      again(t);
      return;
    }
    const { node, uid, turn, alone } = f.body as Migrate;
    if (proc === null || proc.state === 'exiting') return finish(t, { code: 'ESRCH' } satisfies Payload);
    if (proc.list !== 'active') return finish(t, { code: 'EBUSY' } satisfies Payload);
    if (!mayOperate({ uid, realUid: uid }, proc) || (!proc.migratable && turn === NONE))
      return finish(t, { code: 'EPERM' } satisfies Payload);
    if (!alone && isCentralised(w)) return finish(t, { code: 'ENOSYS' } satisfies Payload);
    if (node === (alone ? nodeOfTask(w, f.pid) : t.node)) return finish(t, {} satisfies Payload);
    const target = w.nodes.rows[node];
    if (target === undefined || !target.live || !target.up) return finish(t, { code: 'EHOSTDOWN' } satisfies Payload);
    const { outgoing } = pmaOf(w, t);
    const promised = outgoing.find(({ pid }) => pid === f.pid);
    if (promised !== undefined && (turn === NONE || promised.turn !== turn))
      return finish(t, { code: 'EBUSY' } satisfies Payload);
    const together = turn === NONE && !alone && proc.migrationGroup !== 0;
    const service = together ? 'pma.migrate_group' : 'pma.migrate_process';
    const migrate = w.setup.services.get(service);
    assert(migrate !== undefined, 'pcntl', `the service ${service} is missing`);
    // A group's members are promised one by one.
    if (promised === undefined && !together) outgoing.push({ pid: f.pid, turn, by: t.node });
    call(t, migrate, { ...(f.body as Migrate) });
  }),
  step('report', (w, t, f) => {
    const { outgoing } = pmaOf(w, t);
    const { turn } = f.body as Migrate;
    const place = outgoing.findIndex((each) => each.pid === f.pid && each.turn === turn);
    if (place >= 0) outgoing.splice(place, 1);
    finish(t, t.result);
  }),
]);

/** Its task may have been made on another node, or moved there alone. */
function nodeOfTask(w: OsfWorld, pid: number): number {
  const tasks = w.tasks.rows.filter((task) => task.live && task.pid === pid && task.kind === 'process');
  return tasks.length === 1 ? tasks[0]!.node : NONE;
}
