/**
 * The simple migration server: moves a Mach task, by copy-on-reference [mechanisms 4.2, 4.5; paper 2.3].
 *
 * It is a routine that an agent's thread performs; the agent is on the destination and pulls. The order of the steps is
 * forced: threads must stand at clean points before receive rights move; sets and receive rights come before send
 * rights; kernel ports move when nobody needs the old task by its port any more; threads come last.
 *
 *   before  the task's node still has all of it; any failure undoes what was built here: the task goes on there
 *   commit  the first receive right is about to move [4.6]
 *   after   the task is here, suspended; the husk is gone; pages stay at the source until they are touched [T2, T4]
 */
import { PROCESSOR } from '../../base/ledger.ts';
import { NONE, at } from '../../base/table.ts';
import { MOVE_RECEIVE } from '../../mach/ipc/right.ts';
import { DEAD_NAME, PORT_SET, RECEIVE, SEND, SEND_ONCE } from '../../mach/ipc/space.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { EXC_MASK_ALL } from '../../mach/exception-ports.ts';
import type { NameAndType } from '../../mach/kernel-services/port-services.ts';
import {
  TASK_BOOTSTRAP_PORT,
  type ExceptionPorts,
  type ThreadSpecialPorts,
} from '../../mach/kernel-services/special-port-services.ts';
import type { TaskInfo } from '../../mach/kernel-services/task-services.ts';
import type { ThreadState } from '../../mach/kernel-services/thread-services.ts';
import { charge } from '../../mach/processor.ts';
import { call, finish, goTo, routine, step } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import type { MigrationWorld } from '../record.ts';
import { importRegion, importing } from './import-region.ts';
import { moveName, movingName } from './move-name.ts';
import { keptExceptionPorts, keptPort, keptThreadPorts, setKept, type KeptPort } from './kept-ports.ts';
import { moveThread, movingThread } from './move-thread.ts';

export interface TaskMigration {
  /** Row of the migration's record. */
  readonly migration: number;
  /** Names, in the agent's space, of the task's kernel port and of the agent's own. */
  readonly task: number;
  readonly agentSelf: number;
  info: TaskInfo | null;
  /** Name of the new task's kernel port, until the old one has taken its place. */
  made: number;
  husk: number;
  readonly threads: number[];
  readonly states: ThreadState[];
  /** How many regions, names (in the order of `order`) and threads are done. */
  done: number;
  names: NameAndType[];
  /** Of each thread, the ports that are its own and must be set again. */
  readonly kept: KeptPort[][];
  /** Names of copies still to be forgotten; ports of the task still to be set again. */
  surplus: number[];
  special: KeptPort[];
  failure: string;
}

/** What the routine finishes with. `task` and `threads` name the same ports as before, which are now served here. */
export interface TaskMigrationResult {
  readonly code: string;
  readonly task: number;
  readonly threads: readonly number[];
}

export function migratingTask(migration: number, task: number, agentSelf: number): TaskMigration {
  return {
    migration,
    task,
    agentSelf,
    info: null,
    made: NONE,
    husk: NONE,
    threads: [],
    states: [],
    done: 0,
    names: [],
    kept: [],
    surplus: [],
    special: [],
    failure: '',
  };
}

type Sms = (w: MigrationWorld, t: Thread, f: TaskMigration) => void;

/** A step that is performed only if what came before it went well. */
function after(name: string, perform: Sms): ReturnType<typeof step<MigrationWorld, TaskMigration>> {
  return step(name, (w, t, f) => {
    if (t.code === 'KERN_SUCCESS') return perform(w, t, f);
    f.failure = t.code;
    goTo(w, t, 'undo what was built');
  });
}

