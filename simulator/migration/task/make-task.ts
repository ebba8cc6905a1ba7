/**
 * Step 4: the task is made at the destination, without threads and without rights, suspended [mechanisms 4.1 (d), 4.2].
 *
 * It gets what the kernel kept for the old one: bootstrap, exception and registered ports, the emulation vector, and, if a
 * server stands in for its kernel port since an earlier move, the port that it knows itself by. It
 * needs nothing but the old task's suspension. If the agent is on another node than the destination the task is made
 * through that node's host port [2.12].
 */
import { PROCESSOR } from '../../base/ledger.ts';
import { NONE, at } from '../../base/table.ts';
import { EXC_MASK_ALL } from '../../mach/exception-ports.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import {
  TASK_BOOTSTRAP_PORT,
  TASK_KERNEL_PORT,
  type ExceptionPorts,
} from '../../mach/kernel-services/special-port-services.ts';
import type { TaskInfo } from '../../mach/kernel-services/task-services.ts';
import { charge } from '../../mach/processor.ts';
import { finish, goTo, routine, step } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import { hostRight } from '../agent/agent.ts';
import type { MigrationWorld } from '../record.ts';
import { keptExceptionPorts, keptPort, setKept, type KeptPort } from './kept-ports.ts';

export interface MakeTask {
  readonly migration: number;
  /** Names of the old task's kernel port and of the agent's own. */
  readonly from: number;
  readonly agentSelf: number;
  /** Node of the destination. */
  readonly to: number;
  readonly info: TaskInfo;
  /** How often the new task is still to be suspended. */
  suspensions: number;
  /** Name of the new task's kernel port, and of the host port that it was made through; NONE while there is none. */
  made: number;
  host: number;
  /** Ports still to be set again. */
  special: KeptPort[];
}

/** What the routine finishes with; `surplus` are names that nobody needs any more. */
export interface MadeTask {
  readonly code: string;
  readonly made: number;
  readonly surplus: readonly number[];
}

export function makingTask(
  fields: Pick<MakeTask, 'migration' | 'from' | 'agentSelf' | 'to' | 'info' | 'suspensions'>,
): MakeTask {
  return { ...fields, made: NONE, host: NONE, special: [] };
}

type Perform = (w: MigrationWorld, t: Thread, f: MakeTask) => void;

function after(name: string, perform: Perform): ReturnType<typeof step<MigrationWorld, MakeTask>> {
  return step(name, (w, t, f) => {
    if (t.code === 'KERN_SUCCESS') perform(w, t, f);
    else end(t, f, t.code);
  });
}

export const makeTask = routine<MigrationWorld, MakeTask>('sms.make task', 'makes the task at the destination', [
  step('make the task', (w, t, f) => {
    const { name, kind, pid, activity, basePriority: priority } = f.info;
    if (!at(w.nodes, f.to).up && f.to !== t.node) return end(t, f, 'KERN_NODE_DOWN');
    if (f.to !== t.node) f.host = hostRight(w, at(w.tasks, t.task), f.to);
    const on = f.host === NONE ? f.agentSelf : f.host;
    kernelCall(w, t, on, 'task_create', { body: { name, kind, pid, activity, priority, inherit: false } });
  }),
  after('keep it', (w, t, f) => {
    f.made = t.names[0]!;
    at(w.migrations, f.migration).made = (t.body as { task: number }).task;
  }),
  step('suspend it', (w, t, f) => {
    if (f.suspensions-- > 0) kernelCall(w, t, f.made, 'task_suspend');
    else goTo(w, t, 'make the kernel structures');
  }),
  after('as often as the old one', (w, t) => goTo(w, t, 'suspend it')),
  step('make the kernel structures', (w, t) => charge(w, t, PROCESSOR, 1, w.setup.prices.task_processor)),
  step('get the port that stands for its own', (w, t, f) => {
    if (!f.info.interposed) return goTo(w, t, 'get the bootstrap port');
    kernelCall(w, t, f.from, 'task_get_special_port', { body: { whichPort: TASK_KERNEL_PORT } });
  }),
  after('keep that', (_w, t, f) => {
    f.special.push(keptPort('task_set_special_port', TASK_KERNEL_PORT, t.names));
  }),
  step('get the bootstrap port', (w, t, f) => {
    kernelCall(w, t, f.from, 'task_get_special_port', { body: { whichPort: TASK_BOOTSTRAP_PORT } });
  }),
  after('get the exception ports', (w, t, f) => {
    if (t.names.length > 0) f.special.push(keptPort('task_set_special_port', TASK_BOOTSTRAP_PORT, t.names));
    kernelCall(w, t, f.from, 'task_get_exception_ports', { body: { exceptionMask: EXC_MASK_ALL } });
  }),
  after('get the registered ports', (w, t, f) => {
    f.special.push(...keptExceptionPorts('task_set_exception_ports', t.body as ExceptionPorts, t.names));
    kernelCall(w, t, f.from, 'mach_ports_lookup');
  }),
  after('keep them', (_w, t, f) => {
    if (t.names.length > 0) f.special.push(keptPort('mach_ports_register', NONE, t.names));
  }),
  step('set a special port', (w, t, f) => {
    const next = f.special.at(-1);
    if (next === undefined) goTo(w, t, 'get the emulation vector');
    else setKept(w, t, f.made, next);
  }),
  after('set the next', (w, t, f) => {
    f.special.pop();
    goTo(w, t, 'set a special port');
  }),
  step('get the emulation vector', (w, t, f) => kernelCall(w, t, f.from, 'task_get_emulation_vector')),
  after('set the emulation vector', (w, t, f) => {
    kernelCall(w, t, f.made, 'task_set_emulation_vector', { body: t.body });
  }),
  after('it is made', (_w, t, f) => end(t, f, 'KERN_SUCCESS')),
]);

function end(t: Thread, f: MakeTask, code: string): void {
  const host = f.host === NONE ? [] : [f.host];
  finish(t, { code, made: f.made, surplus: [...host, ...f.special.flatMap(({ names }) => names)] } satisfies MadeTask);
}
