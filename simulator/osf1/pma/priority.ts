/**
 * nice, getpriority and setpriority [mechanisms 5.2: "priority" is an operation on a vproc]. How nice a process is belongs to
 * its local state; the kernel shares the processor out by the priority of its threads.
 *
 *   one process     an operation on its vproc, wherever it is
 *   a group         the PM Master says who its members are; then as for one
 *   a user          the credentials server says which processes act as the user; then as for one
 *
 * The PMA of the process decides: EPERM for the process of another user, EACCES for who would be less nice than before.
 */
import { NONE, at } from '../../base/table.ts';
import { bootRight } from '../../dipc/boot.ts';
import { HOST_PORT, hostPort } from '../../dipc/special-ports.ts';
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { call, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import { USER_PRIORITY } from '../../mach/schedule.ts';
import type { ProcessesOf, UserOf } from '../credentials/holders.ts';
import { basePriority, niceWithin, type Whose } from '../priority.ts';
import { procOf } from '../proc.ts';
import { SUPERUSER } from '../users.ts';
import type { OsfWorld } from '../world.ts';
import type { ProcessCall } from './admission.ts';
import { MASTER_DOWN, isGone } from './master-call.ts';
import { pmaOf } from './pma.ts';
import { vprocCall } from './vproc-call.ts';

/** Body of `pma.priority`: `value` is null for getpriority. */
export interface Priority {
  readonly which: Whose;
  /** A pid, a group or a user; 0 is the caller's. */
  readonly who: number;
  readonly value: number | null;
}

/** Body of `vproc.priority`: what is wanted, and who wants it; nice adds to what there is. */
interface PriorityOf {
  readonly pid: number;
  readonly value: number | null;
  readonly increment: boolean;
  readonly uid: number;
  readonly realUid: number;
}

/** What all of them answer. */
export interface Nice {
  readonly nice: number;
}

interface PriorityCall extends ProcessCall {
  pids?: number[];
  /** The caller's users: it may move, or end, before all have been reached. */
  users?: Pick<PriorityOf, 'uid' | 'realUid'>;
  /** The least nice of them, and the error if there is one. */
  nice?: number;
  code?: string;
}

const priority = routine<OsfWorld, PriorityCall>('pma.priority', 'asks how nice processes are, or makes them so', [
  step('find out who they are', (w, t, f) => {
    const { which, who } = f.body as Priority;
    const { uid, realUid, names } = procOf(w, t.node, f.pid)!;
    f.users = { uid, realUid };
    f.code = 'ESRCH';
    if (which === 'user') {
      const body: UserOf = { uid: who === 0 ? uid : who, as: 'effective' };
      return rpc(w, t, names.credentials, 'credentials.processes', { body });
    }
    f.pids = [who === 0 ? f.pid : who];
    if (which === 'process') return goTo(w, t, 'operate on the next vproc');
    if (who === 0) rpc(w, t, pmaOf(w, t).master, 'pmm.get_group', { body: { pid: f.pid, of: f.pid } });
    else [t.code, t.body] = ['KERN_SUCCESS', { group: who }];
  }),
  step('ask for the members of the group', (w, t, f) => {
    const { which } = f.body as Priority;
    if (which === 'group' && t.code === 'KERN_SUCCESS') {
      rpc(w, t, pmaOf(w, t).master, 'pmm.members', { body: { group: (t.body as { group: number }).group } });
    }
  }),
  step('look at the list', (_w, t, f) => {
    f.pids = t.code === 'KERN_SUCCESS' ? [...(t.body as ProcessesOf).pids] : [];
    if (isGone(t.code)) f.code = MASTER_DOWN;
  }),
  step('operate on the next vproc', (_w, t, f) => {
    const pid = f.pids!.shift();
    if (pid === undefined) return finish(t, outcome(f));
    const { value } = f.body as Priority;
    vprocCall(t, f.pid, 'vproc.priority', { pid, value, increment: false, ...f.users! } as PriorityOf);
  }),
  step('remember its answer', (w, t, f) => {
    const { code = 'KERN_SUCCESS', body } = t.result as Payload;
    const answered = body as Nice | undefined;
    if (answered?.nice !== undefined) f.nice = Math.min(answered.nice, f.nice ?? answered.nice);
    if (code === 'EPERM' || code === 'EACCES') f.code = code;
    else if (answered?.nice !== undefined && f.code === 'ESRCH') f.code = 'KERN_SUCCESS';
    goTo(w, t, 'operate on the next vproc');
  }),
]);

function outcome({ code, nice }: PriorityCall): Payload {
  return code === 'KERN_SUCCESS' ? { body: { nice: nice! } satisfies Nice } : { code: code! };
}

/** nice: the caller itself; what would be EACCES is EPERM here. */
const nice = routine<OsfWorld, ProcessCall>('pma.nice', 'makes the calling process nicer', [
  step('operate on the own vproc', (w, t, f) => {
    const { uid, realUid } = procOf(w, t.node, f.pid)!;
    const { increment: value } = f.body as { readonly increment: number };
    vprocCall(t, f.pid, 'vproc.priority', { pid: f.pid, value, increment: true, uid, realUid } as PriorityOf);
  }),
  step('report', (_w, t) => {
    const { code, body } = t.result as Payload;
    finish(t, code === 'EACCES' ? { code: 'EPERM' } : ({ code: code ?? 'KERN_SUCCESS', body } satisfies Payload));
  }),
]);

/** At the PMA of the process. */
const priorityHere = routine<OsfWorld, ProcessCall>('vproc.priority', 'says how nice a process is, or makes it so', [
  step('see whether it may be', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid);
    const { value, increment, uid, realUid } = f.body as PriorityOf;
    if (proc === null || proc.state === 'exiting') return finish(t, { code: 'ESRCH' } satisfies Payload);
    if (value === null) return finish(t, { body: { nice: proc.nice } satisfies Nice } satisfies Payload);
    const wanted = niceWithin(increment ? proc.nice + value : value);
    if (uid !== SUPERUSER && proc.uid !== uid && proc.uid !== realUid) {
      return finish(t, { code: 'EPERM' } satisfies Payload);
    }
    if (wanted < proc.nice && uid !== SUPERUSER) return finish(t, { code: 'EACCES' } satisfies Payload);
    proc.nice = wanted;
    call(t, schedule, scheduling(proc.names.task, wanted));
  }),
  step('report', (w, t, f) => {
    const proc = procOf(w, t.node, f.pid);
    finish(t, (proc === null ? { code: 'ESRCH' } : { body: { nice: proc.nice } }) satisfies Payload);
  }),
]);

