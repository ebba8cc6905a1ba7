/**
 * wait and waitpid: until a child has exited (or, if that is asked for, has stopped or goes on), and what became of it
 * [mechanisms 5.3].
 *
 * The PMA knows the children of its processes and is called back by the PM Master when one of them exits, so it need
 * not ask for what cannot be there yet. Then the PM Master says which child it was, and gives the pid up.
 *
 * While the PM Master is down nobody says who has exited, or what became of it: a wait fails, and may be made again.
 *
 * A caught signal ends it with EINTR. While it waits the call has changed nothing: a migration may cancel it, and the request is executed again, from the
 * head of the queue, wherever the process is then [mechanisms 5.5, option B].
 */
import { NONE, at, select } from '../../base/table.ts';
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { call, finish, goTo, routine, step } from '../../mach/routine.ts';
import { wakeAll } from '../../mach/thread.ts';
import type { Ended } from '../ended.ts';
import type { FindChild, FoundChild } from '../pm-master/children.ts';
import { INIT } from '../pm-master/entry.ts';
import type { Reaped } from '../pm-master/relations.ts';
import { childrenChannel, procOf, type Proc } from '../proc.ts';
import { SIGCHLD } from '../signal-numbers.ts';
import { accept, takable, takers } from '../signal-state.ts';
import type { OsfWorld } from '../world.ts';
import { callerIn, type ProcessCall } from './admission.ts';
import { waitInCall, wasCancelled } from './cancel.ts';
import { MASTER_DOWN, hasMaster, isGone } from './master-call.ts';
import { pmaOf, type Pma } from './pma.ts';
import { settleSignals, type Settle } from './signal.ts';

const WNOHANG = 1;
export const WUNTRACED = 2;
export const WCONTINUED = 8;

/** Body of `pma.wait`: the child, or NONE for any, 0 for the own process group, -group for another; and the options. */
export interface Wait {
  readonly pid: number;
  readonly options: number;
}

/** What wait answers: how the child ended, or the signal that has stopped it, or that it goes on. */
export interface Waited extends Ended {
  readonly pid: number;
  readonly stopped: number;
  readonly continued: boolean;
}

interface WaitCall extends ProcessCall {
  /** Whom the PM Master is asked about, a pid or a group; and the reports that there were before. */
  child?: number;
  news?: number;
}

export const pmaWait = routine<OsfWorld, WaitCall>('pma.wait', 'waits for a child', [
  step('wait until a child has something to report', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    if (wasCancelled(w, t, proc)) return;
    const { pid: wanted, options } = f.body as Wait;
    if (!hasMaster(w, pmaOf(w, t))) {
      if (f.pid !== INIT) return finish(t, masterDown);
      // init has nobody to tell: it waits for the PM Master, too.
      return waitInCall(w, t, proc, childrenChannel(proc));
    }
    const hopeless = wanted > 0 ? !proc.children.includes(wanted) : proc.children.length === 0;
    f.child = isGroup(wanted) ? groupToAsk(proc, wanted, f) : reported(proc, wanted, options);
    if (f.child !== NONE) return;
    if (hopeless && f.pid !== INIT) return finish(t, noChild);
    if ((options & WNOHANG) !== 0) return finish(t, nothingYet);
    if (takable(proc.signals, callerIn(f)) !== NONE) return finish(t, { code: 'EINTR' } satisfies Payload);
    waitInCall(w, t, proc, childrenChannel(proc));
  }),
  step('find the child', (w, t, f) => {
    const body: FindChild = { pid: f.pid, child: f.child!, options: (f.body as Wait).options };
    rpc(w, t, pmaOf(w, t).master, 'pmm.find_child', { body });
  }),
  step('reap it', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    if (isGone(t.code)) return goTo(w, t, 'wait until a child has something to report');
    if (t.code === MASTER_DOWN) return finish(t, masterDown);
    if (t.code !== 'KERN_SUCCESS') {
      // A PM Master that has come back does not know of it: it is nobody's child any more.
      if (!proc.exited.includes(f.child!)) return finish(t, noChild);
      forget(proc, f.child!);
      return goTo(w, t, 'wait until a child has something to report');
    }
    const { child, how, stopped } = t.body as FoundChild;
    // Another wait of the process was faster, or who is meant has nothing to report yet.
    if (child === NONE) {
      forgetChange(proc, f.child!);
      return goTo(w, t, 'wait until a child has something to report');
    }
    forgetChange(proc, child);
    f.child = child;
    if (how === 'exited') return rpc(w, t, pmaOf(w, t).master, 'pmm.reap', { body: { pid: f.pid, child } });
    const report: Waited = { pid: child, ...notEnded, stopped, continued: how === 'continued' };
    finish(t, { body: report } satisfies Payload);
  }),
  step('report its status', (w, t, f) => {
    if (isGone(t.code)) return goTo(w, t, 'wait until a child has something to report');
    const proc = procOf(w, t.node, f.pid)!;
    const child = f.child!;
    forget(proc, child);
    if (t.code !== 'KERN_SUCCESS') return finish(t, noChild);
    const { status, signal, lost, usage, computed } = t.body as Reaped;
    proc.usage.children += usage;
    proc.usage.computed.children += computed;
    const report: Waited = { pid: child, status, signal, lost, stopped: 0, continued: false };
    finish(t, { body: report } satisfies Payload);
  }),
]);

