/**
 * (c) Install the process at the destination.                                                    [paper 3.2 (c)]
 *
 * Before: (b): the source PMA holds the frozen process and waits for an answer.
 * After:  a proc and a vproc with the same pid; the Mach task is here, suspended; the rest is installed as for a new
 *         process. Then the task is reattached (attach.ts) and restarted (restart.ts), and the source is answered.
 * Undo:   everything that was made is given up, and the source is told REFUSED.      until: the first receive right moves
 *
 * Admission, step 8: a node takes one process in at a time (turn.ts); one that has left this node and comes back at once waits
 * until nothing is left of it here (cleanup.ts). It refuses when its cluster says that it takes nothing, when too little of
 * its memory is free, or when the process has used more of the processor than its limit allows [paper 3.2 (c): "an exceeded
 * resource usage limit"]. While it is being installed the process is
 * on no active list, here or there [P1], and requests that find it here are kept.
 */
import { PROCESSOR } from '../../base/ledger.ts';
import { assert } from '../../base/assert.ts';
import { NONE, at } from '../../base/table.ts';
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { MAKE_SEND } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { charge } from '../../mach/processor.ts';
import { again, call, finish, goTo, routine, step } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { blockOn } from '../../mach/thread.ts';
import { serveSaved } from '../../osf1/pma/pending.ts';
import type { Holder } from '../../osf1/credentials/entry.ts';
import { lostWithNode } from '../../osf1/ended.ts';
import { ownNames, reportOf, tellOfEnd, type TellOfEnd } from '../../osf1/pma/exit.ts';
import { renewedEntry } from '../../osf1/pma/holders.ts';
import { isGone } from '../../osf1/pma/master-call.ts';
import { pmaOf } from '../../osf1/pma/pma.ts';
import { procAllocate, procFree, procNames, procOf } from '../../osf1/proc.ts';
import { becomeLocal, becomeStub, vprocAllocate, vprocFree, vprocOf } from '../../osf1/vproc.ts';
import { isExceeded } from '../../osf1/limits.ts';
import { abandonPrepared } from '../agent/early.ts';
import { pullOver } from '../agent/delegate.ts';
import { atStep, enterPhase, stamp, type MigrationWorld } from '../record.ts';
import type { TaskMigrationResult } from '../task/sms.ts';
import { attach, type Attach } from './attach.ts';
import { restart, type Restart } from './restart.ts';
import { installState, type LocalState } from './state.ts';
import { TURN, leavePlace, placeOf, refusal, takePlace } from './turn.ts';

interface Installing extends Request {
  readonly body: LocalState;
  refusal?: string;
  /** Name of the capability that the stub had, which the local operations take the place of; NONE if there was none. */
  stale?: number;
  /** Names still to give up. */
  surplus?: number[];
  /** Name of the right to its entry that came along, and was dead. */
  dead?: number;
  port?: number;
}

