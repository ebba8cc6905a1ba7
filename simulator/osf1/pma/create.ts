/**
 * Making a process: what fork does for a running process and spawn does from the emulator template [mechanisms 5.3].
 *
 *   PM Master     alloc_pid; register the child, with the capability of this PMA        2 RPCs, 1 right
 *   credentials   dup                                                                   1 RPC
 *                 (EAGAIN if its user has as many processes as the limit says: the pid is given up)
 *   kernel        task_create (cloned, memory copy-on-write), two threads, the main thread's state,
 *                 the per-process port and its place in the set, the eight rights under the emulator's names, resume
 *
 * The child is on the active list, `creating`, before anybody can learn its pid; its emulator reports with child_init.
 */
import { openAccount } from '../../base/ledger.ts';
import { forking } from '../price.ts';
import { copy } from '../../base/plain.ts';
import { NONE, at, select } from '../../base/table.ts';
import type { Carried, Payload } from '../../mach/ipc/mach-msg.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND, MAKE_SEND, destinationOf } from '../../mach/ipc/right.ts';
import { DEAD_NAME, lookup } from '../../mach/ipc/space.ts';
import type { Task } from '../../mach/task.ts';
import type { Thread } from '../../mach/thread.ts';
import type { NormaTask } from '../../xmm/norma.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { call, finish, goTo, routine, step, type Frame } from '../../mach/routine.ts';
import { tell } from '../../mach/world.ts';
import { emulatorSignals } from '../emulator/signals.ts';
import {
  CREDENTIALS,
  CURRENT_DIRECTORY,
  MAIN_THREAD,
  PROCESS_PORT,
  ROOT_DIRECTORY,
  SIGNAL_THREAD,
  TASK_SELF,
  TERMINAL,
  type EmulatorState,
} from '../emulator/state.ts';
import { lostWithNode } from '../ended.ts';
import { RLIM_INFINITY, emulatorLimits, type Limits } from '../limits.ts';
import type { Dup } from '../credentials/holders.ts';
import { isOnly } from '../pm-master/owner.ts';
import type { Born, NewProcess } from '../pm-master/pids.ts';
import { procAllocate, procOf } from '../proc.ts';
import type { Relations } from '../proc.ts';
import type { Signals } from '../signal-state.ts';
import { becomeLocal, vprocAllocate, vprocOf } from '../vproc.ts';
import { SUPERUSER, USER } from '../users.ts';
import type { OsfWorld } from '../world.ts';
import { kill } from './exit.ts';
import type { Users } from './identity-change.ts';
import { isGone, mustRepeat } from './master-call.ts';
import { pmaOf } from './pma.ts';
import { schedule, scheduling } from './priority.ts';

/** A right that the child gets, under the emulator's name for it. */
interface Inherited extends Carried {
  readonly as: number;
}

export interface Create extends Users {
  readonly parent: number;
  readonly program: string;
  readonly migrationGroup: number;
  /** Name, in the PMA's space, of the task that is cloned. */
  readonly from: number;
  /** That task is on another node: its memory is inherited by reference [mechanisms 3.4]. */
  readonly remote: boolean;
  readonly credentials: number;
  readonly root: number;
  readonly directory: number;
  readonly terminal: number;
  /** Registers of the child's main thread. */
  readonly frames: readonly Frame[];
  /** The emulator's memory, as the child is to find it. */
  readonly emulator: EmulatorState;
  /** Rights of open files, which came with the request. */
  readonly files: readonly Inherited[];
  readonly signals: Signals;
  readonly limits: Limits;
  readonly nice: number;
  // What has been made so far.
  pid: number;
  relations: Relations | null;
  task: number;
  mainThread: number;
  signalThread: number;
  processPort: number;
  activity: number;
  thread: number;
  readonly rights: Inherited[];
  /** Name of the one that was given last. */
  given: number;
  /** The credentials server was down when it should have heard of the process. */
  unknown?: boolean;
}

/** The task on this node whose kernel port the name denotes. */
function taskNamed(w: OsfWorld, t: Thread, name: number): Task {
  const { port } = lookup(at(w.tasks, t.task).space, name)!;
  return select(w.tasks, ({ self }) => self === port)[0]!;
}

/**
 * Name of the right to its entry: its parent's, whose name is another one if the credentials server has come back meanwhile
 * (holders.ts).
 */
