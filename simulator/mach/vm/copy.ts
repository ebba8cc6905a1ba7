/**
 * Sharing and copying regions [mechanisms 3.3].
 *
 * Memory that only one region writes is copied symmetrically: nothing happens until one of the two sides writes, and
 * then that side puts an object of its own in front. Memory that several regions share cannot: the others would go on
 * writing into what the copy looks through to. So a *copy object* is put behind the copy, which shadows the original and
 * gets each page before the original's page is first written (a push). The copy itself is never written: a region that
 * maps it owes a copy of it in turn, so that several copies can share one that nothing has been pushed into yet.
 *
 *   before   region > object                    after   region > object < copy object < region of the copy
 *                                                       (`<` looks through to; the object's copyObject is the newest)
 *
 * When several kernels share the object its home has to make the copy (call); then, and for objects that are copied at
 * once (none), the caller needs a routine: `copyRegion` says null.
 */
import { NONE, at } from '../../base/table.ts';
import type { Task } from '../task.ts';
import type { MachWorld } from '../world.ts';
import { memoryCreate } from './memory.ts';
import { EMPTY, objectCreate, shadows, type VmObject } from './object.ts';
import { allows, regionAdd, shadowRegion, type Region } from './region.ts';

/** What a copy of a region maps. */
export interface RegionCopy {
  readonly object: VmObject;
  readonly needsCopy: boolean;
}

/** Makes the region's object one that several regions may write: what it owed is copied first. */
export function shareObject(w: MachWorld, region: Region): VmObject {
  if (region.needsCopy) shadowRegion(w, region);
  const object = at(w.objects, region.object);
  if (object.kind !== 'file' && object.copyStrategy === 'symmetric') {
    object.copyStrategy = object.access === null ? 'delay' : 'call';
  }
  if (object.memory === NONE) {
    object.memory = region.memory;
    at(w.memories, region.memory).references++;
  }
  return object;
}

/** A copy of the region as it is now, or null if that takes longer than a moment. */
export function copyRegion(w: MachWorld, region: Region): RegionCopy | null {
  const object = at(w.objects, region.object);
  const constant = object.copyStrategy === 'symmetric' && !allows(region.maximum, 'w');
  if (region.needsCopy || constant) return { object, needsCopy: region.needsCopy };
  switch (object.copyStrategy) {
    case 'symmetric':
      region.needsCopy = true;
      return { object, needsCopy: true };
    case 'delay':
      return { object: copyObjectOf(w, object), needsCopy: true };
    case 'call':
    case 'none':
      return null;
  }
}

/** The newest copy object, if nothing has been pushed into it; else a new one between the object and the older copy. */
export function copyObjectOf(w: MachWorld, object: VmObject): VmObject {
  const older = object.copyObject === NONE ? null : at(w.objects, object.copyObject);
  if (older !== null && older.control === NONE && older.contents.every((version) => version === EMPTY)) return older;
  const copy = objectCreate(w, object.node, `${object.label} copy`, 'anonymous', object.size);
  shadows(copy, object);
  if (older !== null) {
    older.shadow = copy.id;
    copy.references++;
    object.references--;
  }
  object.copyObject = copy.id;
  return copy;
}

/** The logical memory of a copy: what the original holds now. */
export function copiedMemory(w: MachWorld, region: Region): number {
  return memoryCreate(w, at(w.memories, region.memory).written.slice()).id;
}

/** The child maps what the parent's region maps, as its inheritance says; false if that needs a routine. */
export function inheritRegion(w: MachWorld, region: Region, child: Task): boolean {
  const { name, start, pages, protection, maximum, inheritance } = region;
  if (inheritance === 'none') return true;
  const fields = { name, start, pages, protection, maximum, inheritance };
  if (inheritance === 'share') {
    const { memory, external } = region;
    regionAdd(w, child, shareObject(w, region), { ...fields, memory, external });
    return true;
  }
  const made = copyRegion(w, region);
  if (made === null) return false;
  const memory = copiedMemory(w, region);
  regionAdd(w, child, made.object, { ...fields, needsCopy: made.needsCopy, memory });
  return true;
}
