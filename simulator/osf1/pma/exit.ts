/**
 * exit: the end of a process, whether it asked for it or was killed [mechanisms 5.3].
 *
 * Nothing new is accepted for the process. One that is killed executes nothing more, also when a call that it waits in is cut
 * short; calls that change something are waited for. Then everything that it had goes (its open files with its name space, so
 * that the file servers get their no-senders notices), and only then the PM Master is told: whoever waits for the process
 * finds nothing of it left. Requests that were kept for it are answered ESRCH.
 */
import { answer, rpc } from '../../mach/ipc/mach-msg.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, call, finish, goTo, routine, step } from '../../mach/routine.ts';
import { blockOn, threadCreate, threadStart, wakeAll } from '../../mach/thread.ts';
import { hasLostPages } from '../../mach/vm/lost-pages.ts';
import { at, NONE, select } from '../../base/table.ts';
import { clusterOf } from '../configuration.ts';
import type { Ended } from '../ended.ts';
import { report } from '../monitor/monitor.ts';
import { exiting } from '../price.ts';
import { callsChannel, procFree, procNames, procOf, startChannel, totalUsage, userTime, type Proc } from '../proc.ts';
import { vprocFree, vprocOf } from '../vproc.ts';
import type { OsfWorld } from '../world.ts';
import { completeCall, type ProcessCall } from './admission.ts';
import { cancelCalls } from './cancel.ts';
import { MASTER_DOWN, isGone, mustRepeat } from './master-call.ts';
import { pmaOf, type Pma } from './pma.ts';
import { emulatorHere, everythingIn, heldBy, yieldTokens } from './tokens.ts';
import { stopClock } from './timer.ts';
import type { ExitReport } from '../pm-master/exit.ts';
import { releaseHolder } from './vproc-call.ts';

interface Exit {
  readonly pid: number;
  readonly ended: Ended;
  /** It has not asked for it, and its threads are at work. */
  readonly killed: boolean;
  /** Names still to give up. */
  names: number[];
}

/** From the emulator: a message without a reply right, for there is nobody to come back to. */
export const pmaExit = routine<OsfWorld, ProcessCall>('pma.exit', 'ends the calling process', [
  step('end it', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    const ended = f.body as Ended;
    proc.state = 'exiting';
    proc.ended = ended;
    call(t, exitProcess, { pid: f.pid, ended: { ...ended }, killed: false, names: [] } satisfies Exit);
  }),
  step('answer nobody', (_w, t) => finish(t, null)),
]);

/** Ends a process without its asking: a thread of the PMA does it, and whoever sent the signal need not wait. */
export function kill(w: OsfWorld, pma: Pma, proc: Proc, ended: Ended): void {
  // Who waits until it has been made waits for nothing any more.
  if (proc.state === 'creating') wakeAll(w, at(w.tasks, pma.task), startChannel(proc));
  proc.state = 'exiting';
  proc.ended = ended;
  const t = threadCreate(w, at(w.tasks, pma.task), at(w.tasks, pma.task).name);
  t.activity = proc.activity;
  call(t, exitProcess, { pid: proc.pid, ended: { ...ended }, killed: true, names: [] } satisfies Exit);
  proc.callsInProgress.push({
    thread: t.identity,
    request: {
      operation: 'pma.exit',
      body: { ...ended },
      reply: NONE,
      names: [],
      arrivedOn: NONE,
      client: NONE,
      activity: t.activity,
    },
    modifiesState: true,
    channel: '',
    cancelled: false,
    dropped: false,
  });
  threadStart(w, t);
}

/** It will touch a page that is lost, sooner or later, and the cluster does not wait for that [mechanisms 5.6]. */
export function isDoomed(w: OsfWorld, { pid, node }: Proc): boolean {
  if (!clusterOf(w).endsAtOnce) return false;
  const task = select(w.tasks, (each) => each.pid === pid && each.node === node)[0];
  return task !== undefined && hasLostPages(w, task);
}

/** What the PM Master is told of the end of a process. From now on its children are init's. */
export function reportOf(w: OsfWorld, proc: Proc, ended: Ended): ExitReport {
  const { pid, node, migrations, signals, name, relations, children } = proc;
  const usage = totalUsage(w, proc) + proc.usage.children;
  const computed = userTime(w, proc) + proc.usage.computed.children;
  proc.children = [];
  proc.exited = [];
  proc.changed = [];
  const { parent } = relations;
  const { delivered } = signals;
  return {
    ...{ pid, name, parent, node, ended },
    ...{ usage, computed, migrations, delivered, children },
  };
}

export interface TellOfEnd {
  readonly report: ExitReport;
}

