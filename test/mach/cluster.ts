/**
 * The vocabulary of the stories about Mach and distributed IPC: nodes, tasks, ports, rights, and threads that perform
 * a list of calls. Every checker runs after every event.
 *
 *   const c = cluster('here', 'there');
 *   const server = c.task('there');
 *   const service = server.port('service');
 *   const client = c.task('here');
 *   const to = c.right(server, service, client);
 *   server.thread(receive(service), reply());
 *   const caller = client.thread(rpc(to, 'hello'));
 *   c.run();
 *   caller.notes[0]!.operation === 'reply'
 */
import { observe, pastOf } from '../../simulator/checkers/history/index.ts';
import { checkAll } from '../../simulator/checkers/index.ts';
import { at } from '../../simulator/base/table.ts';
import { dipcRoutines, dipcServices } from '../../simulator/dipc/routines.ts';
import { bootRight } from '../../simulator/dipc/boot.ts';
import { performEvent } from '../../simulator/engine/dispatch.ts';
import { traceOf } from '../../simulator/engine/trace.ts';
import { emptyWorld, type World } from '../../simulator/engine/world.ts';
import * as machMsg from '../../simulator/mach/ipc/mach-msg.ts';
import type { Payload } from '../../simulator/mach/ipc/mach-msg.ts';
import type { Port } from '../../simulator/mach/ipc/port.ts';
import { portAllocate, portSetAllocate } from '../../simulator/mach/ipc/right.ts';
import { lookup, type Entry } from '../../simulator/mach/ipc/space.ts';
import type { ReceiveOptions } from '../../simulator/mach/ipc/receive-options.ts';
import { moveMember } from '../../simulator/mach/ipc/port-set.ts';
import { boot, kernelCall } from '../../simulator/mach/kernel-call.ts';
import { threadPort } from '../../simulator/mach/kernel-services/objects.ts';
import { compute as computeFor } from '../../simulator/mach/processor.ts';
import { call, finish, routine, step, type Routine } from '../../simulator/mach/routine.ts';
import { kernelServices, machRoutines } from '../../simulator/mach/routines.ts';
import { taskCreate, taskPort, type Task } from '../../simulator/mach/task.ts';
import { threadsOf } from '../../simulator/mach/task-threads.ts';
import { sleepUntil, threadCreate, threadOf, threadStart, type Thread } from '../../simulator/mach/thread.ts';
import type { MachWorld } from '../../simulator/mach/world.ts';
import { machines, networks, type Interconnect, type Prices } from '../../simulator/profiles/prices.ts';

export const millisecond = 1_000_000;

/** One thing that a scripted thread does; the thread's next call comes when this one is over. */
export type Call = (w: World, t: Thread) => void;

/** What a thread found after one of its calls. */
export interface Note {
  readonly time: number;
  readonly operation: string;
  readonly code: string;
  readonly body: unknown;
  readonly reply: number;
  readonly names: readonly number[];
  readonly memory: readonly string[];
  readonly arrivedOn: number;
}

/** Plain data, so that a world with scripted threads can be copied and replayed. */
interface Script {
  readonly script: number;
  next: number;
  readonly notes: Note[];
}

/** The calls of the threads of each cluster: found by what a world shares with its copies. */
const scripts = new WeakMap<object, (readonly Call[])[]>();

function scriptsOf(w: World): (readonly Call[])[] {
  let all = scripts.get(w.setup);
  if (all === undefined) scripts.set(w.setup, (all = []));
  return all;
}

const scripted = routine<World, Script>('script', 'performs a list of calls', [
  step('call', (w, t, f) => {
    const next = scriptsOf(w)[f.script]![f.next];
    if (next === undefined) finish(t);
    else next(w, t);
  }),
  // An interrupted call is called again, and noted only when it is over.
  step('note', (w, t, f) => {
    f.notes.push(noteOf(w, t));
    f.next++;
    t.top!.step = 0;
  }),
]);

function noteOf(w: World, t: Thread): Note {
  const { operation, code, body, reply, names, arrivedOn } = t;
  const { memory } = t.brought;
  return { time: w.time, operation, code, body, reply, names, memory, arrivedOn };
}

export interface Actor {
  readonly task: Task;
  /** A new port whose receive right the task holds; its name. */
  port(label?: string): number;
  portSet(...members: number[]): number;
  /** A thread that performs these calls, beginning at time 0 (or now). */
  thread(...calls: Call[]): Scripted;
  entry(name: number): Entry | null;
  /** The port under the name, on the task's own node. */
  portOf(name: number): Port;
}

export interface Scripted {
  readonly identity: number;
  readonly notes: readonly Note[];
  readonly row: () => Thread | null;
}

export interface Cluster {
  readonly w: World;
  task(node: string, name?: string): Actor;
  /** A task that exists already: one that has moved, for instance. */
  actor(task: Task): Actor;
  /** A send right to the port of `from`, in the space of `to`; its name there. */
  right(from: Actor, name: number, to: Actor): number;
  /** A send right to the kernel port of the task `of`, in the space of `to`; its name there. */
  kernelRight(of: Actor, to: Actor): number;
  /** The same for a thread. */
  threadRight(of: Scripted, to: Actor): number;
  /** Performs one event and runs all checkers. False if there was none. */
  step(): boolean;
  /** Runs until nothing happens any more, or until the given time (ns). */
  run(until?: number): void;
}

