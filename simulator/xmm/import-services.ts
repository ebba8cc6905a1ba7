/**
 * Kernel services by which a node imports memory whose home is another node [mechanisms 3.1, 3.4].
 *
 *   on the home node, through the task's port:       on the importing node, through the new task's port:
 *     xmm_lookup        finds the object behind        xmm_prepare   makes the control and name ports, with two
 *                       a region, by depth                           messages on that node [7.3]
 *                                                      xmm_map       enters the objects and the region
 *     xmm_get_shadow    is there one more below?
 *   and through the memory object port:
 *     memory_object_init   introduces the importing kernel
 *
 * No page moves. The home write-protects the pages that it has (`page_processor` each) and tells which pages exist, so
 * that the importer asks only for those; it remains their manager (copy-on-reference). What this node has itself only
 * imported, and has nothing of its own in, is imported from its home at once: the right to that is handed on.
 */
import { PROCESSOR } from '../base/ledger.ts';
import { NONE, at } from '../base/table.ts';
import { enter } from '../dipc/distributed.ts';
import { rpcToPort } from '../mach/ipc/mach-msg.ts';
import { kernelPort } from '../mach/ipc/port.ts';
import { portDestroy } from '../mach/ipc/port-death.ts';
import { discard } from '../mach/ipc/release.ts';
import { SEND } from '../mach/ipc/space.ts';
import { kernelService, takeHand, type KernelAnswer, type KernelRequest } from '../mach/kernel-call.ts';
import { invalidArgument, sendRight, success, taskOf } from '../mach/kernel-services/objects.ts';
import type { RegionInfo } from '../mach/kernel-services/memory-services.ts';
import { charge } from '../mach/processor.ts';
import { call, finish, routine, step, type Routine } from '../mach/routine.ts';
import { WRITE_ACCESS, isDirty, objectSince, shadows, type VmObject } from '../mach/vm/object.ts';
import { waitForTurn } from '../mach/vm/page-in.ts';
import { regionAdd } from '../mach/vm/region.ts';
import { importObject, introduce, type ObjectInfo } from './import-object.ts';
import { kernelNamed, memoryObjectOf } from './memory-object.ts';
import { attributesChange, shareAtHome } from './share.ts';
import type { XmmWorld } from './world.ts';

interface Lookup extends KernelRequest {
  readonly body: { readonly region: number; readonly depth: number };
  object?: number;
  since?: number;
}

const lookupRoutine = routine<XmmWorld, Lookup>('xmm_lookup', 'finds the memory object behind a region', [
  step('find the object and write-protect its pages', (w, t, f) => {
    // In hand is the right to the control port of the kernel that will import the object.
    const object = objectBehind(w, f);
    if (object === null || t.hand.length === 0) return finish(t, invalidArgument);
    f.object = object.id;
    f.since = w.events;
    let resident = 0;
    for (const version of object.contents) if (version >= 0) resident++;
    if (resident > 0) charge(w, t, PROCESSOR, resident, resident * w.setup.prices.page_processor);
  }),
  step('let the pages arrive that it has asked for', (w, t, f) => {
    const object = objectSince(w, f.object!, f.since!);
    if (object === null) return finish(t, invalidArgument);
    if (object.requests.length > 0) return waitForTurn(w, t, object);
  }),
  step('let those who use it know', (_w, t, f) => call(t, attributesChange, { object: f.object! })),
  step('hand out its memory object port', (w, t, f) => {
    const object = objectSince(w, f.object!, f.since!);
    if (object === null) return finish(t, invalidArgument);
    if (isPassedOn(object)) {
      at(w.ports, object.pager).srights++;
      const { label, size, copyStrategy, memory } = object;
      const body: ObjectInfo = { ...later, label, size, copyStrategy, memory };
      return finish(t, { body, rights: [SEND, object.pager] } satisfies KernelAnswer);
    }
    const task = taskOf(w, f);
    const region = task === null ? null : at(w.regions, task.regions[f.body.region]!);
    if (f.body.depth === 0 && region !== null && !region.needsCopy && object.memory === NONE) {
      object.memory = region.memory;
      at(w.memories, region.memory).references++;
    }
    const sole = object.references === 1 && object.copyStrategy === 'symmetric' && (task?.suspendCount ?? 0) > 0;
    const { info, right } = introduce(w, object, takeHand(t)[1]!, { sole: sole && object.manager === NONE });
    finish(t, { body: info, rights: right } satisfies KernelAnswer);
  }),
]);

interface Init extends KernelRequest {
  /** Several kernels may write it from now on. */
  readonly body: { readonly shared?: boolean } | null;
}