export const tellOfEnd = routine<OsfWorld, TellOfEnd>(
  'pma.tell_of_end',
  'tells the PM Master that a process has ended',
  [
    step('send the report', (w, t, f) => rpc(w, t, pmaOf(w, t).master, 'pmm.exit', { body: f.report })),
    step('keep it if nobody takes it', (w, t, f) => {
      const pma = pmaOf(w, t);
      if (mustRepeat(w, pma, t.code)) return goTo(w, t, 'send the report');
      if (isGone(t.code) || t.code === MASTER_DOWN) pma.untold.push(f.report);
      finish(t, null);
    }),
  ],
);

export const exitProcess = routine<OsfWorld, Exit>('pma.exit_process', 'gives up everything that a process has', [
  step('stop it, if it is killed', (w, t, f) => {
    if (f.killed) kernelCall(w, t, procOf(w, t.node, f.pid)!.names.task, 'task_suspend');
  }),
  step('wait for the calls of its other threads', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    cancelCalls(w, proc, t.task);
    // One of them may be an exec, which waits for calls, too.
    if (proc.signals.further.length > 0) wakeAll(w, at(w.tasks, t.task), callsChannel(proc));
    if (proc.callsInProgress.every((each) => each.thread === t.identity)) return;
    blockOn(w, t, callsChannel(proc));
    again(t);
  }),
  step('do the bookkeeping of an exit', exiting),
  step('stop it, if it holds tokens of files', (w, t, f) => {
    if (heldBy(emulatorHere(w, t.node, f.pid), false).length === 0) return goTo(w, t, 'release the credentials');
    if (f.killed) return;
    kernelCall(w, t, procOf(w, t.node, f.pid)!.names.task, 'task_suspend');
  }),
  step('give them back, with what it has written', (w, t, f) => {
    call(t, yieldTokens, everythingIn(f.pid, heldBy(emulatorHere(w, t.node, f.pid), false)));
  }),
  step('release the credentials', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    const body = { pid: f.pid, usage: totalUsage(w, proc) };
    rpc(w, t, proc.names.credentials, 'credentials.release', { body });
  }),
  step('end the task', (w, t, f) => kernelCall(w, t, procOf(w, t.node, f.pid)!.names.task, 'task_terminate')),
  step('choose the capabilities to give up', (w, t, f) => {
    const pma = pmaOf(w, t);
    stopClock(w, procOf(w, t.node, f.pid)!);
    f.names = [...ownNames(w, pma, procOf(w, t.node, f.pid)!), ...releaseHolder(w, t.node, f.pid)];
  }),
  step('give up the capabilities', (w, t, f) => {
    const name = f.names.shift();
    if (name === undefined) return;
    again(t);
    kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
  step('destroy the per-process port', (w, t, f) => {
    const { processPort } = procOf(w, t.node, f.pid)!;
    kernelCall(w, t, pmaOf(w, t).self, 'mach_port_destroy', { body: { name: processPort } });
  }),
  step('make a report of it', (w, t, f) => {
    call(t, tellOfEnd, { report: reportOf(w, procOf(w, t.node, f.pid)!, f.ended) } satisfies TellOfEnd);
  }),
  step('tell the statistics monitor', (w, t, f) => {
    const { pid, name, created, migrations, usage } = procOf(w, t.node, f.pid)!;
    const used = totalUsage(w, procOf(w, t.node, f.pid)!) + usage.children;
    const body = { pid, name, node: t.node, ...f.ended, execution: w.time - created, usage: used, migrations };
    report(w, t, pmaOf(w, t), 'monitor.process', body);
  }),
  step('refuse what was kept for it', (w, t, f) => {
    const kept = vprocOf(w, t.node, f.pid)!.pending.shift();
    if (kept === undefined) return goTo(w, t, 'put it on the free list');
    f.names = [...kept.names];
    if (kept.reply !== NONE) answer(w, t, kept.reply, { code: 'ESRCH' });
  }),
  step('give up the rights that came with it', (w, t, f) => {
    const name = f.names.shift();
    if (name === undefined) return goTo(w, t, 'refuse what was kept for it');
    again(t);
    kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
  step('put it on the free list', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    completeCall(w, t, proc);
    const pma = pmaOf(w, t);
    const { outgoing } = pma;
    const promised = outgoing.findIndex(({ pid }) => pid === f.pid);
    if (promised >= 0) outgoing.splice(promised, 1);
    vprocFree(w, vprocOf(w, t.node, f.pid)!);
    procFree(w, pma, proc);
    finish(t, null);
  }),
]);

/**
 * The capabilities that the PMA holds for this process alone. Directories, terminal and credentials entry are shared:
 * one name, for as long as a process of this node (or the PMA itself) uses it.
 */
export function ownNames(w: OsfWorld, pma: Pma, proc: Proc): number[] {
  const kept = new Set([pma.user, pma.root, pma.directory, pma.terminal, NONE]);
  for (const other of w.procs.rows) {
    if (!other.live || other.id === proc.id || other.node !== proc.node) continue;
    for (const name of procNames) kept.add(other.names[name]);
  }
  return procNames.map((name) => proc.names[name]).filter((name) => !kept.has(name));
}
