/**
 * Memory objects: what the home of a vm object knows about the kernels that use it [mechanisms 3.1, 3.2].
 *
 * There is a row as soon as a second kernel uses the object (the "msvm"). Per page it says what each kernel may do; what
 * the home's own kernel may do stands in the vm object itself, because every touch looks there.
 *
 *   X1  at most one kernel has write, and then no other kernel has any access
 *   X2  no kernel has an access that the manager above forbids (`granted`: a lock of the pager, or, if this node is in
 *       turn an importer, what its own home lets it do)
 *   X3  what has been written exists somewhere: with the kernel that wrote it, with the home, with the pager, or on the way
 *   X4  a kernel never holds data with no access
 *   X5  one request per page is active; later ones queue, and one that is satisfied when its turn comes asks nobody
 *
 * A page that several kernels read is at the home too (or with its pager, if it is clean): the home keeps what passes
 * through it. So a reader may forget a clean page without a word, and only what differs from what it was supplied with
 * has to be given back (`precious` in 3.2 is that difference, kept by the kernel itself).
 */
import { NONE, at, release, take, type Row } from '../base/table.ts';
import { noSendersIfTrue } from '../dipc/credits.ts';
import { kernelReleases } from '../mach/ipc/release.ts';
import { isStillUp } from '../mach/node.ts';
import {
  ABSENT,
  EMPTY,
  LOST,
  NO_ACCESS,
  READ_ACCESS,
  WRITE_ACCESS,
  isDirty,
  pageOf,
  setPage,
  unused,
  type VmObject,
} from '../mach/vm/object.ts';
import type { XmmWorld } from './world.ts';

/** Flags of a page. */
export const DIRTY = 1;
/** It must be pushed into the copy object before it is written. */
export const NEEDS_COPY = 2;
/** Nobody had it when it was given to be written: if it never comes back, it was never written. */
export const BLANK = 4;

/** A kernel that imports the object. */
export interface UsingKernel {
  /** UID of its control port: the name under which it asks. */
  readonly kernel: number;
  readonly node: number;
  readonly incarnation: number;
  /** The home's send right to that port. */
  readonly control: number;
  readonly access: Int32Array;
  /** It does not import what the object shadows: the home looks there for it. */
  readonly whole: boolean;
  /** How many numbered messages it was sent: supplies, locks, copies [3.1]. */
  sequence: number;
}

/** `queued`: not its turn yet. `kernels`: other kernels are asked. `pager`: the manager above is. `push`: the copy object. */
export type Phase = 'queued' | 'kernels' | 'pager' | 'push';

export interface ActiveRequest {
  readonly page: number;
  /** NONE: the home's own kernel. MANAGER: this node's home takes access away. */
  readonly kernel: number;
  access: number;
  phase: Phase;
  /** Identity of the thread that serves it. */
  readonly thread: number;
}

export const MANAGER = -2;

export interface MemoryObject extends Row {
  node: number;
  object: number;
  readonly kernels: UsingKernel[];
  flags: Int32Array;
  granted: Int32Array | null;
  /** In the order in which they came. */
  requests: ActiveRequest[];
  /** A copy is being made: nobody is given write access [3.3, copy-call]. */
  copying: boolean;
  /** Only one kernel uses it: it need not give pages back when it ends [3.3, temporary]. */
  temporary: boolean;
}

const noFlags = new Int32Array(0);

export function blankMemoryObject(id: number): MemoryObject {
  const none = { node: NONE, object: NONE, kernels: [], requests: [] };
  return { id, live: true, ...none, flags: noFlags, granted: null, copying: false, temporary: false };
}

/** The account of an object; it is opened when the first other kernel comes. */
export function memoryObjectOf(w: XmmWorld, object: VmObject): MemoryObject {
  if (object.manager !== NONE) return at(w.memoryObjects, object.manager);
  const m = take(w.memoryObjects, blankMemoryObject);
  m.node = object.node;
  m.object = object.id;
  m.granted = object.access;
  m.flags = new Int32Array(object.size);
  object.manager = m.id;
  object.access = new Int32Array(object.size);
  if (object.copyStrategy === 'delay') object.copyStrategy = 'call';
  const copy = object.copyObject === NONE ? null : at(w.objects, object.copyObject);
  for (let page = 0; page < object.size; page++) {
    const version = pageOf(object, page);
    if (version >= 0 && isDirty(object, page)) m.flags[page]! |= DIRTY;
    if (copy !== null && pageOf(copy, page) === EMPTY) m.flags[page]! |= NEEDS_COPY;
    if (version === ABSENT || version === LOST) continue;
    const most = m.granted === null ? WRITE_ACCESS : m.granted[page]!;
    object.access[page] = (m.flags[page]! & NEEDS_COPY) === 0 ? most : Math.min(most, READ_ACCESS);
  }
  return m;
}

