/**
 * Pages that can never come: whoever has them has failed, and who touches one gets KERN_MEMORY_ERROR [mechanisms 5.6]. A look
 * at what this kernel knows; nobody is asked, and nothing changes.
 *
 * Only what the task may write is its own. Text is the same elsewhere, or in a file, and whether it is asked for again
 * nobody knows; nor does it count that the server of a mapped file has failed.
 */
import { NONE, at } from '../../base/table.ts';
import type { Task } from '../task.ts';
import type { MachWorld } from '../world.ts';
import { ABSENT, LOST, isManaged, pageOf, type VmObject } from './object.ts';
import { allows } from './region.ts';

export function hasLostPages(w: MachWorld, task: Task): boolean {
  return task.regions.some((id) => {
    const { object, pages, protection } = at(w.regions, id);
    if (!allows(protection, 'w')) return false;
    for (let page = 0; page < pages; page++) if (isLost(w, at(w.objects, object), page)) return true;
    return false;
  });
}

function isLost(w: MachWorld, top: VmObject, page: number): boolean {
  for (let object = top; ; object = at(w.objects, object.shadow)) {
    const version = pageOf(object, page);
    if (version >= 0) return false;
    if (version === LOST) return true;
    if (version === ABSENT) return object.kind !== 'file' && (object.lost || !isManaged(object));
    if (object.shadow === NONE) return false;
  }
}
