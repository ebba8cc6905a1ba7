/**
 * The vocabulary of the stories about memory: kernel calls on a task's own port, and threads that touch pages. What a
 * read finds is compared with what was written last by the simulator itself [X6]; a story may look at versions too.
 *
 *   const c = memoryCluster('here', 'there');
 *   const a = c.task('here');
 *   a.thread(vm('vm_allocate', region('heap', 4)), write('heap', 0), read('heap', 0));
 */
import { NONE, at } from '../../../simulator/base/table.ts';
import { bootRight } from '../../../simulator/dipc/boot.ts';
import { kernelCall } from '../../../simulator/mach/kernel-call.ts';
import type { Payload } from '../../../simulator/mach/ipc/mach-msg.ts';
import { again, call, finish, routine, step } from '../../../simulator/mach/routine.ts';
import { taskPort, type Task } from '../../../simulator/mach/task.ts';
import { touch } from '../../../simulator/mach/vm/fault.ts';
import { pageOf, type VmObject } from '../../../simulator/mach/vm/object.ts';
import { regionNamed, type Region } from '../../../simulator/mach/vm/region.ts';
import type { MachWorld } from '../../../simulator/mach/world.ts';
import { xmmServices } from '../../../simulator/xmm/routines.ts';
import type { Routine } from '../../../simulator/mach/routine.ts';
import { clusterWith, type Actor, type Call, type Cluster, type ClusterOptions, type Scripted } from '../cluster.ts';

interface Touching {
  readonly region: string;
  readonly page: number;
  readonly write: boolean;
}

/** Touches until it is done; the code is KERN_SUCCESS, or that of the exception. */
export const touching = routine<MachWorld, Touching>('touching', 'touches a page', [
  step('touch', (w, t, f) => {
    const region = regionNamed(w, at(w.tasks, t.task), f.region);
    const touched = region === null ? 'KERN_INVALID_ADDRESS' : touch(w, t, region, f.page, f.write);
    if (touched === 'wait') return again(t);
    t.code = touched === 'present' ? 'KERN_SUCCESS' : touched;
    finish(t);
  }),
]);

export interface MemoryOptions extends ClusterOptions {
  /** Bytes of each node. */
  readonly memory?: number;
}

export function memoryCluster(options: MemoryOptions, ...nodes: string[]): Cluster {
  const kernels = xmmServices;
  const c = clusterWith({ ...options, routines: [touching, ...kernels, ...(options.routines ?? [])] }, ...nodes);
  const services = c.w.setup.kernelServices as Map<string, Routine>;
  for (const each of kernels) services.set(each.name, each);
  if (options.memory !== undefined) for (const node of c.w.nodes.rows) node.memory = options.memory;
  return c;
}

export function region(name: string, pages: number, more: object = {}): object {
  return { name, pages, protection: 'rw-', inheritance: 'copy', ...more };
}

/** A kernel call on the port of the thread's own task. */
export function vm(operation: string, body: object, rights: Payload['rights'] = []): Call {
  return (w, t) => kernelCall(w, t, selfName(w, at(w.tasks, t.task)), operation, { body, rights });
}

/** The name under which the task has its own port. */
function selfName(w: Parameters<Call>[0], task: Task): number {
  return bootRight(w, taskPort(w, task), task);
}

export function read(name: string, page: number): Call {
  return (_w, t) => call(t, touching, { region: name, page, write: false } satisfies Touching);
}

export function write(name: string, page: number): Call {
  return (_w, t) => call(t, touching, { region: name, page, write: true } satisfies Touching);
}

export function regionOf(c: Cluster, of: Actor | Task, name: string): Region {
  return regionNamed(c.w, 'task' in of ? of.task : of, name)!;
}

export function objectOf(c: Cluster, of: Actor | Task, name: string): VmObject {
  return at(c.w.objects, regionOf(c, of, name).object);
}

/** The version that a read of the page finds, or NONE if it would fault. */
export function found(c: Cluster, of: Actor | Task, name: string, page: number): number {
  for (let object = objectOf(c, of, name); ; object = at(c.w.objects, object.shadow)) {
    if (pageOf(object, page) >= 0) return pageOf(object, page);
    if (object.shadow === NONE) return NONE;
  }
}

export function codes(thread: Scripted): string[] {
  return thread.notes.map(({ code }) => code);
}

/** A live task by its name. */
export function taskNamed(c: Cluster, name: string): Task {
  return c.w.tasks.rows.find((each) => each.live && each.name === name)!;
}
