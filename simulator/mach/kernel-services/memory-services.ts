/**
 * Kernel calls about address spaces: vm_allocate, vm_map, vm_deallocate, vm_protect, vm_inherit, vm_region, and
 * mach_make_memory_entry, by which memory is shared: whoever gets the right can map it.
 */
import { NONE, at } from '../../base/table.ts';
import type { Port } from '../ipc/port.ts';
import { KERNEL } from '../ipc/port.ts';
import { discard } from '../ipc/release.ts';
import { SEND } from '../ipc/space.ts';
import { kernelService, takeHand, type KernelAnswer, type KernelRequest } from '../kernel-call.ts';
import { call, finish, routine, step, type Routine } from '../routine.ts';
import type { Task } from '../task.ts';
import { copyObjectOf, shareObject } from '../vm/copy.ts';
import { memoryCreate } from '../vm/memory.ts';
import {
  controlPort,
  dropReference,
  objectCreate,
  objectOfPager,
  objectSince,
  pageOf,
  setPager,
  shadows,
  type VmObject,
} from '../vm/object.ts';
import type { SlowCopy } from '../vm/slow-copy.ts';
import {
  ALL_ACCESS,
  allows,
  isFree,
  regionAdd,
  regionNamed,
  regionRemove,
  type Inheritance,
  type Region,
  type RegionFields,
} from '../vm/region.ts';
import type { MachWorld } from '../world.ts';
import { invalidArgument, sendRight, success, taskOf } from './objects.ts';

/** What `vm_map` is told besides the memory object. */
export interface VmMap extends RegionFields {
  /** Pages of the memory object, if they are more than the region maps. */
  readonly size?: number;
  /** A private version of it: what is written is seen by nobody else, and what others write from now on not here. */
  readonly copy: boolean;
  /** It never changes (the file of an image, ETXTBSY): this kernel asks its pager itself, and shares no page. */
  readonly constant?: boolean;
  /** What its pager says of how it is to be copied, when it is first mapped. */
  readonly copyStrategy?: 'delay' | 'none';
  /** The same: pages that were written need not come back when nobody maps it any more. */
  readonly temporary?: boolean;
}

/** What `vm_region` answers. Enough to make the same region elsewhere. */
export interface RegionInfo extends RegionFields {
  readonly start: number;
  readonly maximum: string;
  readonly needsCopy: boolean;
  readonly memory: number;
  /** How many objects lie behind the first one. */
  readonly shadows: number;
  readonly resident: number;
  /** Another task maps the same memory, and sees what is written; or it is a file. */
  readonly shared: boolean;
  /** Some of it is what a pager has, a file's server for instance, and may not be resident. */
  readonly paged: boolean;
}

/** A region descriptor in a message. [7.4: 0.05 KB] */
const REGION_BYTES = 51;

export const invalidAddress: KernelAnswer = { code: 'KERN_INVALID_ADDRESS' };
export const protectionFailure: KernelAnswer = { code: 'KERN_PROTECTION_FAILURE' };

/** The region of the task that the call was made on, by the name in the body. */
export function regionOf(w: MachWorld, request: KernelRequest): Region | null {
  const task = taskOf(w, request);
  return task === null ? null : regionNamed(w, task, (request.body as { readonly name: string }).name);
}

interface Mapping extends KernelRequest {
  readonly body: VmMap;
  object?: number;
  /** Event in which it was found: until it is mapped its last user here may end, and it with him. */
  since?: number;
}