function credentialsOf(w: OsfWorld, t: Thread, { uid, parent, credentials, remote }: Create): number {
  const maker = remote ? null : procOf(w, t.node, parent);
  if (isOnly(w) && uid === USER) return pmaOf(w, t).user;
  return isOnly(w) && maker?.uid === uid ? maker.names.credentials : credentials;
}

/** What a new creation starts with; the rest is given by the caller. */
export const nothingMade = {
  given: NONE,
  pid: NONE,
  relations: null,
  task: NONE,
  mainThread: NONE,
  signalThread: NONE,
  processPort: NONE,
  activity: NONE,
  thread: NONE,
} as const;

/** Finishes with a Payload: `{ body: { pid } }`, or a code. */
export const createProcess = routine<OsfWorld, Create>('pma.create', 'makes a process', [
  step('do the bookkeeping of a new process', forking),
  step('get a pid from the PM Master', (w, t, f) => {
    const { master, node } = pmaOf(w, t);
    const body: NewProcess = { parent: f.parent, name: f.program, node };
    rpc(w, t, master, 'pmm.alloc_pid', { body });
  }),
  step('share the credentials', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, { code: 'EAGAIN' } satisfies Payload);
    const { pid, group, session } = t.body as Born;
    f.pid = pid;
    f.relations = { parent: f.parent, group, session };
    const limit = f.uid === SUPERUSER ? RLIM_INFINITY : f.limits.nproc.soft;
    const body: Dup = { pid: f.pid, user: f.realUid, node: t.node, limit };
    rpc(w, t, credentialsOf(w, t, f), 'credentials.dup', { body });
  }),
  step('make the task', (w, t, f) => {
    f.unknown = isGone(t.code);
    if (t.code === 'EAGAIN') return goTo(w, t, 'give its pid up');
    f.activity = openAccount(w.ledger, `${f.program} (pid ${f.pid})`, f.pid).id;
    const { pid, activity, program: name } = f;
    if (f.remote) {
      const body: NormaTask = { node: pmaOf(w, t).node, name, inherit: true, activity };
      return kernelCall(w, t, f.from, 'norma_task_create', { body });
    }
    kernelCall(w, t, f.from, 'task_create', { body: { name, kind: 'process', inherit: true, pid, activity } });
  }),
  step('make its main thread', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return goTo(w, t, 'give the credentials back');
    f.task = t.names[0]!;
    // The emulator's memory came with the regions; the simulator keeps it beside them.
    const task = f.remote ? taskNamed(w, t, f.task) : at(w.tasks, (t.body as { task: number }).task);
    task.pid = f.pid;
    task.emulator = { ...copy(f.emulator), limits: emulatorLimits(f.limits, 0) } satisfies EmulatorState;
    if (f.remote) tell(w, 'remote fork', t.node, null, t.identity, `the task of pid ${f.pid} is made`);
    kernelCall(w, t, f.task, 'thread_create', { body: { name: 'main', frames: [] } });
  }),
  step('make its signal thread', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return goTo(w, t, 'give the credentials back');
    f.mainThread = t.names[0]!;
    f.thread = (t.body as { identity: number }).identity;
    const frames: Frame[] = [{ routine: emulatorSignals.index, step: 0, current: 0, data: {} }];
    kernelCall(w, t, f.task, 'thread_create', { body: { name: 'signals', frames } });
  }),
  step('set the state of the main thread', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return goTo(w, t, 'give the credentials back');
    f.signalThread = t.names[0]!;
    kernelCall(w, t, f.mainThread, 'thread_set_state', { body: { frames: f.frames } });
  }),
  step('make its per-process port', (w, t, f) => {
    kernelCall(w, t, pmaOf(w, t).self, 'mach_port_allocate', { body: { label: `pid ${f.pid}@pma` } });
  }),
  step('receive on that port', (w, t, f) => {
    f.processPort = (t.body as { name: number }).name;
    const { self, set } = pmaOf(w, t);
    f.rights.push(
      { as: TASK_SELF, name: f.task, disposition: COPY_SEND },
      { as: MAIN_THREAD, name: f.mainThread, disposition: COPY_SEND },
      { as: SIGNAL_THREAD, name: f.signalThread, disposition: COPY_SEND },
      { as: PROCESS_PORT, name: f.processPort, disposition: MAKE_SEND },
      { as: CREDENTIALS, name: credentialsOf(w, t, f), disposition: COPY_SEND },
      { as: ROOT_DIRECTORY, name: f.root, disposition: COPY_SEND },
      { as: CURRENT_DIRECTORY, name: f.directory, disposition: COPY_SEND },
      { as: TERMINAL, name: f.terminal, disposition: COPY_SEND },
      ...f.files,
    );
    kernelCall(w, t, self, 'mach_port_move_member', { body: { member: f.processPort, set } });
  }),
  step('give it its rights', (w, t, f) => {
    const right = f.rights.shift();
    if (right === undefined) return goTo(w, t, 'put it on the active list');
    f.given = right.as;
    kernelCall(w, t, f.task, 'mach_port_insert_right', { body: { name: right.as }, rights: [right] });
  }),
  step('have a dead name where a right has died', (w, t, f) => {
    goTo(w, t, 'give it its rights');
    if (t.code !== 'KERN_INVALID_CAPABILITY') return;
    const urefs = 1 + f.rights.filter(({ as }) => as === f.given).length;
    kernelCall(w, t, f.task, 'mach_port_allocate_name', { body: { name: f.given, right: DEAD_NAME, urefs } });
  }),
  step('put it on the active list', (w, t, f) => {
    const pma = pmaOf(w, t);
    const proc = procAllocate(w, pma, f.pid);
    proc.name = f.program;
    Object.assign(proc, { uid: f.uid, realUid: f.realUid, savedUid: f.savedUid } satisfies Users);
    proc.relations = f.relations!;
    proc.migrationGroup = f.migrationGroup;
    proc.signals = f.signals;
    proc.limits = f.limits;
    proc.nice = f.nice;
    proc.activity = f.activity;
    proc.processPort = f.processPort;
    const { task, mainThread, signalThread, root, directory, terminal } = f;
    const credentials = credentialsOf(w, t, f);
    Object.assign(proc.names, { task, mainThread, signalThread, credentials, root, directory, terminal });
    becomeLocal(vprocOf(w, pma.node, f.pid) ?? vprocAllocate(w, pma.node, f.pid), proc.id);
    if (f.remote) tell(w, 'remote fork', t.node, null, t.identity, `pid ${f.pid} is on the active list`);
    w.notices.push({ kind: 'spawned', pid: f.pid, node: at(w.nodes, pma.node).name, thread: f.thread });
  }),
  step('register it', (w, t, f) => {
    const { master, node, service } = pmaOf(w, t);
    const body = { pid: f.pid, node, name: f.program, relations: f.relations! };
    rpc(w, t, master, 'pmm.register', { body, rights: [{ name: service, disposition: MAKE_SEND }] });
  }),
  step('see that the PM Master knows', (w, t) => {
    if (mustRepeat(w, pmaOf(w, t), t.code)) goTo(w, t, 'register it');
  }),
  step('tell a credentials server that has come back meanwhile', (w, t, f) => {
    const name = credentialsOf(w, t, f);
    if (f.unknown !== true || destinationOf(w, at(w.tasks, t.task), name) === NONE) return;
    const body: Dup = { pid: f.pid, user: f.realUid, node: t.node, limit: RLIM_INFINITY };
    rpc(w, t, name, 'credentials.dup', { body });
  }),
  step('be as nice as its parent', (_w, t, f) => {
    if (f.nice !== 0) call(t, schedule, scheduling(f.task, f.nice));
  }),
  step('let it run', (w, t, f) => kernelCall(w, t, f.mainThread, 'thread_resume')),
  step('report the pid', (w, t, f) => {
    // Its task was made on another node, beside its parent's, and that node has failed meanwhile.
    const proc = procOf(w, t.node, f.pid);
    if (proc !== null && t.code === 'MACH_SEND_INVALID_DEST') kill(w, pmaOf(w, t), proc, lostWithNode());
    finish(t, { body: { pid: f.pid } } satisfies Payload);
  }),
  step('give the credentials back', (w, t, f) => {
    rpc(w, t, credentialsOf(w, t, f), 'credentials.release', { body: { pid: f.pid, usage: 0 } });
  }),
  step('give its pid up', (w, t, f) => rpc(w, t, pmaOf(w, t).master, 'pmm.free_pid', { body: { pid: f.pid } })),
  step('say that there is none', (_w, t) => finish(t, { code: 'EAGAIN' } satisfies Payload)),
]);
