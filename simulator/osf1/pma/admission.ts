/**
 * Admission: the gate that every request for a process passes before a routine of the PMA executes it.
 *
 * A request reaches the PMA on the port of the process (a system call), on the service port (a vproc operation, from a
 * client stub elsewhere), or from a routine of this PMA itself. Here it is decided what happens to it [mechanisms 5.5]:
 *
 *   the process is not here              answered "absent process": the caller asks the PM Master [5.2]
 *   the vproc is frozen or attaching     kept whole, unanswered, at the end of the queue Q (but see mustPass)
 *   the process is exiting               answered ESRCH
 *   otherwise                            executed, and counted as in progress until it is complete [P5]
 *
 * A system call that only asks for something to be done to another process (kill, killpg, pcntl) is not counted: the state of
 * its caller is not involved, and two processes that signal each other while both are frozen must not wait in a circle.
 */
import { assert } from '../../base/assert.ts';
import { NONE, at } from '../../base/table.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, call, finish, goTo, routine, step } from '../../mach/routine.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import type { Request } from '../../mach/server.ts';
import { wakeAll, type Thread } from '../../mach/thread.ts';
import { tell } from '../../mach/world.ts';
import { callsChannel, procOf, type Proc, type SavedRequest } from '../proc.ts';
import { MAIN } from '../signal-state.ts';
import { vprocOf, type Vproc } from '../vproc.ts';
import type { OsfWorld } from '../world.ts';
import { isGone } from './master-call.ts';
import { pmaOf, procByPort } from './pma.ts';

/** Answer to a request for a process that is not here. */
export const ABSENT = 'absent process';
/** Result of a call within the PMA for a process that is frozen: it has to be asked for by message. */
export const FROZEN = 'frozen';

/** What the routine that executes a request is called with. */
export interface ProcessCall extends Request {
  readonly pid: number;
}

/** Number of the thread of the process that calls. */
export const callerIn = ({ body }: Request): number => (body as { thread?: number } | null)?.thread ?? MAIN;

export interface Admission extends Request {
  /** Known beforehand if the request was forwarded, or comes from this PMA itself. */
  pid?: number;
  /** A call from a routine of this PMA, not a message. */
  local?: boolean;
  /** Why nobody executes it, and its rights that are still to be given up. */
  refused?: { readonly code: string; readonly names: number[] };
}

interface Kind {
  readonly counted: boolean;
  readonly modifiesState: boolean;
  /** It may wait for something that others do, having changed nothing (cancel.ts). */
  readonly waits: boolean;
  /** It waits for a signal and for nothing else: nobody knows whether one ever comes. */
  readonly forSignal: boolean;
}

const changes: Kind = { counted: true, modifiesState: true, waits: false, forSignal: false };
const looks: Kind = { counted: true, modifiesState: false, waits: false, forSignal: false };
const waits: Kind = { counted: true, modifiesState: false, waits: true, forSignal: false };
const waitsForSignal: Kind = { ...waits, forSignal: true };
const forAnother: Kind = { counted: false, modifiesState: false, waits: false, forSignal: false };

/** Every operation on a process. The routine that executes one is the service `local <operation>`. */
export const operations: Readonly<Record<string, Kind>> = {
  'pma.child_init': changes,
  'pma.fork': changes,
  'pma.exec': changes,
  'pma.exit': changes,
  'pma.wait': waits,
  'pma.getpid': looks,
  'pma.getppid': looks,
  'pma.getrusage': looks,
  'pma.times': looks,
  'pma.getrlimit': looks,
  'pma.setrlimit': changes,
  'pma.priority': forAnother,
  'pma.nice': forAnother,
  'vproc.priority': changes,
  'pma.overrun': changes,
  'pma.getuid': looks,
  'pma.least_loaded': looks,
  'pma.place': looks,
  'pma.setuid': changes,
  'vproc.executed': looks,
  'vproc.regrouped': changes,
  'pma.getpgid': looks,
  'pma.setpgid': changes,
  'pma.setsid': changes,
  'pma.kill': forAnother,
  'pma.killpg': forAnother,
  'pma.open_terminal': looks,
  'pma.tcgetpgrp': looks,
  'pma.tcsetpgrp': forAnother,
  'pma.terminal_read': forAnother,
  'pma.sigaction': changes,
  'pma.sigprocmask': changes,
  'pma.sigpending': looks,
  'pma.sigsuspend': waitsForSignal,
  'pma.sigtake': changes,
  'pma.setitimer': changes,
  'pma.thread_create': changes,
  'pma.thread_end': changes,
  'pma.pcntl_migrate': forAnother,
  'pma.pcntl_allow': forAnother,
  'pma.pcntl_join_group': forAnother,
  'pma.pcntl_info': forAnother,
  'vproc.signal': changes,
  'vproc.child_exit': changes,
  'vproc.migrate': forAnother,
  'vproc.promise': forAnother,
  'vproc.unpromise': forAnother,
  'vproc.set_migratable': changes,
  'vproc.join_group': changes,
  'vproc.info': looks,
};