const vmMap = routine<MachWorld, Mapping>('vm_map', 'maps a memory object', [
  step('find the object', (w, t, f) => {
    const task = taskOf(w, f);
    const [type, id] = t.hand;
    if (task === null || type !== SEND || id === undefined) return finish(t, invalidArgument);
    const refused = placeRefused(w, task, f.body);
    if (refused !== null) return finish(t, refused);
    const port = at(w.ports, id);
    if (f.body.constant === true) return finish(t, mapConstant(w, task, f.body, takeHand(t)[1]!));
    const known = objectOfPager(w, task.node, id) !== null;
    const here = objectBehind(w, task, port, f.body);
    if (here !== null) {
      f.object = here.id;
      f.since = w.events;
      takeHand(t);
      // A new object keeps the right to its pager.
      if (known || here.pager !== id) discard(w, { type, port: id });
      return;
    }
    const elsewhere = w.setup.kernelServices.get('xmm_import');
    if (elsewhere === undefined) return finish(t, invalidArgument);
    call(t, elsewhere, { operation: elsewhere.name, body: f.body, port: f.port } satisfies KernelRequest);
  }),
  step('tell the other kernels, if it is theirs too', (w, t, f) => {
    if (f.object === undefined) {
      const { code, body } = t.result as KernelAnswer;
      if (code !== undefined) return finish(t, { code } satisfies KernelAnswer);
      f.object = (body as { readonly object: number }).object;
      f.since = w.events;
      return;
    }
    if ((objectSince(w, f.object, f.since!)?.manager ?? NONE) === NONE) return;
    const share = w.setup.kernelServices.get('xmm_share')!;
    call(t, share, { operation: share.name, body: { object: f.object }, port: f.port } satisfies KernelRequest);
  }),
  step('copy it, if its home has to', (w, t, f) => {
    const object = objectSince(w, f.object!, f.since!);
    if (!f.body.copy || object?.copyStrategy !== 'call') return;
    const copier = w.setup.kernelServices.get('memory_object_copy')!;
    call(t, copier, { operation: copier.name, body: { object: object.id }, port: f.port } satisfies KernelRequest);
  }),
  step('enter it into the map', (w, t, f) => {
    const task = taskOf(w, f);
    const object = objectSince(w, f.object!, f.since!);
    const copied = f.body.copy ? (t.result as KernelAnswer | null) : null;
    if (copied?.code !== undefined) return finish(t, { code: copied.code } satisfies KernelAnswer);
    const made = (copied?.body ?? null) as SlowCopy | null;
    if (task === null || object === null) {
      if (made !== null) dropReference(w, at(w.objects, made.object));
      return finish(t, invalidArgument);
    }
    const { copy, size: _size, constant: _, copyStrategy: _strategy, temporary: _temporary, ...fields } = f.body;
    if (!copy) {
      regionAdd(w, task, object, { ...fields, memory: object.memory });
      return finish(t, success);
    }
    const front = made === null ? copyObjectOf(w, object) : at(w.objects, made.object);
    const memory = made?.memory ?? memoryCreate(w, at(w.memories, object.memory).written.slice()).id;
    regionAdd(w, task, front, { ...fields, memory, needsCopy: true });
    if (made !== null) dropReference(w, front);
    finish(t, success);
  }),
]);

/** Why a region of these fields cannot be where it is wanted, or null. */
function placeRefused(w: MachWorld, task: Task, fields: RegionFields): KernelAnswer | null {
  if (!(fields.pages > 0) || !allows(fields.maximum ?? ALL_ACCESS, fields.protection)) return invalidArgument;
  if (regionNamed(w, task, fields.name) !== null) return { code: 'KERN_NO_SPACE' };
  return fields.start === undefined || isFree(w, task, fields.start, fields.pages) ? null : { code: 'KERN_NO_SPACE' };
}

/** A mapping that shares nothing with anybody: what is written stands in an object in front. */
function mapConstant(w: MachWorld, task: Task, body: VmMap, pager: number): KernelAnswer {
  const { copy, constant: _, copyStrategy: _strategy, ...fields } = body;
  const label = `${task.name}.${fields.name}`;
  const object = objectCreate(w, task.node, label, 'file', fields.pages);
  setPager(w, object, pager);
  if (!copy) {
    regionAdd(w, task, object, fields);
    return success;
  }
  const front = objectCreate(w, task.node, label, 'anonymous', fields.pages);
  shadows(front, object);
  regionAdd(w, task, front, fields);
  return success;
}

/** The object for a memory object that this kernel answers for or knows, or whose pager is a task here; else null. */
function objectBehind(w: MachWorld, task: Task, port: Port, body: VmMap): VmObject | null {
  if (!port.proxy && port.receiver === KERNEL) return port.objectKind === 'memory' ? at(w.objects, port.object) : null;
  const known = objectOfPager(w, task.node, port.id);
  // Another kernel may have mapped it when its pager was there.
  const elsewhere = port.objectKind === 'paged' && port.object !== task.node;
  if (known !== null || port.proxy || port.blocked || elsewhere) return known;
  return pagerObject(w, task.node, port, body);
}

/** What a kernel that maps a memory object first must know of it. */
export type PagerAttributes = Pick<VmMap, 'pages' | 'size' | 'memory' | 'copyStrategy' | 'temporary'>;

