/**
 * Kernel services by which a node imports memory whose home is another node [mechanisms 3.1, 3.4].
 *
 *   on the home node, through the task's port:       on the importing node, through the new task's port:
 *     xmm_lookup        finds the object behind        xmm_prepare   makes the control and name ports
 *                       a region, by depth             xmm_map       enters the objects and the region
 *     xmm_get_shadow    is there one more below?
 *   and through the memory object port:
 *     memory_object_init   introduces the importing kernel
 *
 * No page moves. The home write-protects the pages that it has (`page_processor` each) and tells which pages exist, so
 * that the importer asks only for those; it remains their pager (copy-on-reference).
 */
import { PROCESSOR } from '../base/ledger.ts';
import { NONE, at } from '../base/table.ts';
import { kernelPort } from '../mach/ipc/port.ts';
import { portDestroy } from '../mach/ipc/port-death.ts';
import { discard } from '../mach/ipc/release.ts';
import { SEND } from '../mach/ipc/space.ts';
import { kernelService, takeHand, type KernelAnswer, type KernelRequest } from '../mach/kernel-call.ts';
import { invalidArgument, sendRight, success, taskOf } from '../mach/kernel-services/objects.ts';
import type { RegionInfo } from '../mach/kernel-services/memory-services.ts';
import { charge } from '../mach/processor.ts';
import { finish, routine, step, type Routine } from '../mach/routine.ts';
import { ABSENT, controlPort, objectCreate, setPager, shadows, type VmObject } from '../mach/vm/object.ts';
import { regionAdd } from '../mach/vm/region.ts';
import type { XmmWorld } from './world.ts';

/** What `xmm_lookup` answers about an object. `present` lists the pages that its home can supply. */
export interface ObjectInfo {
  readonly label: string;
  readonly size: number;
  readonly present: readonly number[];
}

interface Lookup extends KernelRequest {
  readonly body: { readonly region: number; readonly depth: number };
  object?: number;
}

const lookupRoutine = routine<XmmWorld, Lookup>('xmm_lookup', 'finds the memory object behind a region', [
  step('find the object and write-protect its pages', (w, t, f) => {
    for (const right of pairs(takeHand(t))) discard(w, right);
    const object = objectBehind(w, f);
    if (object === null) return finish(t, invalidArgument);
    f.object = object.id;
    let resident = 0;
    for (const version of object.contents) if (version >= 0) resident++;
    if (resident > 0) charge(w, t, PROCESSOR, resident, resident * w.setup.prices.page_processor);
  }),
  step('hand out its memory object port', (w, t, f) => {
    const object = at(w.objects, f.object!);
    const { label, size } = object;
    const present: number[] = [];
    object.contents.forEach((version, page) => {
      if (version >= 0 || (version === ABSENT && object.pager !== NONE)) present.push(page);
    });
    const body: ObjectInfo = { label, size, present };
    finish(t, { body, rights: sendRight(controlPort(w, object)) } satisfies KernelAnswer);
  }),
]);

export const importServices: readonly Routine[] = [
  lookupRoutine,
  kernelService<XmmWorld>('xmm_get_shadow', 'tell whether an object shadows another', (w, t, request) => {
    for (const right of pairs(takeHand(t))) discard(w, right);
    const task = taskOf(w, request);
    const object = task === null ? null : objectBehind(w, request as Lookup);
    if (task === null || object === null) return invalidArgument;
    return { body: { shadow: object.shadow !== NONE } };
  }),
  kernelService<XmmWorld>('memory_object_init', 'introduce a kernel to a memory object', (w, t, request) => {
    for (const right of pairs(takeHand(t))) discard(w, right);
    return { rights: sendRight(at(w.ports, request.port)) };
  }),
  kernelService<XmmWorld>('xmm_prepare', 'make the control ports of an import', (w, _t, request) => {
    const task = taskOf(w, request);
    if (task === null) return invalidArgument;
    const control = kernelPort(w, task.node, `${task.name}.control`, 'pager', NONE);
    const name = kernelPort(w, task.node, `${task.name}.name`, 'pager', NONE);
    return { rights: [...sendRight(control), ...sendRight(name)] };
  }),
  kernelService<XmmWorld>('xmm_map', 'enter imported objects and their region', (w, t, request) => {
    const task = taskOf(w, request);
    const hand = pairs(takeHand(t));
    if (task === null) return invalidArgument;
    const { region, objects } = request.body as ImportedRegion;
    const { name, start, pages, protection, maximum, inheritance, needsCopy, memory } = region;
    const imported = objects.map((info, depth) => importObject(w, task.node, info, hand[depth]!.port));
    imported.forEach((object, depth) => {
      if (depth > 0) shadows(imported[depth - 1]!, object);
    });
    regionAdd(w, task, imported[0]!, { name, start, pages, protection, maximum, inheritance, needsCopy, memory });
    for (const right of hand.slice(objects.length)) retireControl(w, right.port);
    return success;
  }),
];

/** What `xmm_map` is told; in hand come the memory object rights, one an object, then the control and name rights. */
export interface ImportedRegion {
  readonly region: RegionInfo;
  readonly objects: readonly ObjectInfo[];
}

/** The control ports have served their purpose once the home has answered that it is ready. */
function retireControl(w: XmmWorld, id: number): void {
  const port = at(w.ports, id);
  portDestroy(w, port);
  discard(w, { type: SEND, port: id });
}

function importObject(w: XmmWorld, node: number, info: ObjectInfo, pager: number): VmObject {
  const object = objectCreate(w, node, info.label, 'anonymous', info.size);
  object.kind = 'import';
  setPager(w, object, pager);
  for (const page of info.present) object.contents[page] = ABSENT;
  return object;
}

function objectBehind(w: XmmWorld, request: Lookup): VmObject | null {
  const task = taskOf(w, request);
  const region = task?.regions[request.body.region];
  if (region === undefined) return null;
  let object = at(w.objects, at(w.regions, region).object);
  for (let depth = 0; depth < request.body.depth; depth++) {
    if (object.shadow === NONE) return null;
    object = at(w.objects, object.shadow);
  }
  return object;
}

function pairs(rights: readonly number[]): { type: number; port: number }[] {
  const found: { type: number; port: number }[] = [];
  for (let i = 0; i < rights.length; i += 2) found.push({ type: rights[i]!, port: rights[i + 1]! });
  return found;
}
