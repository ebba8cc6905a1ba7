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
import { isKnownDown } from '../mach/node.ts';
import { rpcToPort } from '../mach/ipc/mach-msg.ts';
import { KERNEL, kernelPort, type Port } from '../mach/ipc/port.ts';
import { portDestroy } from '../mach/ipc/port-death.ts';
import { discard } from '../mach/ipc/release.ts';
import { SEND } from '../mach/ipc/space.ts';
import { takeHand, type KernelAnswer, type KernelRequest } from '../mach/kernel-call.ts';
import { pagerObject, type PagerAttributes } from '../mach/kernel-services/memory-services.ts';
import { sendRight, success } from '../mach/kernel-services/objects.ts';
import { call, finish, goTo, routine, step, type Routine } from '../mach/routine.ts';
import { memoryCreate } from '../mach/vm/memory.ts';
import { foundBy, objectOfPager, type VmObject } from '../mach/vm/object.ts';
import type { Thread } from '../mach/thread.ts';
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
  readonly body: PagerAttributes & {
    /** Node that was asked before, and does not have it. */
    readonly without: number;
  };
  object?: number;
  made?: boolean;
}

const byMemoryObject = routine<XmmWorld, ByMemoryObject>('xmm_object_by_memory_object', 'finds the home of memory', [
  step('find the object', (w, t, f) => {
    const [, id, , control] = t.hand;
    if (id === undefined || control === undefined) return finish(t, { code: 'KERN_INVALID_ARGUMENT' });
    const object = objectAt(w, t.node, id);
    if (object !== null) {
      f.object = object.id;
      return call(t, attributesChange, { object: object.id });
    }
    const port = at(w.ports, id);
    const to = whereNext(w, port, f.body.without);
    if (to === NONE && port.active && port.receiver !== KERNEL) return;
    finish(t, { code: 'KERN_INVALID_ARGUMENT', body: { to } } satisfies KernelAnswer);
  }),
  step('introduce the kernel', (w, t, f) => {
    const [, served] = t.hand;
    const object =
      f.object === undefined ? pagerObject(w, t.node, at(w.ports, served!), f.body) : at(w.objects, f.object);
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

/** The object that this kernel keeps the account of: its own memory, or what a task serves, or served when it was here. */
function objectAt(w: XmmWorld, node: number, id: number): VmObject | null {
  const port = at(w.ports, id);
  if (!port.proxy && port.receiver === KERNEL) return port.objectKind === 'memory' ? at(w.objects, port.object) : null;
  const object = port.active ? objectOfPager(w, node, id) : null;
  return object?.kind === 'pager' ? object : null;
}

/**
 * The node to ask for the home of the memory behind the port, if it is not this one: where the receive right is, or is
 * coming from; and from there the node that has mapped it before, unless that has just said that it does not have it any
 * more. NONE: it is for this kernel to open the account.
 */
function whereNext(w: XmmWorld, port: Port, without: number): number {
  if (!port.live || !port.active || port.receiver === KERNEL) return NONE;
  if (port.proxy || port.blocked) return distributedOf(w, port).destination;
  if (port.objectKind !== 'paged' || port.object === port.node || port.object === without) return NONE;
  return isKnownDown(w, port.node, port.object) ? NONE : port.object;
}

interface Importing extends KernelRequest {
  readonly body: PagerAttributes;
  memoryObject?: number;
  control?: number;
  /** Node that is asked next, the one that was asked before, and how often one was asked. */
  to?: number;
  without?: number;
  tries?: number;
}

const importRoutine = routine<XmmWorld, Importing>('xmm_import', 'imports a memory object', [
  step('look where it is', (w, t, f) => {
    f.memoryObject = t.hand[1]!;
    f.tries = 0;
    f.without = NONE;
    f.control = kernelPort(w, t.node, 'control', 'pager', NONE).id;
    f.to = whereNext(w, at(w.ports, f.memoryObject), NONE);
  }),
  step('ask the kernel there', (w, t, f) => {
    const memory = at(w.ports, f.memoryObject!);
    if (f.to === t.node) f.to = whereNext(w, memory, f.without!);
    if (f.to === NONE) return goTo(w, t, 'it is here');
    const host = hostPort(w, t.node, f.to!, HOST_PORT);
    memory.srights++;
    const rights = [SEND, memory.id, ...sendRight(at(w.ports, f.control!))];
    const { pages, size = pages, memory: logical = NONE, copyStrategy = 'delay', temporary = false } = f.body;
    const body = { pages, size, memory: logical, copyStrategy, temporary, without: f.without! };
    rpcToPort(w, t, host, 'xmm_object_by_memory_object', { body }, rights);
  }),
  step('make the import', (w, t, f) => {
    const next = nextToAsk(w, t, f);
    if (next !== NONE && f.tries!++ < MAXIMUM_HOPS) {
      f.without = f.to!;
      f.to = next;
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
  step('it is here', (w, t, f) => {
    portDestroy(w, at(w.ports, f.control!));
    const port = at(w.ports, f.memoryObject!);
    if (!port.active || port.receiver === KERNEL) return finish(t, { code: 'KERN_INVALID_ARGUMENT' });
    takeHand(t);
    const known = objectOfPager(w, t.node, port.id);
    if (known !== null) discard(w, { type: SEND, port: port.id });
    const object = known ?? pagerObject(w, t.node, port, f.body);
    finish(t, { body: { object: object.id } } satisfies KernelAnswer);
  }),
]);

/** The node that the one that was asked knows better of; if that one has failed, where the receive right is; or NONE. */
function nextToAsk(w: XmmWorld, t: Thread, f: Importing): number {
  if (t.code === 'KERN_SUCCESS') return NONE;
  if (t.code === 'KERN_INVALID_ARGUMENT') return (t.body as { readonly to?: number } | null)?.to ?? NONE;
  // Its next incarnation may be up already.
  const hasFailed = t.code === 'MIG_SERVER_DIED' || t.code === 'MACH_SEND_INVALID_DEST';
  if (!hasFailed && !isKnownDown(w, t.node, f.to!)) return NONE;
  const to = whereNext(w, at(w.ports, f.memoryObject!), f.to!);
  if (to === NONE) return t.node;
  return isKnownDown(w, t.node, to) ? NONE : to;
}

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