/**
 * A new object whose pages a task's pager has; its logical memory holds whatever that pager says, unless it is known.
 * Wherever the pager's port goes, it leads back to this kernel: one memory object has one account [mechanisms 3.1].
 */
export function pagerObject(
  w: MachWorld,
  node: number,
  port: Port,
  { pages, size = pages, memory: known = NONE, copyStrategy = 'delay', temporary = false }: PagerAttributes,
): VmObject {
  const object = objectCreate(w, node, port.label, 'pager', size);
  setPager(w, object, port.id);
  port.objectKind = 'paged';
  port.object = node;
  object.copyStrategy = copyStrategy;
  object.temporary = temporary;
  object.backing = new Int32Array(size).fill(NONE);
  const logical = w.memories.rows[known];
  const memory = logical?.live === true ? logical : memoryCreate(w, new Int32Array(size), true);
  object.memory = memory.id;
  memory.references++;
  return object;
}

export const memoryServices: readonly Routine[] = [
  vmMap,
  kernelService<MachWorld>('vm_allocate', 'map zero-filled memory', (w, _t, request) => {
    const task = taskOf(w, request);
    const fields = request.body as RegionFields;
    if (task === null) return invalidArgument;
    const refused = placeRefused(w, task, fields);
    if (refused !== null) return refused;
    const object = objectCreate(w, task.node, `${task.name}.${fields.name}`, 'anonymous', fields.pages);
    regionAdd(w, task, object, fields);
    return success;
  }),
  kernelService<MachWorld>('vm_deallocate', 'unmap a region', (w, _t, request) => {
    const task = taskOf(w, request);
    const region = regionOf(w, request);
    if (task === null || region === null) return invalidAddress;
    regionRemove(w, task, region);
    return success;
  }),
  kernelService<MachWorld>('vm_protect', 'say what may be done with a region', (w, _t, request) => {
    const region = regionOf(w, request);
    const { protection, setMaximum } = request.body as { readonly protection: string; readonly setMaximum?: boolean };
    if (region === null) return invalidAddress;
    if (!allows(region.maximum, protection)) return protectionFailure;
    if (setMaximum !== true) region.protection = protection;
    else {
      region.maximum = protection;
      region.protection = region.protection.replaceAll(/[rwx]/g, (each) => (protection.includes(each) ? each : '-'));
    }
    return success;
  }),
  kernelService<MachWorld>('vm_inherit', 'say what a child gets of a region', (w, _t, request) => {
    const region = regionOf(w, request);
    const { inheritance } = request.body as { readonly inheritance: Inheritance };
    if (region === null) return invalidAddress;
    if (!['copy', 'share', 'none'].includes(inheritance)) return invalidArgument;
    region.inheritance = inheritance;
    return success;
  }),
  kernelService<MachWorld>('vm_region', 'describe a region', (w, _t, request) => {
    const task = taskOf(w, request);
    const id = task?.regions[(request.body as { index: number }).index];
    if (task === null || id === undefined) return { code: 'KERN_NO_SPACE', bytes: REGION_BYTES };
    const { name, start, pages, protection, maximum, inheritance, needsCopy, external, memory, object } = at(
      w.regions,
      id,
    );
    let depth = 0;
    let resident = 0;
    let paged = false;
    const shared = external || w.regions.rows.some((each) => each.live && each.id !== id && each.memory === memory);
    for (let each = at(w.objects, object); ; each = at(w.objects, each.shadow), depth++) {
      paged ||= each.pager !== NONE;
      for (let page = 0; page < each.size; page++) if (pageOf(each, page) >= 0) resident++;
      if (each.shadow === NONE) break;
    }
    const fields = { name, start, pages, protection, maximum, inheritance, needsCopy, external, memory };
    return { body: { ...fields, shadows: depth, resident, shared, paged } satisfies RegionInfo, bytes: REGION_BYTES };
  }),
  kernelService<MachWorld>('mach_make_memory_entry', 'give a right to the memory of a region', (w, _t, request) => {
    const region = regionOf(w, request);
    if (region === null) return invalidAddress;
    const object = shareObject(w, region);
    if (object.pager !== NONE && object.kind !== 'anonymous') {
      // What is managed elsewhere is shared by the right to its manager.
      at(w.ports, object.pager).srights++;
      return { rights: [SEND, object.pager] };
    }
    return { rights: sendRight(controlPort(w, object)) };
  }),
];
