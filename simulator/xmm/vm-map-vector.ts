/**
 * The destination's half of making a task from another node [mechanisms 3.4]: norma_task_allocate, on the node's host
 * port, makes the task; vm_map_vector, on the new task's port, enters one region after the other.
 *
 * For every object behind a region, from the front one down its shadows, this kernel introduces itself to the object's
 * home and imports what it hears of; an object whose home is this very node is used as it is. A failure leaves nothing
 * but what the source's termination of the task gives back.
 */
import { PROCESSOR } from '../base/ledger.ts';
import { NONE, at } from '../base/table.ts';
import { rpcToPort } from '../mach/ipc/mach-msg.ts';
import { kernelPort } from '../mach/ipc/port.ts';
import { portDestroy } from '../mach/ipc/port-death.ts';
import { discard } from '../mach/ipc/release.ts';
import { SEND } from '../mach/ipc/space.ts';
import { kernelService, takeHand, type KernelAnswer, type KernelRequest } from '../mach/kernel-call.ts';
import { sendRight, success, taskOf } from '../mach/kernel-services/objects.ts';
import { setAction, type ExceptionAction } from '../mach/exception-ports.ts';
import { charge } from '../mach/processor.ts';
import { finish, goTo, routine, step, type Routine } from '../mach/routine.ts';
import { taskCreate, taskPort, type TaskKind } from '../mach/task.ts';
import { dropReference, shadows } from '../mach/vm/object.ts';
import { regionAdd, type RegionFields } from '../mach/vm/region.ts';
import { arrivedRight, importObject, type ObjectInfo } from './import-object.ts';
import type { XmmWorld } from './world.ts';
import { setSpecial } from '../mach/kept.ts';

/** Body of `norma_task_allocate`; the special ports come along in the order of `which`, then the exception ports. */
export interface AllocateTask {
  readonly name: string;
  readonly kind: TaskKind;
  readonly pid: number;
  readonly activity: number;
  readonly which: readonly number[];
  readonly exceptions: readonly Omit<ExceptionAction, 'port'>[];
  readonly emulator: object | null;
}

const allocate = kernelService<XmmWorld>('norma_task_allocate', 'make a task for another node', (w, t, request) => {
  const { name, kind, pid, activity, which, exceptions, emulator } = request.body as AllocateTask;
  const task = taskCreate(w, t.node, kind, name, activity);
  task.pid = pid;
  task.emulator = emulator;
  const hand = takeHand(t);
  which.forEach((each, i) => setSpecial(w, task, each, { type: hand[2 * i]!, port: hand[2 * i + 1]! }));
  exceptions.forEach(({ mask, behavior, flavor }, i) => {
    const [type, port] = hand.slice(2 * (which.length + i)) as [number, number];
    if (type === SEND) setAction(w, task, mask, port, behavior, flavor);
    discard(w, { type, port });
  });
  return { body: { task: task.id }, rights: sendRight(taskPort(w, task)) };
});

/** Bytes of one region in the message [3.4]. */
export const ENTRY_BYTES = 32;

/** One region; `depth` rights come along. */
export interface VectorEntry {
  readonly region: RegionFields;
  /** Objects behind it: the front one and its shadows. */
  readonly depth: number;
  /** Others may write it too. */
  readonly shared: boolean;
}

export interface MapVector {
  readonly regions: readonly VectorEntry[];
}

interface Mapping extends KernelRequest {
  readonly body: MapVector;
  /** Index of the region, and of the object behind it, that is entered now. */
  region?: number;
  depth?: number;
  /** Objects of this region that are here, kept by a reference. */
  objects?: number[];
  control?: number;
  name?: number;
  info?: ObjectInfo;
}