/** In hand comes the right to the kernel's control port; a kernel that was looked up for is known already. */
const initRoutine = routine<XmmWorld, Init>('memory_object_init', 'introduces a kernel to a memory object', [
  step('let those who use it know', (w, t, f) => {
    const port = w.ports.rows[f.port];
    const control = t.hand[1];
    // An import on this node that is only being made: its pager has nothing to tell its own kernel.
    if (port?.objectKind === 'pager' && port.object === NONE) return finish(t, success);
    if (control === undefined || port?.objectKind !== 'memory') return finish(t, invalidArgument);
    const object = at(w.objects, port.object);
    const kernel = enter(w, at(w.ports, control)).uid;
    if (object.manager === NONE || kernelNamed(at(w.memoryObjects, object.manager), kernel) === null) {
      return call(t, attributesChange, { object: object.id });
    }
    finish(t, { rights: sendRight(port) } satisfies KernelAnswer);
  }),
  step('introduce the kernel', (w, t, f) => {
    const [control, ...others] = pairs(takeHand(t));
    for (const right of others) discard(w, right);
    const object = at(w.objects, at(w.ports, f.port).object);
    if (f.body?.shared === true) {
      memoryObjectOf(w, object);
      shareAtHome(w, object);
    }
    const { info, right } = introduce(w, object, control!.port, { whole: true });
    finish(t, { body: info, rights: right } satisfies KernelAnswer);
  }),
]);

interface Prepare extends KernelRequest {
  control?: number;
  name?: number;
}

/**
 * The pager of an import on this node [7.3]: the kernel makes its ports, and introduces itself to it as to any pager, with a
 * message that is answered when it is ready.
 */
const prepareRoutine = routine<XmmWorld, Prepare>('xmm_prepare', 'makes the control ports of an import', [
  step('make the ports, and introduce this kernel', (w, t, f) => {
    const task = taskOf(w, f);
    if (task === null) return finish(t, invalidArgument);
    const control = kernelPort(w, task.node, `${task.name}.control`, 'pager', NONE);
    const name = kernelPort(w, task.node, `${task.name}.name`, 'pager', NONE);
    Object.assign(f, { control: control.id, name: name.id });
    rpcToPort(w, t, control, 'memory_object_init', {}, sendRight(name));
  }),
  step('it is ready', (w, t, f) => {
    const [control, name] = [at(w.ports, f.control!), at(w.ports, f.name!)];
    if (t.code === 'KERN_SUCCESS') return finish(t, { rights: [...sendRight(control), ...sendRight(name)] });
    for (const port of [control, name]) portDestroy(w, port);
    finish(t, { code: t.code } satisfies KernelAnswer);
  }),
]);

/** What the home itself will tell. */
const later = { present: [], kernel: NONE, empty: 0, temporary: false } as const;

/** An import in which this node has written nothing, and from which nobody imports in turn. */
export function isPassedOn(object: VmObject): boolean {
  if (object.kernel === NONE || object.manager !== NONE || object.access!.includes(WRITE_ACCESS)) return false;
  return object.contents.every((version, page) => version < 0 || !isDirty(object, page));
}

export const importServices: readonly Routine[] = [
  lookupRoutine,
  kernelService<XmmWorld>('xmm_get_shadow', 'tell whether an object shadows another', (w, t, request) => {
    for (const right of pairs(takeHand(t))) discard(w, right);
    const task = taskOf(w, request);
    const object = task === null ? null : objectBehind(w, request as Lookup);
    if (task === null || object === null) return invalidArgument;
    return { body: { shadow: object.shadow !== NONE } };
  }),
  initRoutine,
  prepareRoutine,
  kernelService<XmmWorld>('xmm_map', 'enter imported objects and their region', (w, t, request) => {
    const task = taskOf(w, request);
    const hand = pairs(takeHand(t));
    if (task === null) return invalidArgument;
    const { region, objects } = request.body as ImportedRegion;
    const { name, start, pages, protection, maximum, inheritance, needsCopy, memory, external = false } = region;
    const ports = hand.slice(objects.length);
    const imported = objects.map((info, depth) => {
      return importObject(w, task.node, info, hand[depth]!.port, at(w.ports, ports[2 * depth]!.port));
    });
    imported.forEach((object, depth) => {
      if (depth > 0) shadows(imported[depth - 1]!, object);
    });
    const fields = { name, start, pages, protection, maximum, inheritance, needsCopy, memory, external };
    regionAdd(w, task, imported[0]!, fields);
    ports.forEach((right, index) => {
      // The name ports have served their purpose; on the control ports this kernel answers to the homes.
      if (index % 2 === 1) portDestroy(w, at(w.ports, right.port));
      discard(w, right);
    });
    return success;
  }),
];

/** What `xmm_map` is told; in hand come the memory object rights, one an object, then the control and name rights. */
export interface ImportedRegion {
  readonly region: RegionInfo;
  readonly objects: readonly ObjectInfo[];
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