export const smsRoutine = routine<MigrationWorld, TaskMigration>('sms', 'the simple migration server moves a task', [
  step('suspend the task', (w, t, f) => {
    at(w.migrations, f.migration).step = 10;
    kernelCall(w, t, f.task, 'task_suspend');
  }),
  after('ask what it is', (w, t, f) => kernelCall(w, t, f.task, 'task_info')),
  after('list its threads', (w, t, f) => {
    f.info = t.body as TaskInfo;
    kernelCall(w, t, f.task, 'task_threads');
  }),
  after('keep their ports', (_w, t, f) => void f.threads.push(...t.names)),
  step('bring a thread to a clean point', (w, t, f) => {
    const thread = f.threads[f.states.length];
    if (thread === undefined) return goTo(w, t, 'make the task here');
    kernelCall(w, t, thread, 'thread_abort');
  }),
  after('read its state', (w, t, f) => kernelCall(w, t, f.threads[f.states.length]!, 'thread_get_state')),
  after('read its special ports', (w, t, f) => {
    f.states.push(t.body as ThreadState);
    kernelCall(w, t, f.threads[f.states.length - 1]!, 'thread_get_special_ports');
  }),
  after('keep its own, forget the copies', (_w, t, f) => {
    const kept = keptThreadPorts(t.body as ThreadSpecialPorts, t.names);
    f.kept.push(kept);
    f.surplus = t.names.filter((name) => !kept.some((each) => each.names.includes(name)));
  }),
  step('forget one', (w, t, f) => {
    const name = f.surplus.pop();
    if (name === undefined) return goTo(w, t, 'bring a thread to a clean point');
    kernelCall(w, t, f.agentSelf, 'mach_port_deallocate', { body: { name } });
  }),
  step('and the next', (w, t) => goTo(w, t, 'forget one')),
  step('make the task here', (w, t, f) => {
    const { name, kind, pid, activity } = f.info!;
    kernelCall(w, t, f.agentSelf, 'task_create', { body: { name, kind, pid, activity, inherit: false } });
  }),
  after('suspend it', (w, t, f) => {
    f.made = t.names[0]!;
    kernelCall(w, t, f.made, 'task_suspend');
  }),
  after('make the kernel structures', (w, t) => charge(w, t, PROCESSOR, 1, w.setup.prices.task_processor)),
  step('get the bootstrap port', (w, t, f) => {
    kernelCall(w, t, f.task, 'task_get_special_port', { body: { whichPort: TASK_BOOTSTRAP_PORT } });
  }),
  after('get the exception ports', (w, t, f) => {
    if (t.names.length > 0) f.special.push(keptPort('task_set_special_port', TASK_BOOTSTRAP_PORT, t.names));
    kernelCall(w, t, f.task, 'task_get_exception_ports', { body: { exceptionMask: EXC_MASK_ALL } });
  }),
  after('get the registered ports', (w, t, f) => {
    f.special.push(...keptExceptionPorts('task_set_exception_ports', t.body as ExceptionPorts, t.names));
    kernelCall(w, t, f.task, 'mach_ports_lookup');
  }),
  after('keep them', (_w, t, f) => {
    if (t.names.length > 0) f.special.push(keptPort('mach_ports_register', NONE, t.names));
  }),
  step('set a special port', (w, t, f) => {
    const next = f.special.pop();
    if (next === undefined) goTo(w, t, 'get the emulation vector');
    else setKept(w, t, f.made, next);
  }),
  after('set the next', (w, t) => goTo(w, t, 'set a special port')),
  step('get the emulation vector', (w, t, f) => kernelCall(w, t, f.task, 'task_get_emulation_vector')),
  after('set the emulation vector', (w, t, f) => {
    kernelCall(w, t, f.made, 'task_set_emulation_vector', { body: t.body });
  }),
  after('begin with the first region', (_w, _t, f) => void (f.done = 0)),
  step('import a region', (_w, t, f) => call(t, importRegion, importing(f.task, f.made, f.agentSelf, f.done++))),
  step('import the next region', (w, t, f) => {
    if (t.result === 'KERN_SUCCESS') return goTo(w, t, 'import a region');
    if (t.result !== 'KERN_NO_SPACE') fail(w, t, f, t.result as string);
  }),
  step('list the names of its port name space', (w, t, f) => kernelCall(w, t, f.task, 'mach_port_names')),
  after('commit', (w, t, f) => {
    f.names = order(t.body as NameAndType[]);
    f.done = 0;
    at(w.migrations, f.migration).committed = true;
  }),
  step('move a name', (w, t, f) => {
    const next = f.names[f.done++];
    if (next === undefined) return goTo(w, t, 'take its kernel port from the source');
    call(t, moveName, movingName(f.task, f.made, next.name, next.type));
  }),
  step('move the next name', (w, t, f) => {
    if (t.result === 'KERN_SUCCESS') goTo(w, t, 'move a name');
    else fail(w, t, f, t.result as string);
  }),
  step('take its kernel port from the source', (w, t, f) => kernelCall(w, t, f.task, 'task_extract_kernel_port')),
  after('answer on it here', (w, t, f) => {
    f.husk = t.names[1]!;
    const rights = [{ name: t.names[0]!, disposition: MOVE_RECEIVE }];
    kernelCall(w, t, f.made, 'task_take_kernel_port', { rights });
  }),
  after('forget the port that it was made with', (w, t, f) => {
    kernelCall(w, t, f.agentSelf, 'mach_port_deallocate', { body: { name: f.made } });
  }),
  after('begin with the first thread', (_w, _t, f) => {
    f.made = f.task;
    f.done = 0;
  }),
  step('move a thread', (w, t, f) => {
    const thread = f.threads[f.done];
    if (thread === undefined) return goTo(w, t, 'end the husk');
    call(t, moveThread, movingThread(thread, f.task, f.agentSelf, f.states[f.done]!, f.kept[f.done++]!));
  }),
  step('move the next thread', (w, t, f) => {
    if (t.result === 'KERN_SUCCESS') goTo(w, t, 'move a thread');
    else fail(w, t, f, t.result as string);
  }),
  step('end the husk', (w, t, f) => kernelCall(w, t, f.husk, 'task_terminate')),
  step('forget the husk', (w, t, f) => {
    kernelCall(w, t, f.agentSelf, 'mach_port_deallocate', { body: { name: f.husk } });
  }),
  step('done', (_w, t, f) => {
    finish(t, { code: 'KERN_SUCCESS', task: f.task, threads: f.threads } satisfies TaskMigrationResult);
  }),
  step('undo what was built', (w, t, f) => {
    if (f.made !== NONE) kernelCall(w, t, f.made, 'task_terminate');
  }),
  step('let the task go on at the source', (w, t, f) => kernelCall(w, t, f.task, 'task_resume')),
  step('report the failure', (_w, t, f) => {
    finish(t, { code: f.failure, task: f.task, threads: f.threads } satisfies TaskMigrationResult);
  }),
]);

function fail(w: MigrationWorld, t: Thread, f: TaskMigration, code: string): void {
  f.failure = code;
  goTo(w, t, 'undo what was built');
}

/** Sets, then receive rights, then send rights, then send-once rights, then dead names [mechanisms 4.2 step 6]. */
function order(all: readonly NameAndType[]): NameAndType[] {
  return [PORT_SET, RECEIVE, SEND, SEND_ONCE, DEAD_NAME].flatMap((type) =>
    all.filter((each) => (each.type & type) !== 0).map(({ name }) => ({ name, type })),
  );
}
