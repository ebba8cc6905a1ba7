/**
 * Page faults.
 *
 * A thread touches a page. If the page is there (in the region's object or in one that it shadows) and this kernel may
 * do what the thread wants to do with it, nothing happens and nothing is paid. If memory must be made (a copy on write,
 * a page of zeros, a page pushed into a copy object) the thread pays for one entry into the kernel. If only the manager
 * of the object has the page, or must first take it away from other kernels, a thread of the node's kernel asks it
 * (page-in.ts), and the faulting thread waits; it may be taken elsewhere meanwhile, and then simply touches again.
 */
import { KERNEL_CALLS } from '../../base/ledger.ts';
import { NONE, at } from '../../base/table.ts';
import { charge } from '../processor.ts';
import type { Thread } from '../thread.ts';
import type { MachWorld } from '../world.ts';
import { memoryRead, memoryWritten } from './memory.ts';
import { bytesFollow } from './page-bytes.ts';
import {
  ABSENT,
  EMPTY,
  LOST,
  READ_ACCESS,
  WRITE_ACCESS,
  isManaged,
  mayAccess,
  pageOf,
  setPage,
  type VmObject,
} from './object.ts';
import { pageIn } from './page-in.ts';
import { relieve } from './page-out.ts';
import { pageReferenced } from './page-queues.ts';
import { allows, shadowRegion, type Region } from './region.ts';

/**
 * `present`: done. `wait`: the thread was given something to wait for, or to pay, after which it must touch the page
 * again. Otherwise the code of the exception: there is no such page, the region's protection forbids it, or nobody has
 * the page any more.
 */
export type Touched = 'present' | 'wait' | 'KERN_INVALID_ADDRESS' | 'KERN_PROTECTION_FAILURE' | 'KERN_MEMORY_ERROR';

export function touch(w: MachWorld, t: Thread, region: Region, page: number, write: boolean): Touched {
  if (page < 0 || page >= region.pages) return 'KERN_INVALID_ADDRESS';
  if (!allows(region.protection, write ? 'w' : 'r')) return 'KERN_PROTECTION_FAILURE';
  return write ? writePage(w, t, region, page, NONE) : readPage(w, t, region, page);
}

/** Reads the page, whatever the protection: what the kernel itself does when it copies. */
export function readPage(w: MachWorld, t: Thread, region: Region, page: number): Touched {
  const top = at(w.objects, region.object);
  for (let object = top; ; object = at(w.objects, object.shadow)) {
    const version = pageOf(object, page);
    if (version >= 0) {
      pageReferenced(w, object, page);
      memoryRead(w, region.memory, page, version);
      return 'present';
    }
    if (version !== EMPTY) return askFor(w, t, object, page, READ_ACCESS);
    if (object.shadow === NONE) break;
  }
  if (top.access === null) return fill(w, t, top, page, 0);
  setPage(w, top, page, 0);
  relieve(w, top.node);
  memoryRead(w, region.memory, page, 0);
  return 'present';
}

/** The version that `readPage` has found. */
export function versionAt(w: MachWorld, region: Region, page: number): number {
  let object = at(w.objects, region.object);
  while (pageOf(object, page) < 0) object = at(w.objects, object.shadow);
  return pageOf(object, page);
}

/** Writes to the page: a new version, or the given one when contents are copied. */
export function writePage(w: MachWorld, t: Thread, region: Region, page: number, contents: number): Touched {
  if (region.needsCopy) {
    shadowRegion(w, region);
    return enterKernel(w, t);
  }
  const top = at(w.objects, region.object);
  const version = pageOf(top, page);
  if (version === LOST || !mayAccess(top, page, WRITE_ACCESS)) return askFor(w, t, top, page, WRITE_ACCESS);
  if (version === ABSENT) return askFor(w, t, top, page, WRITE_ACCESS);
  if (version >= 0) {
    const pushed = push(w, t, top, page, version);
    if (pushed !== 'present') return pushed;
    return change(w, region, top, page, version, contents);
  }
  for (let object = top; object.shadow !== NONE;) {
    object = at(w.objects, object.shadow);
    const below = pageOf(object, page);
    if (below >= 0) return copyUp(w, t, region, top, page, below, contents);
    if (below !== EMPTY) return askFor(w, t, object, page, READ_ACCESS);
  }
  return copyUp(w, t, region, top, page, 0, contents);
}

function change(w: MachWorld, region: Region, top: VmObject, page: number, before: number, contents: number): Touched {
  const written = contents === NONE ? ++w.writes : contents;
  if (contents === NONE && w.pageBytes.rows.length > 0) bytesFollow(w, before, written);
  setPage(w, top, page, written);
  pageReferenced(w, top, page);
  memoryWritten(w, region.memory, page, written);
  return 'present';
}

/**
 * The page comes into the top object, from below or as zeros; what owes the old contents to a copy object pays first. If
 * other kernels use the object the page is written at once, before it can be taken away: asking for it has been paid for.
 */
function copyUp(
  w: MachWorld,
  t: Thread,
  region: Region,
  top: VmObject,
  page: number,
  version: number,
  contents: number,
): Touched {
  if (top.access !== null) {
    change(w, region, top, page, version, contents);
    relieve(w, top.node);
    return 'present';
  }
  const pushed = push(w, t, top, page, version);
  return pushed === 'present' ? fill(w, t, top, page, version) : pushed;
}

/**
 * Before a page changes, its copy object gets it, if it has no page of its own yet [3.3]. Where several kernels use the
 * object, its home does that before it lets anybody write.
 */
function push(w: MachWorld, t: Thread, object: VmObject, page: number, version: number): Touched {
  if (object.copyObject === NONE || object.access !== null) return 'present';
  const copy = at(w.objects, object.copyObject);
  if (pageOf(copy, page) !== EMPTY && pageOf(copy, page) !== ABSENT) return 'present';
  if (!mayAccess(copy, page, WRITE_ACCESS)) return askFor(w, t, copy, page, WRITE_ACCESS);
  return pageOf(copy, page) === ABSENT ? 'present' : fill(w, t, copy, page, version);
}

function fill(w: MachWorld, t: Thread, object: VmObject, page: number, version: number): Touched {
  setPage(w, object, page, version);
  relieve(w, object.node);
  return enterKernel(w, t);
}

/** A page that only the object's manager can give, or that the thread needs more access to than this kernel has. */
function askFor(w: MachWorld, t: Thread, object: VmObject, page: number, access: number): Touched {
  if (pageOf(object, page) === LOST || (object.lost && pageOf(object, page) === ABSENT)) return 'KERN_MEMORY_ERROR';
  if (!isManaged(object)) return 'KERN_MEMORY_ERROR';
  pageIn(w, t, object, page, access);
  return 'wait';
}

function enterKernel(w: MachWorld, t: Thread): Touched {
  charge(w, t, KERNEL_CALLS, 1, w.setup.prices.kernel_call);
  return 'wait';
}
