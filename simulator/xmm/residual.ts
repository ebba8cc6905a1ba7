/**
 * Residual memory dependency [mechanisms 3.5]: for every node, how many pages of a task only that node can give.
 *
 * A page counts where its one valid copy is, or where its pager is if it is in no memory at all. A page that the task's
 * own node has counts there, whoever else has it; a page that nobody ever filled counts nowhere. The answer is what an
 * operator with perfect sight would see: no message is sent.
 */
import { NONE, at } from '../base/table.ts';
import type { Port } from '../mach/ipc/port.ts';
import type { Task } from '../mach/task.ts';
import { ABSENT, EMPTY, NO_ACCESS, WRITE_ACCESS, pageOf, type VmObject } from '../mach/vm/object.ts';
import type { MemoryObject } from './memory-object.ts';
import type { XmmWorld } from './world.ts';

/** Indexed by node. */
export function pagesByNode(w: XmmWorld, task: Task): number[] {
  const counts = w.nodes.rows.map(() => 0);
  for (const id of task.regions) {
    const region = at(w.regions, id);
    for (let page = 0; page < region.pages; page++) {
      const node = whereIs(w, at(w.objects, region.object), page);
      if (node !== NONE) counts[node]!++;
    }
  }
  return counts;
}

/** The node that has the page as it is seen through the object, or NONE. */
export function whereIs(w: XmmWorld, top: VmObject, page: number): number {
  for (let object = top; ; object = at(w.objects, object.shadow)) {
    const version = pageOf(object, page);
    if (version >= 0) return object.node;
    if (version === ABSENT) {
      const node = holder(w, object, page);
      if (node !== NONE) return node;
    } else if (version !== EMPTY) return NONE;
    if (object.shadow === NONE) return NONE;
  }
}

/** Who has the page of an object that its own node does not have. */
function holder(w: XmmWorld, object: VmObject, page: number): number {
  if (object.manager !== NONE) {
    const node = amongKernels(w, at(w.memoryObjects, object.manager), page);
    if (node !== NONE) return node;
  }
  const pager = object.pager === NONE ? null : principalOf(w, at(w.ports, object.pager));
  if (pager === null) return NONE;
  if (object.kernel === NONE) return pager.node;
  if (pager.objectKind !== 'memory') return NONE;
  const home = at(w.objects, pager.object);
  const version = pageOf(home, page);
  if (version >= 0) return home.node;
  return version === ABSENT ? holder(w, home, page) : NONE;
}

/** The kernel that writes the page, else one that reads it. */
function amongKernels(w: XmmWorld, m: MemoryObject, page: number): number {
  const using = m.kernels.filter((each) => each.access[page] !== NO_ACCESS);
  const having = using.filter((each) => hasPage(w, at(w.ports, each.control), page));
  return (having.find((each) => each.access[page] === WRITE_ACCESS) ?? having[0])?.node ?? NONE;
}

function hasPage(w: XmmWorld, control: Port, page: number): boolean {
  const port = principalOf(w, control);
  const object = port?.objectKind === 'pager' ? w.objects.rows[port.object] : undefined;
  return object?.live === true && pageOf(object, page) >= 0;
}

/** The copy of the port that holds the receive right. */
function principalOf(w: XmmWorld, port: Port): Port | null {
  if (!port.active || !port.proxy) return port.active ? port : null;
  const { uid } = at(w.distributed, port.dipc);
  for (const node of w.nodes.rows) {
    const copy = w.ports.rows[node.portByUid.get(uid) ?? NONE];
    if (copy?.live === true && copy.active && !copy.proxy) return copy;
  }
  return null;
}