export const installRoutine = routine<MigrationWorld, Installing>('migration.request', 'takes a process in', [
  step('wait for its turn, and decide', (w, t, f) => {
    const { migration, pid, turn } = f.body;
    const pma = pmaOf(w, t);
    const { from } = at(w.migrations, migration);
    const reason = takePlace(w, pma, { turn, from, group: false });
    // One that comes back at once waits until nothing is left of it here.
    if (reason === '' && (placeOf(pma, turn) > 0 || procOf(w, t.node, pid) !== null)) {
      blockOn(w, t, TURN);
      again(t);
      return;
    }
    atStep(w, migration, 8);
    f.surplus = [...f.names];
    f.refusal = reason === '' && turn === migration ? exceeded(f.body) || refusal(w, t.node) : reason;
    if (f.refusal !== '') return goTo(w, t, 'give up what was prepared');
    stamp(w, migration, 'installed');
    atStep(w, migration, 9);
    enterPhase(w, migration, 'install', t.node);
  }),
  step('allocate its proc and vproc', (w, t, f) => {
    const { pid } = f.body;
    const proc = procAllocate(w, pmaOf(w, t), pid);
    installState(proc, f.body, f.names, w.time);
    const vproc = vprocOf(w, t.node, pid) ?? vprocAllocate(w, t.node, pid);
    f.stale = vproc.capability;
    becomeLocal(vproc, proc.id);
    vproc.state = 'attaching';
    charge(w, t, PROCESSOR, 1, w.setup.prices.migrate_in_processor);
  }),
  step('give up the capability of its stub', (w, t, f) => {
    if (f.stale !== NONE) kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name: f.stale } });
  }),
  step('make its per-process port', (w, t, f) => {
    kernelCall(w, t, pmaOf(w, t).self, 'mach_port_allocate', { body: { label: `pid ${f.body.pid}@pma` } });
  }),
  step('receive on that port', (w, t, f) => {
    const { self, set } = pmaOf(w, t);
    f.port = (t.body as { name: number }).name;
    procOf(w, t.node, f.body.pid)!.processPort = f.port;
    kernelCall(w, t, self, 'mach_port_move_member', { body: { member: f.port, set } });
  }),
  step('pull its task over', (w, t, f) => {
    const { task } = procOf(w, t.node, f.body.pid)!.names;
    atStep(w, f.body.migration, 10);
    pullOver(w, t, f.body.migration, task, f.body.stopped);
  }),
  step('take its credentials over', (w, t, f) => {
    const { code, surplus } = t.result as TaskMigrationResult;
    const { migration, pid } = f.body;
    f.surplus = [...surplus];
    if (code !== 'KERN_SUCCESS') {
      f.refusal = code;
      f.surplus.push(...f.names);
      return goTo(w, t, 'undo what was made');
    }
    assert(at(w.migrations, migration).committed, '4.6', `the task of ${pid} has moved without commit`);
    stamp(w, migration, 'moved');
    atStep(w, migration, 11);
  }),
  step('say where it is', (w, t, f) => {
    const proc = procOf(w, t.node, f.body.pid)!;
    const { credentials } = proc.names;
    // The credentials server has come back while it was on its way: the right that came along is dead.
    const renewed = renewedEntry(w, pmaOf(w, t), proc);
    if (renewed !== NONE) {
      f.dead = credentials;
      proc.names.credentials = renewed;
    }
    const body: Holder = { pid: proc.pid, user: proc.realUid, node: t.node };
    rpc(w, t, proc.names.credentials, 'credentials.install', { body });
  }),
  step('keep one right to everything', (w, t, f) => {
    const pma = pmaOf(w, t);
    const proc = procOf(w, t.node, f.body.pid)!;
    if (isGone(t.code) && renewedEntry(w, pma, proc) !== NONE) return goTo(w, t, 'say where it is');
    const own = ownNames(w, pma, proc);
    const shared = procNames.map((each) => proc.names[each]).filter((name) => name !== NONE && !own.includes(name));
    f.surplus!.push(...(f.dead === undefined ? t.names : [f.dead]), ...shared);
  }),
  step('give up the others', (w, t, f) => {
    const name = f.surplus!.pop();
    if (name === undefined) return;
    again(t);
    kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
  step('reattach it', (_w, t, f) => {
    const { migration, pid } = f.body;
    call(t, attach, { migration, pid } satisfies Attach);
  }),
  step('restart it', (_w, t, f) => {
    const { migration, pid, stopped } = f.body;
    call(t, restart, { migration, pid, stopped } satisfies Restart);
  }),
  step('let the next one in, and answer', (w, t, f) => {
    leavePlace(w, pmaOf(w, t), f.body.turn);
    atStep(w, f.body.migration, 15);
    finish(t, { rights: [{ name: pmaOf(w, t).service, disposition: MAKE_SEND }] } satisfies Payload);
  }),
  step('undo what was made', (w, t, f) => {
    // The source has failed. Its task, if it was elsewhere, is suspended there, and nobody else could resume or end it.
    if (isLost(w, f)) kernelCall(w, t, procOf(w, t.node, f.body.pid)!.names.task, 'task_terminate');
  }),
  step('say that it has ended', (w, t, f) => {
    // A PM Master that has come back, or taken over, has heard from nobody else that there was such a process.
    if (!isLost(w, f)) return;
    call(t, tellOfEnd, { report: reportOf(w, procOf(w, t.node, f.body.pid)!, lostWithNode()) } satisfies TellOfEnd);
  }),
  step('destroy its per-process port', (w, t, f) => {
    kernelCall(w, t, pmaOf(w, t).self, 'mach_port_destroy', { body: { name: f.port! } });
  }),
  step('forget proc and vproc', (w, t, f) => {
    const { pid } = f.body;
    const pma = pmaOf(w, t);
    const vproc = vprocOf(w, t.node, pid)!;
    const kept = vproc.pending.splice(0);
    procFree(w, pma, procOf(w, t.node, pid)!);
    becomeStub(vproc, NONE, NONE);
    if (vproc.holders.length === 0 && vproc.references === 0) vprocFree(w, vproc);
    for (const saved of kept) serveSaved(w, pma, pid, saved);
  }),
  step('give up what was prepared', (_w, t, f) => call(t, abandonPrepared, { migration: f.body.migration })),
  step('give up what came', (w, t, f) => {
    const name = f.surplus!.pop();
    if (name === undefined) return;
    again(t);
    kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
  step('refuse', (w, t, f) => {
    leavePlace(w, pmaOf(w, t), f.body.turn);
    finish(t, { code: 'EAGAIN', body: { reason: f.refusal! } } satisfies Payload);
  }),
]);

/** The source has failed, and nobody takes it back. */
const isLost = (w: MigrationWorld, { body }: Installing): boolean =>
  at(w.migrations, body.migration).outcome === 'failed';

/** It lives on what is left up to the hard limit, where it is. Empty, or the reason. */
const exceeded = ({ limits, usage }: LocalState): string =>
  isExceeded(limits, usage.accumulated) ? 'the process has exceeded its limit of processor time' : '';
