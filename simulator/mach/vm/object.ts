/**
 * Vm objects: the pages that one node's kernel knows of some memory.
 *
 * An object is anonymous (zero-filled), the cache of a file that never changes, the cache of what some other task's
 * pager has, or the import of an object whose home is another node (its pager is that node's kernel). It may *shadow*
 * another object: a page that it does not have is looked for there [mechanisms 3.3]. A page has a version, so that what
 * is read can be compared with what was written last: every write gives a new one.
 *
 * `contents[page]` is the version (>= 0) of a page that is here, or says why it is not. `access[page]` says what this
 * kernel may do with the page without asking; only objects that another kernel uses too have it [3.2].
 */
import { NONE, at, release, take, type Row } from '../../base/table.ts';
import { kernelPort, type Port } from '../ipc/port.ts';
import { kernelReleases } from '../ipc/release.ts';
import { portDestroy } from '../ipc/port-death.ts';
import type { MachWorld } from '../world.ts';
import { memoryForget } from './memory.ts';
import { wakeInTurn, wakeWaiters } from './page-in.ts';
import { pageEnters, pageLeaves } from './page-queues.ts';
import { isReturning, returnAndDestroy } from './terminate.ts';

/** Not here; whoever manages the object may have it. */
export const ABSENT = -1;
/** Not here, and the manager does not have it either: look in the shadow, or fill with zeros. */
export const EMPTY = -2;
/** Its only copy was on a node that has failed. */
export const LOST = -3;

/** What a kernel may do with a page. */
export const NO_ACCESS = 0;
export const READ_ACCESS = 1;
export const WRITE_ACCESS = 2;

/**
 * How a copy of the object is made [mechanisms 3.3]: both sides shadow it when they write (symmetric); a copy object
 * that pages are pushed into before they are written, by this kernel (delay) or by the home's (call); now (none).
 */
export type CopyStrategy = 'symmetric' | 'delay' | 'call' | 'none';

/** A page that this kernel has asked for, and who waits for it: identities of threads. */
export interface PageRequest {
  readonly page: number;
  readonly access: number;
  readonly waiters: number[];
}

export interface VmObject extends Row {
  /** Event in which it was made: its row may be another object's later. */
  born: number;
  node: number;
  label: string;
  kind: 'anonymous' | 'file' | 'pager' | 'import';
  /** Pages of 4 KB. */
  size: number;
  /** Regions and shadows on this node that use it. */
  references: number;
  /** Object that missing pages are looked for in, or NONE. */
  shadow: number;
  /** The newest copy object: a page is pushed there before it is written. It shadows this one. */
  copyObject: number;
  copyStrategy: CopyStrategy;
  /** Port that pages are asked from, or NONE: a send right that the kernel holds. */
  pager: number;
  /** Port on which this kernel answers for the object to other nodes, once one of them imports it; else NONE. */
  control: number;
  /** Account of what every kernel may do with the object's pages, once another kernel uses it (xmm); else NONE. */
  manager: number;
  /** Import: port on which this kernel answers to the object's home; else NONE. */
  pagerRequest: number;
  /** Import: the port of the memory object that it was mapped by, if a task serves it: a right that the kernel holds. */
  memoryObject: number;
  /** Import: the name that this kernel has towards the home (xmm), or NONE. */
  kernel: number;
  /**
   * What is here may be forgotten with the last user here: an import, because no other kernel has a user; what a pager has,
   * because the pager has said so [3.3, temporary].
   */
  temporary: boolean;
  /** The pager is gone: pages that are absent will never come [5.6, source crash]. */
  lost: boolean;
  /** Logical memory of those who share the object, or NONE (memory.ts). */
  memory: number;
  contents: Int32Array;
  /** Per page its place in the queues of the node (page-queues.ts), or NONE; null: no page has one. */
  frames: Int32Array | null;
  /** Per page what this kernel may do; null: it is the only one, and may do everything. */
  access: Int32Array | null;
  /** Version of each page that the pager was given or gave; null: version 0 of every page. */
  backing: Int32Array | null;
  /** Replaced, never changed, when it is empty. */
  requests: PageRequest[];
  /** How many messages of the object's home this kernel has acted on: they are acted on in order [3.1]. */
  sequence: number;
  /** Threads wait for their turn. */
  waiting: boolean;
}

export const BYTES_PER_PAGE = 4096;

const noContents = new Int32Array(0);
const noRequests: PageRequest[] = [];

export function blankObject(id: number): VmObject {
  return {
    id,
    live: true,
    born: 0,
    node: NONE,
    label: '',
    kind: 'anonymous',
    size: 0,
    references: 0,
    shadow: NONE,
    copyObject: NONE,
    copyStrategy: 'symmetric',
    pager: NONE,
    control: NONE,
    manager: NONE,
    pagerRequest: NONE,
    memoryObject: NONE,
    kernel: NONE,
    temporary: false,
    lost: false,
    memory: NONE,
    contents: noContents,
    frames: null,
    access: null,
    backing: null,
    requests: noRequests,
    sequence: 0,
    waiting: false,
  };
}

export function objectCreate(
  w: MachWorld,
  node: number,
  label: string,
  kind: VmObject['kind'],
  size: number,
): VmObject {
  const object = take(w.objects, blankObject);
  object.born = w.events;
  object.node = node;
  object.label = label;
  object.kind = kind;
  object.size = size;
  object.contents = new Int32Array(size).fill(kind === 'anonymous' ? EMPTY : ABSENT);
  return object;
}

