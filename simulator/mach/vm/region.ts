/**
 * Regions: what a task's addresses mean.
 *
 * A region maps pages of one object. `needsCopy` marks memory that is shared only until somebody writes: the first
 * write puts a new anonymous object in front of the old one (a shadow) [mechanisms 3.3, symmetric copy]. What a task
 * may do with its pages is `protection`, and what it may ever be allowed to do `maximum`. How regions are inherited and
 * copied stands in copy.ts.
 */
import { NONE, at, release, take, type Row } from '../../base/table.ts';
import type { Task } from '../task.ts';
import type { MachWorld } from '../world.ts';
import { memoryCreate, memoryForget, memoryWritten } from './memory.ts';
import { BYTES_PER_PAGE, dropReference, objectCreate, pageOf, setPage, shadows, type VmObject } from './object.ts';

export type Inheritance = 'copy' | 'share' | 'none';

export interface Region extends Row {
  task: number;
  name: string;
  /** First page. */
  start: number;
  /** Number of pages of 4 KB. */
  pages: number;
  object: number;
  /** `r`, `w` and `x`, with a dash for each that is missing. */
  protection: string;
  /** What `protection` can be raised to. */
  maximum: string;
  inheritance: Inheritance;
  needsCopy: boolean;
  /** Others than tasks see what is written to it: it is a file. So nobody can take it over, only share it. */
  external: boolean;
  /** Its logical memory (memory.ts). */
  memory: number;
}

export interface RegionFields {
  readonly name: string;
  readonly pages: number;
  readonly protection: string;
  readonly inheritance: Inheritance;
  readonly maximum?: string;
  readonly needsCopy?: boolean;
  readonly external?: boolean;
  readonly start?: number;
  /** Logical memory that it continues or shares; without one, what is behind it now is right. */
  readonly memory?: number;
}

export const ALL_ACCESS = 'rwx';

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
    maximum: ALL_ACCESS,
    inheritance: 'copy',
    needsCopy: false,
    external: false,
    memory: NONE,
  };
}

/** Pages left free between two regions that nobody placed. */
const GUARD = 16;

/** Maps the object behind what the task has mapped so far, or at a chosen page. The region takes the reference. */
export function regionAdd(w: MachWorld, task: Task, object: VmObject, fields: RegionFields): Region {
  const region = take(w.regions, blankRegion);
  Object.assign(region, { start: endOf(w, task) + GUARD }, fields);
  region.object = object.id;
  object.references++;
  const known = w.memories.rows[fields.memory ?? NONE];
  const memory = known?.live === true ? known : memoryCreate(w, visible(w, object, fields.pages));
  region.memory = memory.id;
  memory.references++;
  enterMap(w, task, region);
  return region;
}

/** The region leaves the map that it is in, and enters another one on the same node: where it is to be, or behind all. */
export function regionMove(
  w: MachWorld,
  region: Region,
  to: Task,
  { name, start = NONE }: { readonly name: string; readonly start?: number },
): void {
  const from = at(w.tasks, region.task);
  from.regions = from.regions.filter((each) => each !== region.id);
  const fits = start !== NONE && isFree(w, to, start, region.pages);
  region.name = name;
  region.start = fits ? start : endOf(w, to) + GUARD;
  enterMap(w, to, region);
}

/** Regions stand in the map in the order of their addresses. */
function enterMap(w: MachWorld, task: Task, region: Region): void {
  region.task = task.id;
  const place = task.regions.findIndex((each) => at(w.regions, each).start > region.start);
  task.regions = place < 0 ? task.regions.concat(region.id) : task.regions.toSpliced(place, 0, region.id);
}

/** The first page behind everything that the task has mapped. */
function endOf(w: MachWorld, task: Task): number {
  const last = task.regions[task.regions.length - 1];
  return last === undefined ? 0 : at(w.regions, last).start + at(w.regions, last).pages;
}

export function regionRemove(w: MachWorld, task: Task, region: Region): void {
  task.regions = task.regions.filter((each) => each !== region.id);
  const object = at(w.objects, region.object);
  memoryForget(w, region.memory);
  release(w.regions, region, blankRegion);
  dropReference(w, object);
}

export function regionNamed(w: MachWorld, task: Task, name: string): Region | null {
  for (const id of task.regions) if (at(w.regions, id).name === name) return at(w.regions, id);
  return null;
}

/** Whether the pages from `start` on are free in the task's address space. */
export function isFree(w: MachWorld, task: Task, start: number, pages: number): boolean {
  for (const id of task.regions) {
    const region = at(w.regions, id);
    if (start < region.start + region.pages && region.start < start + pages) return false;
  }
  return true;
}

/** Whether every access of `wanted` is in `protection`. */
export function allows(protection: string, wanted: string): boolean {
  for (const access of wanted) if (access !== '-' && !protection.includes(access)) return false;
  return true;
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

/** What the first write to a page of a region that owes a copy comes to, when its price is part of another. */
export function firstWrite(w: MachWorld, region: Region): void {
  const object = shadowRegion(w, region);
  const version = ++w.writes;
  setPage(w, object, 0, version);
  memoryWritten(w, region.memory, 0, version);
}

/** The region maps another object from now on, whose pages are those of the given logical memory. */
export function regionRemap(w: MachWorld, region: Region, object: VmObject, memory: number): void {
  const before = at(w.objects, region.object);
  const { memory: old } = region;
  object.references++;
  at(w.memories, memory).references++;
  region.object = object.id;
  region.memory = memory;
  memoryForget(w, old);
  dropReference(w, before);
}

/** The versions that are behind a mapping; what is not here is as its pager has it. */
function visible(w: MachWorld, top: VmObject, pages: number): Int32Array {
  const written = new Int32Array(pages);
  for (let page = 0; page < pages; page++) {
    for (let object = top; ; object = at(w.objects, object.shadow)) {
      const version = pageOf(object, page);
      if (version >= 0) written[page] = version;
      if (version >= 0 || object.shadow === NONE) break;
    }
  }
  return written;
}

/** Bytes of memory that the pages present on a node take. */
export function residentBytes(w: MachWorld, node: number): number {
  return at(w.nodes, node).residentPages * BYTES_PER_PAGE;
}
