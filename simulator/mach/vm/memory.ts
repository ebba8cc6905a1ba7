/**
 * Logical memories: what the memory of a region *should* hold, whatever becomes of its pages.
 *
 * A page is copied on write, imported, pushed, paged out and fetched again; all that must not show. So every region
 * refers to a logical memory, which knows for each page the version that was written last, and every read that finds
 * another version breaks the rule [X6, T5]. Regions that share memory share the logical one, on whatever nodes they are;
 * a copy begins with the versions of its original. Nothing in the system is decided by it: it is a ghost.
 */
import { assert } from '../../base/assert.ts';
import { NONE, at, release, take, type Row } from '../../base/table.ts';
import type { MachWorld } from '../world.ts';

export interface LogicalMemory extends Row {
  /** Regions and vm objects that refer to it. */
  references: number;
  /** Per page the version that was written last. */
  written: Int32Array;
  /** A task's pager says what is in it: what that pager supplies is right [3.1]. */
  foreign: boolean;
}

function blankMemory(id: number): LogicalMemory {
  return { id, live: true, references: 0, written: nothing, foreign: false };
}

const nothing = new Int32Array(0);

export function memoryCreate(w: MachWorld, written: Int32Array, foreign = false): LogicalMemory {
  const memory = take(w.memories, blankMemory);
  memory.written = written;
  memory.foreign = foreign;
  return memory;
}

export function memoryForget(w: MachWorld, id: number): void {
  const memory = at(w.memories, id);
  if (--memory.references === 0) release(w.memories, memory, blankMemory);
}

/** A thread finds this version in the page. */
export function memoryRead(w: MachWorld, id: number, page: number, version: number): void {
  const memory = w.memories.rows[id];
  if (id === NONE || memory === undefined) return;
  const last = memory.written[page]!;
  assert(version === last, 'X6', () => `page ${page}: a read finds version ${version}, written last was ${last}`);
}

export function memoryWritten(w: MachWorld, id: number, page: number, version: number): void {
  at(w.memories, id).written[page] = version;
}

/** A pager supplies a page of an object: if the contents are the pager's own business, this is what they are now. */
export function memorySupplied(w: MachWorld, id: number, page: number, version: number): void {
  if (id === NONE) return;
  const memory = at(w.memories, id);
  if (memory.foreign && page < memory.written.length) memory.written[page] = version;
}
