/**
 * A memory object gets one more kernel [mechanisms 3.3, temporary objects; 3.1].
 *
 *   xmm_import    (on the using node, called by vm_map) finds the home behind a memory object right, has this kernel
 *                 introduced there, and makes the import
 *   xmm_object_by_memory_object    (at the home, on its host port) the object behind the right: the kernel's own memory,
 *                 or what a task here serves; a right that has moved on is answered with where to
 *   xmm_share     (at the home) somebody here maps the object too
 *   memory_object_change_attributes    (at a kernel that uses it) another one comes: the object is not temporary any more
 *
 * All active kernels must have acknowledged that before the newcomer is told that it may begin.
 */
import { NONE, at } from '../base/table.ts';
import { distributedOf } from '../dipc/distributed.ts';
import { HOST_PORT, hostPort } from '../dipc/special-ports.ts';
import { rpcToPort } from '../mach/ipc/mach-msg.ts';
import { KERNEL, kernelPort } from '../mach/ipc/port.ts';
import { portDestroy } from '../mach/ipc/port-death.ts';
import { discard } from '../mach/ipc/release.ts';
import { SEND } from '../mach/ipc/space.ts';
import { takeHand, type KernelAnswer, type KernelRequest } from '../mach/kernel-call.ts';
import { pagerObject } from '../mach/kernel-services/memory-services.ts';
import { sendRight, success } from '../mach/kernel-services/objects.ts';
import { call, finish, goTo, routine, step, type Routine } from '../mach/routine.ts';
import { memoryCreate } from '../mach/vm/memory.ts';
import { foundBy, objectOfPager, type VmObject } from '../mach/vm/object.ts';
import { isTurn, turnDone, waitForTurn } from '../mach/vm/page-in.ts';
import { arrivedRight, importObject, introduce, type ObjectInfo } from './import-object.ts';
import { kernelNamed, memoryObjectOf } from './memory-object.ts';
import type { XmmWorld } from './world.ts';

interface Changing {
  readonly object: number;
  left?: number[];
}

/** Everybody who uses the object as if nobody else did is told, and has answered. */
export const attributesChange = routine<XmmWorld, Changing>('xmm.not temporary', 'tells the kernels of another one', [
  step('begin', (w, t, f) => {
    const object = at(w.objects, f.object);
    if (object.manager === NONE || !memoryObjectOf(w, object).temporary) return finish(t);
    const m = memoryObjectOf(w, object);
    m.temporary = false;
    f.left = m.kernels.map(({ kernel }) => kernel);
  }),
  step('tell a kernel', (w, t, f) => {
    const next = f.left!.shift();
    if (next === undefined) return finish(t);
    const entry = kernelNamed(memoryObjectOf(w, at(w.objects, f.object)), next);
    if (entry === null) return;
    const body = { sequence: ++entry.sequence };
    rpcToPort(w, t, at(w.ports, entry.control), 'memory_object_change_attributes', { body });
  }),
  step('tell the next one', (w, t) => goTo(w, t, 'tell a kernel')),
]);

interface Sharing extends KernelRequest {
  readonly body: { readonly object: number };
}

const share = routine<XmmWorld, Sharing>('xmm_share', 'prepares an object for one more user', [
  step('let those who use it know', (_w, t, f) => call(t, attributesChange, { object: f.body.object })),
  step('share it', (w, t, f) => {
    shareAtHome(w, at(w.objects, f.body.object));
    finish(t, success);
  }),
]);

/** Copies of it are made by the home from now on. */
export function shareAtHome(w: XmmWorld, object: VmObject): void {
  if (object.kind !== 'file' && object.copyStrategy !== 'none')
    object.copyStrategy = object.access === null ? 'delay' : 'call';
  if (object.memory !== NONE) return;
  object.memory = memoryCreate(w, new Int32Array(object.size)).id;
  at(w.memories, object.memory).references++;
}

interface ByMemoryObject extends KernelRequest {
  readonly body: { readonly pages: number };
  object?: number;
  made?: boolean;
}