export const admission = routine<OsfWorld, Admission>('pma.admission', 'admits a request for a process', [
  step('find the process and look at its state', (w, t, f) => {
    const pma = pmaOf(w, t);
    const pid = f.pid ?? pidOf(f) ?? procByPort(w, pma, f.arrivedOn)?.pid;
    const vproc = pid === undefined ? null : vprocOf(w, pma.node, pid);
    if (pid === undefined || vproc === null || vproc.operations === 'stub') return absent(w, t, f);
    if (vproc.state !== 'active' && !mustPass(w, vproc, f)) {
      if (f.operation === 'vproc.migrate' || f.operation === 'vproc.promise') return refuse(w, t, f, 'EBUSY');
      if (f.local === true) return refuse(w, t, f, FROZEN);
      vproc.pending.push(save(f, t.activity));
      if (w.setup.watched) tell(w, 'request kept', t.node, null, t.identity, `${f.operation} for ${pid}`);
      return finish(t, null);
    }
    const proc = at(w.procs, vproc.proc);
    if (proc.state === 'exiting') return refuse(w, t, f, 'ESRCH');
    const kind = operations[f.operation];
    const execute = w.setup.services.get(`local ${f.operation}`);
    assert(kind !== undefined && execute !== undefined, 'admission', `no operation ${f.operation}`);
    f.pid = pid;
    if (kind.counted) {
      const request = save(f, t.activity);
      proc.callsInProgress.push({
        thread: t.identity,
        request,
        modifiesState: kind.modifiesState,
        channel: '',
        cancelled: false,
        dropped: false,
      });
    }
    call(t, execute, { ...f, pid } satisfies ProcessCall);
  }),
  step('count it as complete', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid ?? NONE);
    if (proc !== null) completeCall(w, t, proc);
    finish(t, executed(t.result as Payload | null));
  }),
  step('give up the rights that came with it', (w, t, f) => {
    const name = f.refused!.names.shift();
    if (name === undefined) return finish(t, { code: f.refused!.code } satisfies Payload);
    again(t);
    kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
]);

/**
 * A server that the handler has asked may be gone. Said of the request, that would mean that nobody has executed it, and it
 * would be made again [P4].
 */
function executed(result: Payload | null): Payload | null {
  return result !== null && isGone(result.code ?? '') ? { ...result, code: 'EIO' } : result;
}

/** The thread's call does not concern the state of the process any longer. */
export function completeCall(w: OsfWorld, t: Thread, proc: Proc): void {
  const place = proc.callsInProgress.findIndex((each) => each.thread === t.identity);
  if (place < 0) return;
  proc.callsInProgress.splice(place, 1);
  wakeAll(w, at(w.tasks, t.task), callsChannel(proc));
}

/**
 * While the freeze still waits for a call in progress that waits itself (wait, pause), what that call may depend on is let
 * through: the call-back that a child has exited, and signals, because the child that is waited for may be the one that sends
 * them. Kept in the queue they would hold up the freeze for ever. Nothing is copied before the call has ended, so the state is whole;
 * once no call is in progress they are kept like everything else. A task that moves alone leaves such a call behind and awaits
 * none [5.9]: a signal that stopped or continued it would change how often the task is suspended while it is copied.
 */
function mustPass(w: OsfWorld, { awaitsCalls, proc }: Vproc, f: Admission): boolean {
  if (f.operation !== 'vproc.child_exit' && f.operation !== 'vproc.signal') return false;
  return awaitsCalls && at(w.procs, proc).callsInProgress.some(({ request }) => operations[request.operation]?.waits);
}

/** The request as it was received, without what the handler added. */
function save(f: Admission, activity: number): SavedRequest {
  const { operation, body, reply, names, arrivedOn, client } = f;
  return { operation, body, reply, names, arrivedOn, client, activity };
}

/** Operations on a vproc name the process; system calls do not need to. */
function pidOf(f: Admission): number | undefined {
  return f.operation.startsWith('vproc.') ? (f.body as { pid: number }).pid : undefined;
}

/** Nobody executes the request: the rights that it carries are given up before the answer goes out. */
function absent(w: OsfWorld, t: Thread, f: Admission): void {
  if (w.setup.watched) tell(w, ABSENT, t.node, null, t.identity, `${f.operation} for ${f.pid ?? pidOf(f) ?? 'nobody'}`);
  refuse(w, t, f, ABSENT);
}

function refuse(w: OsfWorld, t: Thread, f: Admission, code: string): void {
  f.refused = { code, names: [...f.names] };
  goTo(w, t, 'give up the rights that came with it');
}