const notEnded = { status: NONE, signal: 0, lost: false } as const;
const noChild: Payload = { code: 'ECHILD' };
const masterDown: Payload = { code: MASTER_DOWN };
const nothingYet: Payload = { body: { pid: 0, ...notEnded, stopped: 0, continued: false } satisfies Waited };

const isGroup = (wanted: number): boolean => wanted <= 0 && wanted !== NONE;

/** Who is in a group only the PM Master knows: it is asked once, and again when there was a report meanwhile. */
function groupToAsk(proc: Proc, wanted: number, f: WaitCall): number {
  const asked = f.news === proc.news;
  f.news = proc.news;
  return asked ? NONE : wanted;
}

/** A child that is said to have something to report, or NONE. */
function reported(proc: Proc, wanted: number, options: number): number {
  const exited = proc.exited.find((each) => wanted === NONE || each === wanted);
  if (exited !== undefined) return exited;
  const changed = proc.changed.find(({ child, how }) => {
    const asked = (options & (how === 'stopped' ? WUNTRACED : WCONTINUED)) !== 0;
    return asked && (wanted === NONE || child === wanted);
  });
  return changed?.child ?? NONE;
}

function forget(proc: Proc, child: number): void {
  proc.exited = proc.exited.filter((each) => each !== child);
  proc.children = proc.children.filter((each) => each !== child);
}

function forgetChange(proc: Proc, child: number): void {
  proc.changed = proc.changed.filter((each) => each.child !== child);
}

/** A node has failed: if it was the PM Master's, whoever waits for a child waits in vain. */
export function waitsAreOver(w: OsfWorld, pma: Pma): void {
  if (hasMaster(w, pma)) return;
  const task = at(w.tasks, pma.task);
  for (const proc of select(w.procs, ({ node }) => node === pma.node)) wakeAll(w, task, childrenChannel(proc));
}

export type ChildChange = 'exited' | 'stopped' | 'continued';

/** Body of `vproc.child_exit`. */
export interface ChildReport {
  readonly pid: number;
  readonly child: number;
  readonly how: ChildChange;
}

/** The PM Master's call-back: a child of a process of this node has exited, has stopped, or goes on. */
export const childExit = routine<OsfWorld, ProcessCall>('vproc.child_exit', 'tells a process what became of a child', [
  step('wake the parent if it waits', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    const { child, how } = f.body as ChildReport;
    forgetChange(proc, child);
    if (how !== 'exited') proc.changed.push({ child, how });
    else if (!proc.exited.includes(child)) proc.exited.push(child);
    proc.news++;
    wakeAll(w, at(w.tasks, t.task), childrenChannel(proc));
    accept(proc.signals, SIGCHLD);
    if (takers(proc.signals).length === 0) return;
    call(t, settleSignals, { pid: f.pid, caller: NONE, stopped: 0 } satisfies Settle);
  }),
  step('report', (_w, t) => finish(t, {} satisfies Payload)),
]);