const byMemoryObject = routine<XmmWorld, ByMemoryObject>('xmm_object_by_memory_object', 'finds the home of memory', [
  step('find the object', (w, t, f) => {
    const [, id, , control] = t.hand;
    if (id === undefined || control === undefined) return finish(t, { code: 'KERN_INVALID_ARGUMENT' });
    const port = at(w.ports, id);
    const object = port.proxy || !port.active ? null : objectAt(w, t.node, id);
    if (object !== null) {
      f.object = object.id;
      return call(t, attributesChange, { object: object.id });
    }
    if (port.active && !port.proxy && port.receiver !== KERNEL) return;
    const to = port.live && port.proxy ? distributedOf(w, port).destination : NONE;
    finish(t, { code: 'KERN_INVALID_ARGUMENT', body: { to } } satisfies KernelAnswer);
  }),
  step('introduce the kernel', (w, t, f) => {
    const [, served] = t.hand;
    const object =
      f.object === undefined ? pagerObject(w, t.node, at(w.ports, served!), f.body.pages) : at(w.objects, f.object);
    f.made = f.object === undefined;
    memoryObjectOf(w, object);
    shareAtHome(w, object);
    const [, id, , control] = takeHand(t);
    // A new object keeps the right to its pager.
    if (!f.made) discard(w, { type: SEND, port: id! });
    const { info, right } = introduce(w, object, control!, { whole: true });
    finish(t, { body: info, rights: right } satisfies KernelAnswer);
  }),
]);

function objectAt(w: XmmWorld, node: number, id: number): VmObject | null {
  const port = at(w.ports, id);
  if (port.receiver === KERNEL) return port.objectKind === 'memory' ? at(w.objects, port.object) : null;
  return objectOfPager(w, node, id);
}

interface Importing extends KernelRequest {
  readonly body: { readonly pages: number };
  memoryObject?: number;
  control?: number;
  /** Node that is asked next, and how often one was asked. */
  to?: number;
  tries?: number;
}

const importRoutine = routine<XmmWorld, Importing>('xmm_import', 'imports a memory object', [
  step('look where it is', (w, t, f) => {
    f.memoryObject = t.hand[1]!;
    f.tries = 0;
    f.control = kernelPort(w, t.node, 'control', 'pager', NONE).id;
    const port = at(w.ports, f.memoryObject);
    f.to = distributedOf(w, port).destination;
  }),
  step('ask the kernel there', (w, t, f) => {
    const host = hostPort(w, t.node, f.to!, HOST_PORT);
    const memory = at(w.ports, f.memoryObject!);
    memory.srights++;
    const rights = [SEND, memory.id, ...sendRight(at(w.ports, f.control!))];
    rpcToPort(w, t, host, 'xmm_object_by_memory_object', { body: f.body }, rights);
  }),
  step('make the import', (w, t, f) => {
    const moved = (t.body as { readonly to?: number } | null)?.to;
    if (t.code === 'KERN_INVALID_ARGUMENT' && moved !== undefined && moved !== NONE && f.tries!++ < MAXIMUM_HOPS) {
      f.to = moved;
      return goTo(w, t, 'ask the kernel there');
    }
    const pager = t.code === 'KERN_SUCCESS' ? arrivedRight(w, t, 0) : NONE;
    const held = f.memoryObject!;
    if (pager === NONE) {
      portDestroy(w, at(w.ports, f.control!));
      const code = t.code === 'KERN_SUCCESS' ? 'KERN_INVALID_ARGUMENT' : t.code;
      return finish(t, { code } satisfies KernelAnswer);
    }
    const object = importObject(w, t.node, t.body as ObjectInfo, pager, at(w.ports, f.control!));
    foundBy(w, object, held);
    takeHand(t);
    if (held === pager) discard(w, { type: SEND, port: held });
    finish(t, { body: { object: object.id } } satisfies KernelAnswer);
  }),
]);

/** A right that has moved more often than this while it was looked for is given up. */
const MAXIMUM_HOPS = 8;

interface Changed extends KernelRequest {
  readonly body: { readonly sequence: number };
}

const changeAttributes = routine<XmmWorld, Changed>('memory_object_change_attributes', 'hears of another kernel', [
  step('acknowledge in turn', (w, t, f) => {
    const port = w.ports.rows[f.port];
    const object = port?.objectKind === 'pager' ? w.objects.rows[port.object] : undefined;
    if (object?.live !== true) return finish(t, success);
    if (!isTurn(object, f.body.sequence)) return waitForTurn(w, t, object);
    object.temporary = false;
    turnDone(w, object, f.body.sequence);
    finish(t, success);
  }),
]);

export const shareServices: readonly Routine[] = [share, byMemoryObject, importRoutine, changeAttributes];