export interface ClusterOptions {
  readonly prices?: Partial<Prices>;
  readonly interconnect?: Partial<Interconnect>;
  /** Handlers of servers, each serving the operation of its name. */
  readonly routines?: readonly Routine[];
}

const events = 10_000;

export function cluster(...nodes: string[]): Cluster {
  return clusterWith({}, ...nodes);
}

export function clusterWith(options: ClusterOptions, ...nodes: string[]): Cluster {
  const routines = [...machRoutines, ...dipcRoutines, scripted, ...(options.routines ?? [])];
  routines.forEach((each, index) => (each.index = index));
  const prices = { ...machines['i386_25']!.prices, ...networks['ethernet_10']!.prices, ...options.prices };
  const { shares, interconnect: wires } = networks['ethernet_10']!;
  const interconnect = { ...wires, ...options.interconnect };
  const services = new Map((options.routines ?? []).map((each) => [each.name, each]));
  const kernel = new Map([...kernelServices, ...dipcServices].map((each) => [each.name, each]));
  const image = { path: '', clusters: [], files: [], programs: [], scenarios: [] };
  const w = emptyWorld(
    { image, scenario: 0, prices, shares, interconnect, routines, services, kernelServices: kernel, watched: true },
    1,
  );
  const trace = traceOf(1024);
  for (const node of nodes) boot(w, node, 1 << 24);
  while (w.queue.count > 0) performEvent(w, trace);
  const past = pastOf(w);

  const c: Cluster = {
    w,
    task(node, name = `task${w.tasks.rows.length}`) {
      return actor(w, taskCreate(w, nodes.indexOf(node), 'mach', name, 0));
    },
    actor: (task) => actor(w, task),
    right: (from, name, to) => bootRight(w, from.portOf(name), to.task),
    kernelRight: (of, to) => bootRight(w, taskPort(w, of.task), to.task),
    threadRight: (of, to) => bootRight(w, threadPort(w, of.row()!), to.task),
    step() {
      if (!performEvent(w, trace)) return false;
      checkAll(w);
      observe(w, past);
      return true;
    },
    run(until = Infinity) {
      for (let left = events; left > 0; left--) {
        if (until !== Infinity && nextTimeOf(w) > until) return;
        if (!c.step()) return;
      }
      throw new Error(`the cluster does not come to rest within ${events} events`);
    },
  };
  return c;
}

function nextTimeOf(w: World): number {
  if (w.queue.count > 0) return w.time;
  return w.queue.size > 0 ? w.queue.heapTime[0]! : Infinity;
}

function actor(w: World, task: Task): Actor {
  const entry = (name: number): Entry | null => lookup(task.space, name);
  const portOf = (name: number): Port => at(w.ports, entry(name)!.port);
  return {
    task,
    entry,
    portOf,
    port: (label = 'port') => portAllocate(w, task, label),
    portSet(...members) {
      const set = portSetAllocate(w, task, 'set');
      for (const member of members) moveMember(w, portOf(member), portOf(set));
      return set;
    },
    thread(...calls) {
      const t = threadCreate(w, task, `${task.name}.${threadsOf(w, task).length}`);
      const notes: Note[] = [];
      const all = scriptsOf(w);
      all.push(calls);
      call(t, scripted, { script: all.length - 1, next: 0, notes } satisfies Script);
      threadStart(w, t);
      const { identity } = t;
      return { identity, notes, row: () => threadOf(w, identity) };
    },
  };
}

// What a scripted thread can do.

export function rpc(to: number, operation: string, payload?: Payload): Call {
  return (w, t) => machMsg.rpc(w, t, to, operation, payload);
}

export function send(to: number, operation: string, payload?: Payload): Call {
  return (w, t) => machMsg.send(w, t, to, operation, payload);
}

export function receive(name: number, options?: ReceiveOptions): Call {
  return (w, t) => machMsg.receive(w, t, name, options);
}

/** Answers the request that was received last. */
export function reply(payload?: Payload): Call {
  return (w, t) => machMsg.answer(w, t, t.reply, payload);
}

/** Receives and answers so many times. */
export function serve(name: number, times: number): Call[] {
  return Array.from({ length: times }, () => [receive(name), reply()]).flat();
}

/** A kernel call on the port under the name. */
export function kernel(on: number, operation: string, payload?: Payload): Call {
  return (w, t) => kernelCall(w, t, on, operation, payload);
}

export function compute(nanoseconds: number): Call {
  return (w, t) => computeFor(w, t, nanoseconds);
}

export function sleep(nanoseconds: number): Call {
  return (w, t) => sleepUntil(w, t, w.time + nanoseconds);
}

/** Something that the kernel does for the thread at once. */
export function act(perform: (w: MachWorld, task: Task, t: Thread) => unknown): Call {
  return (w, t) => void perform(w, at(w.tasks, t.task), t);
}

/** Which operations a thread has seen, in order. */
export function operations(thread: Scripted): string[] {
  return thread.notes.map(({ operation }) => operation).filter((operation) => operation !== '');
}
