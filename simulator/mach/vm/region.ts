/**
 * Regions: what a task's addresses mean.
 *
 * A region maps pages of one object. `needsCopy` marks memory that is shared only until somebody writes: the first
 * write puts a new anonymous object in front of the old one (a shadow) [mechanisms 3.3, symmetric copy]. A forked
 * child inherits regions as its parent's inheritance says.
 */
import { NONE, at, release, select, take, type Row } from '../../base/table.ts';
import type { Task } from '../task.ts';
import type { MachWorld } from '../world.ts';
import { BYTES_PER_PAGE, dropReference, objectCreate, shadows, type VmObject } from './object.ts';

export type Inheritance = 'copy' | 'share' | 'none';

export interface Region extends Row {
  task: number;
  name: string;
  /** First page. */
  start: number;
  /** Number of pages of 4 KB. */
  pages: number;
  object: number;
  protection: string;
  inheritance: Inheritance;
  needsCopy: boolean;
}

export interface RegionFields {
  readonly name: string;
  readonly pages: number;
  readonly protection: string;
  readonly inheritance: Inheritance;
  readonly needsCopy?: boolean;
  readonly start?: number;
}

export function blankRegion(id: number): Region {
  return {
    id,
    live: true,
    task: NONE,
    name: '',
    start: 0,
    pages: 0,
    object: NONE,
    protection: 'rw-',
    inheritance: 'copy',
    needsCopy: false,
  };
}

/** Pages left free between two regions that nobody placed. */
const GUARD = 16;

/** Maps the object behind what the task has mapped so far, or at a chosen page. The region takes the reference. */
export function regionAdd(w: MachWorld, task: Task, object: VmObject, fields: RegionFields): Region {
  const last = task.regions[task.regions.length - 1];
  const end = last === undefined ? 0 : at(w.regions, last).start + at(w.regions, last).pages;
  const region = take(w.regions, blankRegion);
  Object.assign(region, { start: end + GUARD }, fields);
  region.task = task.id;
  region.object = object.id;
  object.references++;
  task.regions.push(region.id);
  return region;
}

export function regionRemove(w: MachWorld, task: Task, region: Region): void {
  task.regions.splice(task.regions.indexOf(region.id), 1);
  const object = at(w.objects, region.object);
  release(w.regions, region, blankRegion);
  dropReference(w, object);
}

export function regionNamed(w: MachWorld, task: Task, name: string): Region | null {
  for (const id of task.regions) if (at(w.regions, id).name === name) return at(w.regions, id);
  return null;
}

/** The child maps what its parent maps; copied regions are shared until one of the two writes. */
export function inheritRegions(w: MachWorld, parent: Task, child: Task): void {
  for (const id of parent.regions) {
    const { name, start, pages, protection, inheritance, ...rest } = at(w.regions, id);
    if (inheritance === 'none') continue;
    const writable = inheritance === 'copy' && protection.includes('w');
    if (writable) at(w.regions, id).needsCopy = true;
    const needsCopy = writable || rest.needsCopy;
    regionAdd(w, child, at(w.objects, rest.object), { name, start, pages, protection, inheritance, needsCopy });
  }
}

/** The first write to memory that owed a copy: a new anonymous object in front of the old one. */
export function shadowRegion(w: MachWorld, region: Region): VmObject {
  const below = at(w.objects, region.object);
  const object = objectCreate(w, below.node, below.label, 'anonymous', below.size);
  shadows(object, below);
  object.references++;
  region.object = object.id;
  region.needsCopy = false;
  dropReference(w, below);
  return object;
}

/** Bytes of memory that the pages present on a node take. */
export function residentBytes(w: MachWorld, node: number): number {
  let pages = 0;
  for (const object of select(w.objects, (each) => each.node === node)) {
    for (const version of object.contents) if (version >= 0) pages++;
  }
  return pages * BYTES_PER_PAGE;
}
