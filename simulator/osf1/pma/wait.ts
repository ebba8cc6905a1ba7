/**
 * wait: until a child has exited, and what became of it [mechanisms 5.3].
 *
 * The PMA knows the children of its processes and is called back by the PM Master when one of them exits, so it need
 * not ask for what cannot be there yet. Then the PM Master says which child it was, and gives the pid up.
 *
 * Without the PM Master nobody says who has exited, and nobody knows what became of it: there is nothing to wait for.
 *
 * While it waits the call has changed nothing: a migration may cancel it, and the request is executed again, from the
 * head of the queue, wherever the process is then [mechanisms 5.5, option B].
 */
import { NONE, at, select } from '../../base/table.ts';
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { lookup } from '../../mach/ipc/space.ts';
import { again, finish, routine, step } from '../../mach/routine.ts';
import { blockOn, wakeAll, type Thread } from '../../mach/thread.ts';
import type { Ended } from '../ended.ts';
import { INIT } from '../pm-master/entry.ts';
import type { Reaped } from '../pm-master/relations.ts';
import { childrenChannel, procOf, type Proc } from '../proc.ts';
import { vprocOf } from '../vproc.ts';
import type { OsfWorld } from '../world.ts';
import type { ProcessCall } from './admission.ts';
import { pmaOf, type Pma } from './pma.ts';

/** Body of `pma.wait`: the child to wait for, or NONE for any. */
export interface Wait {
  readonly pid: number;
}

/** What wait answers. */
export interface Waited extends Ended {
  readonly pid: number;
}

interface WaitCall extends ProcessCall {
  child?: number;
}

export const pmaWait = routine<OsfWorld, WaitCall>('pma.wait', 'waits for the exit of a child', [
  step('wait until a child has exited', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    if (wasCancelled(w, t, proc)) return;
    const wanted = (f.body as Wait).pid;
    const exited = wanted === NONE ? proc.exited[0] : proc.exited.find((each) => each === wanted);
    if (exited !== undefined) {
      f.child = exited;
      return;
    }
    const hopeless = wanted === NONE ? proc.children.length === 0 : !proc.children.includes(wanted);
    if ((hopeless && f.pid !== INIT) || !hasMaster(w, pmaOf(w, t))) return finish(t, noChild);
    blockOn(w, t, childrenChannel(proc));
    again(t);
  }),
  step('find the child', (w, t, f) => {
    rpc(w, t, pmaOf(w, t).master, 'pmm.find_child', { body: { pid: f.pid, child: f.child! } });
  }),
  step('reap it', (w, t, f) => {
    rpc(w, t, pmaOf(w, t).master, 'pmm.reap', { body: { pid: f.pid, child: f.child! } });
  }),
  step('report its status', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    const child = f.child!;
    proc.exited = proc.exited.filter((each) => each !== child);
    proc.children = proc.children.filter((each) => each !== child);
    if (t.code !== 'KERN_SUCCESS') return finish(t, noChild);
    const { status, signal, lost, usage } = t.body as Reaped;
    proc.usage.children += usage;
    finish(t, { body: { pid: child, status, signal, lost } satisfies Waited } satisfies Payload);
  }),
]);

const noChild: Payload = { code: 'ECHILD' };

/** A cancelled call ends: its request goes back to the head of the queue, or nowhere if the process is exiting. */
function wasCancelled(w: OsfWorld, t: Thread, proc: Proc): boolean {
  const mine = proc.callsInProgress.find((each) => each.thread === t.identity);
  if (mine?.cancelled !== true) return false;
  const vproc = vprocOf(w, proc.node, proc.pid)!;
  if (proc.state === 'exiting') finish(t, { code: 'EINTR' } satisfies Payload);
  else {
    vproc.pending.unshift(mine.request);
    finish(t, null);
  }
  return true;
}

/** Asks the calls that may be cancelled to put their requests back; they do it in events of their own. */
export function cancelCalls(w: OsfWorld, proc: Proc, pmaTask: number): void {
  for (const each of proc.callsInProgress) if (each.request.operation === 'pma.wait') each.cancelled = true;
  wakeAll(w, at(w.tasks, pmaTask), childrenChannel(proc));
}

/** A node has failed: if it was the PM Master's, whoever waits for a child waits in vain. */
export function waitsAreOver(w: OsfWorld, pma: Pma): void {
  if (hasMaster(w, pma)) return;
  const task = at(w.tasks, pma.task);
  for (const proc of select(w.procs, ({ node }) => node === pma.node)) wakeAll(w, task, childrenChannel(proc));
}

function hasMaster(w: OsfWorld, { task, master }: Pma): boolean {
  const entry = lookup(at(w.tasks, task).space, master);
  return entry !== null && entry.port !== NONE && at(w.ports, entry.port).active;
}

/** The PM Master's call-back: a child of a process of this node has exited. */
export const childExit = routine<OsfWorld, ProcessCall>('vproc.child_exit', 'tells a process that a child has exited', [
  step('wake the parent if it waits', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid)!;
    const { child } = f.body as { child: number };
    if (!proc.exited.includes(child)) proc.exited.push(child);
    wakeAll(w, at(w.tasks, t.task), childrenChannel(proc));
    finish(t, {} satisfies Payload);
  }),
]);