/** The object that somebody has been busy with since the given event, or null: it has ended, and its row may be another's. */
export function objectSince(w: MachWorld, id: number, event: number): VmObject | null {
  const object = w.objects.rows[id];
  return object?.live === true && object.born <= event ? object : null;
}

/** Puts a page in, changes it, or takes it out: the node's count of resident pages, and its queues, follow. */
export function setPage(w: MachWorld, object: VmObject, page: number, version: number): void {
  const before = object.contents[page]!;
  object.contents[page] = version;
  if (version >= 0 === before >= 0) return;
  const node = at(w.nodes, object.node);
  node.residentPages += version >= 0 ? 1 : -1;
  if (node.queues === null) return;
  if (version >= 0) pageEnters(node.queues, object, page);
  else pageLeaves(node.queues, object, page);
}

/** What this kernel has of the page. Beyond its end an object is empty. */
export function pageOf(object: VmObject, page: number): number {
  return page < object.size ? object.contents[page]! : EMPTY;
}

/** Whether this kernel may do so much with the page without asking anybody. */
export function mayAccess(object: VmObject, page: number, access: number): boolean {
  return object.access === null || object.access[page]! >= access;
}

/** Whether an absent page can be asked for: a pager has it, or this kernel must see which other kernel has it. */
export function isManaged(object: VmObject): boolean {
  return object.pager !== NONE || object.access !== null;
}

/** Whether this node keeps account of what every kernel may do with the object's pages (xmm). */
export function isHome(object: VmObject): boolean {
  return object.manager !== NONE;
}

/** Whether the page differs from what its pager has, so that it must be given back before it is forgotten. */
export function isDirty(object: VmObject, page: number): boolean {
  return object.contents[page] !== (object.backing === null ? 0 : object.backing[page]!);
}

/** The object shadows another one from now on. */
export function shadows(object: VmObject, below: VmObject): void {
  object.shadow = below.id;
  below.references++;
}

/** The kernel keeps a send right in hand as the port that it asks for the object's pages. */
export function setPager(w: MachWorld, object: VmObject, pager: number): void {
  object.pager = pager;
  at(w.ports, pager).kernelSends++;
  if (object.kind === 'pager') at(w.nodes, object.node).objectByPager.set(pager, object.id);
}

/** The object is found again by the port that it was mapped by. */
export function foundBy(w: MachWorld, object: VmObject, port: number): void {
  at(w.nodes, object.node).objectByPager.set(port, object.id);
  if (port === object.pager) return;
  object.memoryObject = port;
  at(w.ports, port).kernelSends++;
}

/** The object that this node already has for a memory object that a task serves, or null [vm_object_enter]. */
export function objectOfPager(w: MachWorld, node: number, pager: number): VmObject | null {
  const id = at(w.nodes, node).objectByPager.get(pager);
  return id === undefined ? null : at(w.objects, id);
}

/** The port on which this kernel answers for the object to the nodes that import it. */
export function controlPort(w: MachWorld, object: VmObject): Port {
  if (object.control !== NONE) return at(w.ports, object.control);
  const port = kernelPort(w, object.node, `${object.label}.memory`, 'memory', object.id);
  object.control = port.id;
  return port;
}

/** One user less. An object that nobody uses, here or on another node, is forgotten, and so on down its shadows. */
export function dropReference(w: MachWorld, object: VmObject): void {
  object.references--;
  if (object.references > 0 || object.control !== NONE) return;
  if (owesPages(object)) returnAndDestroy(w, object);
  else if (!isReturning(w, object)) objectDestroy(w, object);
}

/**
 * An import may have, or be about to get, what nobody else has: its home must get that back before it is forgotten. So must
 * a task's pager what was written.
 */
function owesPages(object: VmObject): boolean {
  const { access, temporary, kernel, lost, kind } = object;
  if (temporary || lost || (kernel === NONE && kind !== 'pager')) return false;
  if (object.requests.length > 0 || object.waiting) return true;
  if (kernel !== NONE && access?.includes(WRITE_ACCESS) === true) return true;
  return object.contents.some((version, page) => version >= 0 && isDirty(object, page));
}

/** No other node imports the object any more. */
export function unused(w: MachWorld, id: number): void {
  const object = w.objects.rows[id];
  if (object === undefined || !object.live || object.control === NONE) return;
  const port = at(w.ports, object.control);
  if (port.srights > 0) return;
  object.control = NONE;
  portDestroy(w, port);
  if (object.references > 0) return;
  if (owesPages(object)) returnAndDestroy(w, object);
  else if (!isReturning(w, object)) objectDestroy(w, object);
}

/** Forgets the object, and what it shadows if nothing else uses that. Who waits for a page of it finds that it is gone. */
export function objectDestroy(w: MachWorld, object: VmObject): void {
  const { pager, shadow, node, id, memory, pagerRequest, memoryObject } = object;
  const { objectByPager } = at(w.nodes, node);
  for (let page = 0; page < object.size; page++) if (object.contents[page]! >= 0) setPage(w, object, page, EMPTY);
  for (const { page } of object.requests) wakeWaiters(w, object, page);
  wakeInTurn(w, object);
  if (w.objects.rows[shadow]?.copyObject === id) at(w.objects, shadow).copyObject = NONE;
  for (const port of [pager, memoryObject]) if (objectByPager.get(port) === id) objectByPager.delete(port);
  release(w.objects, object, blankObject);
  if (memory !== NONE) memoryForget(w, memory);
  if (pagerRequest !== NONE) portDestroy(w, at(w.ports, pagerRequest));
  for (const port of [pager, memoryObject]) if (port !== NONE) kernelReleases(w, at(w.ports, port));
  if (shadow !== NONE) dropReference(w, at(w.objects, shadow));
}