export interface Scheduling {
  /** Name of the task. */
  readonly task: number;
  readonly nice: number;
  /** Names of the host port and of the threads; to be given up. */
  host: number;
  threads: number[];
}

export const scheduling = (task: number, nice: number): Scheduling => ({ task, nice, host: NONE, threads: [] });

/**
 * Gives the threads of a task the priority for it. A better one than a user's the kernel gives only who has a right to the
 * host port of the node, and thread by thread; so a process whose task was moved alone gets none.
 */
export const schedule = routine<OsfWorld, Scheduling>('pma.schedule', 'gives a process its priority', [
  step('tell the kernel', (w, t, f) => {
    const priority = basePriority(f.nice);
    if (priority < USER_PRIORITY) return goTo(w, t, 'ask for its threads');
    kernelCall(w, t, f.task, 'task_priority', { body: { priority, changeThreads: true } });
  }),
  step('be done', (_w, t) => finish(t)),
  step('ask for its threads', (w, t, f) => kernelCall(w, t, f.task, 'task_threads')),
  step('let each have a better priority', (w, t, f) => {
    const { task, node } = pmaOf(w, t);
    f.threads = [...t.names];
    f.host = bootRight(w, hostPort(w, node, node, HOST_PORT), at(w.tasks, task));
  }),
  step('raise the best that the next may have', (w, t, f) => {
    const thread = f.threads[0];
    if (thread === undefined) return goTo(w, t, 'give up the host port');
    const rights = [{ name: f.host, disposition: COPY_SEND }];
    kernelCall(w, t, thread, 'thread_max_priority', { body: { maxPriority: basePriority(f.nice) }, rights });
  }),
  step('and give it that', (w, t, f) => {
    kernelCall(w, t, f.threads[0]!, 'thread_priority', { body: { priority: basePriority(f.nice), setMax: false } });
  }),
  step('give up the right to it', (w, t, f) => {
    kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name: f.threads.shift()! } });
  }),
  step('go on with the next', (w, t) => goTo(w, t, 'raise the best that the next may have')),
  step('give up the host port', (w, t, f) => {
    kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name: f.host } });
  }),
]);

export const priorityCalls: readonly Routine[] = [priority, nice, priorityHere];