const mapVector = routine<XmmWorld, Mapping>('vm_map_vector', 'maps the regions of a task from another node', [
  step('begin', (_w, _t, f) => {
    f.region = 0;
    f.name = NONE;
    f.objects = [];
  }),
  step('introduce this kernel to an object', (w, t, f) => {
    const entry = f.body.regions[f.region!];
    if (entry === undefined) return finish(t, success);
    if (f.objects!.length === entry.depth) return goTo(w, t, 'enter the region');
    const [type, id] = t.hand;
    if (type !== SEND || id === undefined) return fail(w, t, f, 'KERN_INVALID_ARGUMENT');
    const port = at(w.ports, id);
    if (!port.proxy) return goTo(w, t, 'use what is here');
    f.control = kernelPort(w, t.node, 'control', 'pager', NONE).id;
    // Nobody maps an object that is only shadowed: it is looked up, and no pager has to be ready for it.
    if (f.objects!.length > 0) return;
    f.name = kernelPort(w, t.node, 'name', 'pager', NONE).id;
    // First to the pager of the import, which is its own [7.3: pager create].
    rpcToPort(w, t, at(w.ports, f.control), 'memory_object_init', {}, sendRight(at(w.ports, f.name)));
  }),
  step('look it up at its home', (w, t, f) => {
    const entry = f.body.regions[f.region!]!;
    const body = { shared: entry.shared && f.objects!.length === 0 };
    rpcToPort(w, t, at(w.ports, t.hand[1]!), 'memory_object_init', { body }, sendRight(at(w.ports, f.control!)));
  }),
  step('tell it that this kernel is ready', (w, t, f) => {
    const pager = t.code === 'KERN_SUCCESS' ? arrivedRight(w, t, 0) : NONE;
    if (pager === NONE) return fail(w, t, f, t.code === 'KERN_SUCCESS' ? 'KERN_FAILURE' : t.code);
    f.info = t.body as ObjectInfo;
    t.hand = [...t.hand, SEND, pager];
    if (f.name === NONE) return;
    const rights = [f.control!, f.name!].flatMap((port) => sendRight(at(w.ports, port)));
    rpcToPort(w, t, at(w.ports, t.hand[1]!), 'memory_object_init', {}, rights);
  }),
  step('import it', (w, t, f) => {
    if (f.name !== NONE) {
      if (t.code !== 'KERN_SUCCESS') return fail(w, t, f, t.code);
      const surplus = arrivedRight(w, t, 0);
      if (surplus !== NONE) discard(w, { type: SEND, port: surplus });
      portDestroy(w, at(w.ports, f.name!));
      f.name = NONE;
    }
    const hand = takeHand(t);
    const pager = hand.pop()!;
    t.hand = hand.slice(0, -1);
    // One right is the pager that the import keeps; the one that the vector brought has done its work.
    const object = importObject(w, t.node, f.info!, pager, at(w.ports, f.control!));
    taken(w, t, f, object.id);
    goTo(w, t, 'introduce this kernel to an object');
  }),
  step('use what is here', (w, t, f) => {
    const port = at(w.ports, t.hand[1]!);
    if (port.objectKind !== 'memory') return fail(w, t, f, 'KERN_INVALID_ARGUMENT');
    taken(w, t, f, port.object);
    goTo(w, t, 'introduce this kernel to an object');
  }),
  step('enter the region', (w, t, f) => {
    const task = taskOf(w, f);
    if (task === null) return fail(w, t, f, 'KERN_INVALID_ARGUMENT');
    const objects = f.objects!.map((id) => at(w.objects, id));
    objects.forEach((object, depth) => {
      const above = objects[depth - 1];
      if (above !== undefined && above.shadow === NONE) shadows(above, object);
    });
    regionAdd(w, task, objects[0]!, f.body.regions[f.region!]!.region);
    release(w, f);
    f.region!++;
    charge(w, t, PROCESSOR, 1, w.setup.prices.region_processor);
  }),
  step('go on with the next region', (w, t) => goTo(w, t, 'introduce this kernel to an object')),
]);

/** The object is here; the right that it came with leaves the hand. */
function taken(w: XmmWorld, t: Parameters<typeof takeHand>[0], f: Mapping, object: number): void {
  const [type, port, ...rest] = takeHand(t);
  t.hand = rest;
  at(w.objects, object).references++;
  f.objects!.push(object);
  discard(w, { type: type!, port: port! });
}

function release(w: XmmWorld, f: Mapping): void {
  for (const id of f.objects!) dropReference(w, at(w.objects, id));
  f.objects = [];
}

function fail(w: XmmWorld, t: Parameters<typeof takeHand>[0], f: Mapping, code: string): void {
  release(w, f);
  if (f.name !== undefined && f.name !== NONE) portDestroy(w, at(w.ports, f.name));
  finish(t, { code } satisfies KernelAnswer);
}

export const vectorServices: readonly Routine[] = [allocate, mapVector];
