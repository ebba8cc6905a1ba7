/**
 * How a kernel comes to use a memory object of another node [mechanisms 3.1, 3.4].
 *
 *   home (introduce)          opens the account, keeps the right to the kernel's control port, and tells which pages it can
 *                             supply; what it knows to be empty the kernel may know as well
 *   import (importObject)     a vm object whose pager is the home's kernel, and which answers on the control port
 *
 * A task that moves and that nobody shares its memory with takes along the right to fill its empty pages: that needs no
 * message afterwards. Memory that several kernels write is asked for page by page.
 */
import { NONE, at } from '../base/table.ts';
import { enter } from '../dipc/distributed.ts';
import type { Port } from '../mach/ipc/port.ts';
import { copyin, MOVE_SEND } from '../mach/ipc/right.ts';
import { sendRight } from '../mach/kernel-services/objects.ts';
import type { Thread } from '../mach/thread.ts';
import {
  ABSENT,
  EMPTY,
  NO_ACCESS,
  READ_ACCESS,
  WRITE_ACCESS,
  controlPort,
  objectCreate,
  pageOf,
  setPage,
  setPager,
  type CopyStrategy,
  type VmObject,
} from '../mach/vm/object.ts';
import { BLANK, DIRTY, grantedAccess, kernelEnters, memoryObjectOf } from './memory-object.ts';
import type { XmmWorld } from './world.ts';

/** What a home tells a kernel about an object. `present` lists the pages that its home can supply. */
export interface ObjectInfo {
  readonly label: string;
  readonly size: number;
  readonly present: readonly number[];
  /** The name under which the kernel asks; NONE if it must introduce itself first. */
  readonly kernel: number;
  /** What the kernel may do with the pages that are not present. */
  readonly empty: number;
  readonly copyStrategy: CopyStrategy;
  /** Logical memory of those who share it, or NONE. */
  readonly memory: number;
  readonly temporary: boolean;
}

/**
 * The kernel behind the control port (a send right in hand) uses the object; `sole`: nobody else does, or will; `whole`:
 * it sees in it what the object shadows, because it does not import that.
 */
export function introduce(
  w: XmmWorld,
  object: VmObject,
  control: number,
  { sole = false, whole = false } = {},
): { readonly info: ObjectInfo; readonly right: number[] } {
  const port = controlPort(w, object);
  const m = memoryObjectOf(w, object);
  const { label, size, copyStrategy, memory } = object;
  const kernel = enter(w, at(w.ports, control)).uid;
  const entry = kernelEnters(w, m, kernel, control, whole);
  if (sole) m.temporary = true;
  const empty = sole ? WRITE_ACCESS : copyStrategy === 'symmetric' ? READ_ACCESS : NO_ACCESS;
  const present: number[] = [];
  for (let page = 0; page < size; page++) {
    if (pageOf(object, page) !== EMPTY || empty === NO_ACCESS || grantedAccess(m, page) < empty) {
      present.push(page);
      continue;
    }
    entry.access[page] = empty;
    if (empty === READ_ACCESS) object.access![page] = Math.min(object.access![page]!, READ_ACCESS);
    else {
      setPage(w, object, page, ABSENT);
      object.access![page] = NO_ACCESS;
      m.flags[page]! |= DIRTY | BLANK;
    }
  }
  const info = { label, size, present, kernel, empty, copyStrategy, memory, temporary: sole };
  return { info, right: sendRight(port) };
}

/** The kernel's own object for it; `pager` is a send right in hand to the memory object port. */
export function importObject(w: XmmWorld, node: number, info: ObjectInfo, pager: number, control: Port): VmObject {
  const object = objectCreate(w, node, info.label, 'anonymous', info.size);
  object.kind = 'import';
  setPager(w, object, pager);
  object.copyStrategy = info.copyStrategy;
  object.temporary = info.temporary;
  object.kernel = info.kernel;
  object.pagerRequest = control.id;
  control.object = object.id;
  object.access = new Int32Array(info.size).fill(info.empty);
  object.backing = new Int32Array(info.size);
  for (const page of info.present) {
    object.contents[page] = ABSENT;
    object.access[page] = NO_ACCESS;
  }
  const memory = w.memories.rows[info.memory];
  if (memory?.live === true) {
    object.memory = memory.id;
    memory.references++;
  }
  return object;
}

/** A right that came with an answer to a kernel thread, or to a thread in a trap, taken out of the space: its port. */
export function arrivedRight(w: XmmWorld, t: Thread, index: number): number {
  const name = t.names[index];
  const right = name === undefined ? null : copyin(w, at(w.tasks, t.task), name, MOVE_SEND);
  return right === null ? NONE : right.port;
}