/** The kernel uses the object from now on; the home keeps the send right in hand to its control port. */
export function kernelEnters(
  w: XmmWorld,
  m: MemoryObject,
  kernel: number,
  control: number,
  whole: boolean,
): UsingKernel {
  const port = at(w.ports, control);
  port.kernelSends++;
  const node = port.proxy ? at(w.distributed, port.dipc).destination : port.node;
  const { incarnation } = at(w.nodes, node);
  const access = new Int32Array(m.flags.length);
  const entry: UsingKernel = { kernel, node, incarnation, control, access, whole, sequence: 0 };
  m.kernels.push(entry);
  return entry;
}

function kernelLeaves(w: XmmWorld, m: MemoryObject, entry: UsingKernel): void {
  m.kernels.splice(m.kernels.indexOf(entry), 1);
  kernelReleases(w, at(w.ports, entry.control));
}

/**
 * The kernel is gone, and has given back what it wrote: a page that was empty when it came to it, and did not come back,
 * is as empty as before.
 */
export function kernelEnds(w: XmmWorld, m: MemoryObject, entry: UsingKernel): void {
  const object = at(w.objects, m.object);
  for (let page = 0; page < m.flags.length; page++) {
    if (entry.access[page] !== WRITE_ACCESS || (m.flags[page]! & BLANK) === 0) continue;
    m.flags[page]! &= ~(DIRTY | BLANK);
    if (object.pager !== NONE || pageOf(object, page) !== ABSENT) continue;
    setPage(w, object, page, EMPTY);
    object.access![page] = READ_ACCESS;
  }
  kernelLeaves(w, m, entry);
}

export function kernelNamed(m: MemoryObject, kernel: number): UsingKernel | null {
  return m.kernels.find((each) => each.kernel === kernel) ?? null;
}

/** Whether the page may be written by somebody as far as the manager above is concerned. */
export function grantedAccess(m: MemoryObject, page: number): number {
  return m.granted === null ? WRITE_ACCESS : m.granted[page]!;
}

/** A kernel on a failed node had the page: what nobody else has, and nobody wrote down, is lost [2.13, 5.6]. */
export function loseKernel(w: XmmWorld, m: MemoryObject, entry: UsingKernel): void {
  const object = at(w.objects, m.object);
  for (let page = 0; page < m.flags.length; page++) {
    if (entry.access[page] !== NO_ACCESS) losePage(w, m, object, entry, page);
  }
  kernelLeaves(w, m, entry);
}

export function losePage(w: XmmWorld, m: MemoryObject, object: VmObject, entry: UsingKernel, page: number): void {
  const wrote = entry.access[page] === WRITE_ACCESS;
  entry.access[page] = NO_ACCESS;
  if (pageOf(object, page) !== ABSENT) return;
  const elsewhere = m.kernels.some((each) => each.access[page] !== NO_ACCESS);
  if (wrote || ((m.flags[page]! & DIRTY) !== 0 && !elsewhere)) setPage(w, object, page, LOST);
}

/**
 * No other kernel uses the object any more: its account is closed, as soon as nobody asks or copies any more. What went
 * away and never came back was not needed.
 */
export function memoryObjectUnused(w: XmmWorld, id: number): void {
  const object = w.objects.rows[id];
  if (object?.live !== true || object.control === NONE || at(w.ports, object.control).srights > 0) return;
  if (object.manager !== NONE) {
    const m = at(w.memoryObjects, object.manager);
    if (isBusy(m)) return;
    closeAccount(w, object, m);
  }
  unused(w, id);
}

function isBusy({ requests, copying }: MemoryObject): boolean {
  return requests.length > 0 || copying;
}

/** A request or a copy has ended: the last other kernel may have gone meanwhile. */
export function lookForUsers(w: XmmWorld, m: MemoryObject): void {
  const { control } = at(w.objects, m.object);
  if (!isBusy(m) && control !== NONE) noSendersIfTrue(w, at(w.ports, control));
}

function closeAccount(w: XmmWorld, object: VmObject, m: MemoryObject): void {
  for (const entry of [...m.kernels]) {
    if (isStillUp(w, entry.node, entry.incarnation)) kernelLeaves(w, m, entry);
    else loseKernel(w, m, entry);
  }
  object.manager = NONE;
  object.access = m.granted;
  if (object.copyStrategy === 'call' && m.granted === null) object.copyStrategy = 'delay';
  for (let page = 0; page < object.size; page++) {
    if (pageOf(object, page) === ABSENT && object.pager === NONE) setPage(w, object, page, EMPTY);
  }
  release(w.memoryObjects, m, blankMemoryObject);
}
