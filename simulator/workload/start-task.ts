/**
 * Starting a Mach task: task_create on the kernel of a node (or on a parent, whose memory the child inherits), the ports
 * that it begins with, its first thread. A child on another node than its parent's is made by norma_task_create, which
 * sends its memory along [mechanisms 3.4]. Whoever starts a task does so by calls to the kernel that it is made in; it
 * keeps the right to the new task's kernel port.
 */
import { openAccount } from '../base/ledger.ts';
import { NONE } from '../base/table.ts';
import { COPY_SEND } from '../mach/ipc/right.ts';
import { kernelCall } from '../mach/kernel-call.ts';
import type { TaskCreate } from '../mach/kernel-services/memory-inherit.ts';
import { TASK_BOOTSTRAP_PORT } from '../mach/kernel-services/special-port-services.ts';
import { finish, goTo, routine, step } from '../mach/routine.ts';
import type { Thread } from '../mach/thread.ts';
import type { NormaTask } from '../xmm/norma.ts';
import { programFrame } from './frame.ts';
import type { Value } from './program.ts';
import type { TaskMemory } from './task-memory.ts';
import type { WorkloadWorld } from './world.ts';

export interface StartTask {
  /** Name of the kernel port that the task is made on: a kernel's own, or the parent's. */
  readonly on: number;
  readonly inherit: boolean;
  /** Node on which a child is made, NONE for that of its parent. */
  readonly node: number;
  /** Name of the starter's own kernel port; of the name server and of its node's host-privileged port if it gets them now. */
  readonly self: number;
  readonly nameServer: number;
  readonly host: number;
  /** Number of the interpreter's routine, what the task does, and its arguments. */
  readonly interpreter: number;
  readonly program: number;
  readonly operands: readonly Value[];
  started: number;
  /** Names of the new task's kernel port, and of its thread's. */
  task: number;
  thread: number;
}

export function startingTask(
  fields: Pick<
    StartTask,
    'on' | 'inherit' | 'node' | 'self' | 'nameServer' | 'host' | 'interpreter' | 'program' | 'operands'
  >,
): StartTask {
  return { ...fields, started: NONE, task: NONE, thread: NONE };
}

type Perform = (w: WorkloadWorld, t: Thread, f: StartTask) => void;

/** A step that is performed only if what came before it went well. */
function after(name: string, perform: Perform): ReturnType<typeof step<WorkloadWorld, StartTask>> {
  return step(name, (w, t, f) => {
    if (t.code === 'KERN_SUCCESS') perform(w, t, f);
    else finish(t, { code: t.code, value: NONE });
  });
}

/** Finishes with `{ code, value, started }`: the name of the task's kernel port, and its number. */
export const startTask = routine<WorkloadWorld, StartTask>('start', 'starts a Mach task', [
  step('make the task', (w, t, f) => {
    const { name } = w.setup.image.programs[f.program]!;
    const activity = openAccount(w.ledger, `task ${name}`).id;
    const { inherit, node } = f;
    if (node === NONE) {
      const body: TaskCreate = { name, kind: 'mach', inherit, pid: NONE, activity };
      kernelCall(w, t, f.on, 'task_create', { body });
    } else kernelCall(w, t, f.on, 'norma_task_create', { body: { node, name, inherit, activity } satisfies NormaTask });
  }),
  after('set its bootstrap port', (w, t, f) => {
    f.task = t.names[0]!;
    if (f.nameServer === NONE) return;
    const rights = [{ name: f.nameServer, disposition: COPY_SEND }];
    kernelCall(w, t, f.task, 'task_set_special_port', { body: { whichPort: TASK_BOOTSTRAP_PORT }, rights });
  }),
  after('register the host port with it', (w, t, f) => {
    if (f.host === NONE) return;
    const rights = [{ name: f.host, disposition: COPY_SEND }];
    kernelCall(w, t, f.task, 'mach_ports_register', { body: {}, rights });
  }),
  after('give it its own port', (w, t, f) => {
    const rights = [{ name: f.task, disposition: COPY_SEND }];
    kernelCall(w, t, f.task, 'mach_port_insert_right', { body: { name: null }, rights });
  }),
  after('tell it the name', (w, t, f) => {
    const { name, counts } = w.setup.image.programs[f.program]!;
    const { started } = w.operator;
    f.started = started.length;
    const row = { name, program: f.program, right: f.task, ended: true, sent: 0, received: 0, replies: 0 };
    started.push({ ...row, counts: counts.map(() => 0) });
    const { name: self } = t.body as { name: number };
    const body: TaskMemory = { started: f.started, self };
    kernelCall(w, t, f.task, 'task_set_emulation_vector', { body });
  }),
  after('make its thread', (w, t, f) => {
    const program = w.setup.image.programs[f.program]!;
    const frames = [programFrame(f.interpreter, f.program, program, f.operands)];
    kernelCall(w, t, f.task, 'thread_create', { body: { name: 'main', frames } });
  }),
  after('let it run', (w, t, f) => {
    f.thread = t.names[0]!;
    w.operator.started[f.started]!.ended = false;
    kernelCall(w, t, f.thread, 'thread_resume');
  }),
  after('forget the thread', (w, t, f) => {
    kernelCall(w, t, f.self, 'mach_port_deallocate', { body: { name: f.thread } });
  }),
  step('done', (_w, t, f) => finish(t, { code: 'KERN_SUCCESS', value: f.task, started: f.started })),
]);

interface StartThread {
  readonly self: number;
  readonly name: string;
  readonly frame: object;
  thread: number;
}

/** One more thread of the task that the caller is in: `frame` is what it begins with. */
export const startThread = routine<WorkloadWorld, StartThread>('thread', 'starts one more thread of the task', [
  step('make the thread', (w, t, f) => {
    kernelCall(w, t, f.self, 'thread_create', { body: { name: f.name, frames: [f.frame] } });
  }),
  step('let it run', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return goTo(w, t, 'done');
    f.thread = t.names[0]!;
    kernelCall(w, t, f.thread, 'thread_resume');
  }),
  step('forget its port', (w, t, f) => {
    kernelCall(w, t, f.self, 'mach_port_deallocate', { body: { name: f.thread } });
  }),
  step('done', (_w, t) => finish(t, { code: t.code, value: NONE })),
]);

export function startingThread(self: number, name: string, frame: object): StartThread {
  return { self, name, frame, thread: NONE };
}
