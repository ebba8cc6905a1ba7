/**
 * Kernel calls about address spaces: task_create, vm_allocate, vm_map, vm_deallocate, vm_region; and what the kernel
 * answers, as the pager of memory that has moved away, to the nodes that still need pages of it.
 */
import { NONE, at } from '../../base/table.ts';
import { kernelService, takeHand, type KernelAnswer, type KernelRequest } from '../kernel-call.ts';
import { rpcToPort } from '../ipc/mach-msg.ts';
import { SEND } from '../ipc/space.ts';
import { finish, routine, step, type Routine } from '../routine.ts';
import { inheritExceptionPorts } from '../exception-ports.ts';
import { copyOf } from '../kept.ts';
import { setSpecial, taskCreate, taskPort, type TaskKind } from '../task.ts';
import type { DataSupply } from '../vm/fault.ts';
import { ABSENT, MOVED, objectCreate, shadows } from '../vm/object.ts';
import { inheritRegions, regionAdd, regionNamed, regionRemove, type RegionFields } from '../vm/region.ts';
import type { MachWorld } from '../world.ts';
import { invalidArgument, sendRight, success, taskOf } from './objects.ts';

export interface TaskCreate {
  readonly name: string;
  readonly kind: TaskKind;
  /** Inherit the parent's regions, as each one's inheritance says. */
  readonly inherit: boolean;
  readonly pid: number;
  readonly activity: number;
}

/** What `vm_map` is told besides the memory object: `copy` maps a private, copy-on-write version of it. */
export interface VmMap extends RegionFields {
  readonly copy: boolean;
}

/** What `vm_region` answers. Enough to make the same region elsewhere. */
export interface RegionInfo extends RegionFields {
  readonly start: number;
  readonly needsCopy: boolean;
  /** How many objects lie behind the first one. */
  readonly shadows: number;
  readonly resident: number;
}

/** A region descriptor in a message. [7.4: 0.05 KB] */
const REGION_BYTES = 51;

export const memoryServices: readonly Routine[] = [
  kernelService<MachWorld>('task_create', 'make a task', (w, _t, request) => {
    const parent = taskOf(w, request);
    if (parent === null) return invalidArgument;
    const { name, kind, inherit, pid, activity } = request.body as TaskCreate;
    const task = taskCreate(w, parent.node, kind, name, activity);
    task.pid = pid;
    parent.special.forEach((port, which) => setSpecial(w, task, which, copyOf(w, port)));
    inheritExceptionPorts(w, parent, task);
    if (inherit) inheritRegions(w, parent, task);
    return { body: { task: task.id }, rights: sendRight(taskPort(w, task)) };
  }),
  kernelService<MachWorld>('vm_allocate', 'map zero-filled memory', (w, _t, request) => {
    const task = taskOf(w, request);
    const fields = request.body as RegionFields;
    if (task === null || !(fields.pages > 0)) return invalidArgument;
    const object = objectCreate(w, task.node, `${task.name}.${fields.name}`, 'anonymous', fields.pages);
    regionAdd(w, task, object, fields);
    return success;
  }),
  kernelService<MachWorld>('vm_map', 'map a memory object', (w, t, request) => {
    const task = taskOf(w, request);
    const [type, pager] = takeHand(t);
    if (task === null || type !== SEND || pager === undefined) return invalidArgument;
    const { copy, ...fields } = request.body as VmMap;
    const label = `${task.name}.${fields.name}`;
    const object = objectCreate(w, task.node, label, 'file', fields.pages);
    object.pager = pager;
    at(w.ports, pager).kernelSends++;
    if (!copy) {
      regionAdd(w, task, object, fields);
      return success;
    }
    const front = objectCreate(w, task.node, label, 'anonymous', fields.pages);
    shadows(front, object);
    regionAdd(w, task, front, fields);
    return success;
  }),
  kernelService<MachWorld>('vm_deallocate', 'unmap a region', (w, _t, request) => {
    const task = taskOf(w, request);
    const region = task === null ? null : regionNamed(w, task, (request.body as { name: string }).name);
    if (task === null || region === null) return { code: 'KERN_INVALID_ADDRESS' };
    regionRemove(w, task, region);
    return success;
  }),
  kernelService<MachWorld>('vm_region', 'describe a region', (w, _t, request) => {
    const task = taskOf(w, request);
    const id = task?.regions[(request.body as { index: number }).index];
    if (task === null || id === undefined) return { code: 'KERN_NO_SPACE', bytes: REGION_BYTES };
    const { name, start, pages, protection, inheritance, needsCopy, object } = at(w.regions, id);
    let depth = 0;
    let resident = 0;
    for (let each = at(w.objects, object); ; each = at(w.objects, each.shadow), depth++) {
      for (const version of each.contents) if (version >= 0) resident++;
      if (each.shadow === NONE) break;
    }
    const body: RegionInfo = { name, start, pages, protection, inheritance, needsCopy, shadows: depth, resident };
    return { body, bytes: REGION_BYTES };
  }),
];

interface DataRequest extends KernelRequest {
  readonly body: { readonly page: number };
}

/**
 * A node that imports an object asks this node, its home, for a page [mechanisms 3.5]. If nobody uses the object here
 * any more the page moves; otherwise the other node gets a copy. A page that this node must itself import is fetched.
 */
export const dataRequest = routine<MachWorld, DataRequest>('memory_object_data_request', 'supplies a page', [
  step('look for the page', (w, t, request) => {
    const object = at(w.objects, at(w.ports, request.port).object);
    const { page } = request.body;
    const version = object.contents[page] ?? ABSENT;
    if (version >= 0) {
      if (object.references === 0) object.contents[page] = MOVED;
      finish(t, supply(version));
    } else if (version === ABSENT && object.pager !== NONE) {
      rpcToPort(w, t, at(w.ports, object.pager), 'memory_object_data_request', { body: { page } });
    } else finish(t, { code: 'KERN_MEMORY_DATA_UNAVAILABLE' } satisfies KernelAnswer);
  }),
  step('pass the page on', (_w, t) => {
    if (t.code === 'KERN_SUCCESS') finish(t, supply((t.body as DataSupply).version));
    else finish(t, { code: t.code } satisfies KernelAnswer);
  }),
]);

function supply(version: number): KernelAnswer {
  return { body: { version } satisfies DataSupply, pages: 1 };
}
