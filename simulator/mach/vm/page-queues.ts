/**
 * Which page leaves when memory is short: Mach's active and inactive queues, with a second chance [Mach vm_pageout.c,
 * vm_resident.c].
 *
 *   active      pages that are in use, as far as anybody knows; a page that comes in joins the tail
 *   inactive    the oldest third: at its way in a page's reference bit is cleared; who touches it sets the bit again
 *
 * From the head of the inactive queue a page leaves, unless it was touched since it came there: then it is active again.
 * A node has no queues before it is first short of memory, and pays nothing for them; from then on every page that is
 * resident is in exactly one [H5].
 *
 * A frame is the index of a resident page in these lists (Mach's vm_page); an object knows the frames of its pages.
 */
import { NONE, at } from '../../base/table.ts';
import type { Node } from '../node.ts';
import type { MachWorld } from '../world.ts';
import type { VmObject } from './object.ts';

export const ACTIVE = 0;
export const INACTIVE = 1;

export interface PageQueues {
  // By frame: whose page it is, in which queue, its neighbours there, and whether it was touched.
  readonly object: number[];
  readonly page: number[];
  readonly queue: number[];
  readonly next: number[];
  readonly previous: number[];
  readonly referenced: boolean[];
  /** Frames that hold no page. */
  readonly free: number[];
  // By queue.
  readonly first: [number, number];
  readonly last: [number, number];
  readonly count: [number, number];
}

/** The part of the resident pages that is kept inactive [VM_PAGE_INACTIVE_TARGET]. */
const INACTIVE_PART = 3;

/** The queues of the node; the first time all pages that it has are active, in the order of their objects. */
export function queuesOf(w: MachWorld, node: Node): PageQueues {
  if (node.queues !== null) return node.queues;
  node.queues = {
    ...{ object: [], page: [], queue: [], next: [], previous: [], referenced: [], free: [] },
    ...{ first: [NONE, NONE], last: [NONE, NONE], count: [0, 0] },
  };
  for (const object of w.objects.rows) {
    if (!object.live || object.node !== node.id) continue;
    for (let page = 0; page < object.size; page++)
      if (object.contents[page]! >= 0) pageEnters(node.queues, object, page);
  }
  return node.queues;
}

/** The page is resident from now on. */
export function pageEnters(q: PageQueues, object: VmObject, page: number): void {
  const frame = q.free.pop() ?? q.object.length;
  q.object[frame] = object.id;
  q.page[frame] = page;
  q.referenced[frame] = true;
  object.frames ??= new Int32Array(object.size).fill(NONE);
  object.frames[page] = frame;
  append(q, frame, ACTIVE);
}

/** The page is not resident any more. */
export function pageLeaves(q: PageQueues, object: VmObject, page: number): void {
  const frame = object.frames![page]!;
  object.frames![page] = NONE;
  unlink(q, frame);
  q.object[frame] = NONE;
  q.free.push(frame);
}

/** Somebody has touched the page: what the hardware notes in its reference bit. */
export function pageReferenced(w: MachWorld, object: VmObject, page: number): void {
  if (object.frames === null) return;
  const frame = object.frames[page]!;
  if (frame !== NONE) at(w.nodes, object.node).queues!.referenced[frame] = true;
}

/**
 * The frame of the page that leaves next, or NONE if none can; `mayLeave` says which can. It stays, at the tail, until it
 * has left: what could not be given back is not tried again at once.
 */
export function nextToLeave(q: PageQueues, mayLeave: (object: number, page: number) => boolean): number {
  // Every page may have been touched, and so be looked at twice.
  for (let left = 2 * (q.count[ACTIVE] + q.count[INACTIVE]); left > 0; left--) {
    deactivate(q);
    const frame = q.first[INACTIVE];
    if (frame === NONE) return NONE;
    unlink(q, frame);
    const leaves = !q.referenced[frame]! && mayLeave(q.object[frame]!, q.page[frame]!);
    append(q, frame, leaves ? INACTIVE : ACTIVE);
    if (leaves) return frame;
  }
  return NONE;
}

/** The oldest active pages become inactive, until a third of all is. */
function deactivate(q: PageQueues): void {
  const target = Math.ceil((q.count[ACTIVE] + q.count[INACTIVE]) / INACTIVE_PART);
  while (q.count[INACTIVE] < target) {
    const frame = q.first[ACTIVE];
    unlink(q, frame);
    q.referenced[frame] = false;
    append(q, frame, INACTIVE);
  }
}

function append(q: PageQueues, frame: number, queue: typeof ACTIVE | typeof INACTIVE): void {
  const last = q.last[queue];
  q.queue[frame] = queue;
  q.next[frame] = NONE;
  q.previous[frame] = last;
  if (last === NONE) q.first[queue] = frame;
  else q.next[last] = frame;
  q.last[queue] = frame;
  q.count[queue]++;
}

function unlink(q: PageQueues, frame: number): void {
  const queue = q.queue[frame] as typeof ACTIVE | typeof INACTIVE;
  const next = q.next[frame]!;
  const previous = q.previous[frame]!;
  if (previous === NONE) q.first[queue] = next;
  else q.next[previous] = next;
  if (next === NONE) q.last[queue] = previous;
  else q.previous[next] = previous;
  q.count[queue]--;
}
