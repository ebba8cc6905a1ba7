/**
 * Memory: the regions of a task's address space, and where their pages are. What a migrated task has not touched yet
 * is still on the node that it came from.
 *
 *   data    pages 80..103, read-write, 4 here, 20 on source
 */
import type { RegionState } from '../../simulator/inspect/state-memory.ts';
import type { TaskState } from '../../simulator/inspect/state.ts';
import { withMembers } from './value.ts';
import type { Shown } from './shown.ts';

export function presentMemory(task: TaskState): readonly Shown[] {
  return task.regions.map((region, index) => {
    const expression = `task(${task.task}).regions[${index}]`;
    return withMembers({ name: region.name, value: regionInWords(region), expression }, region);
  });
}

function regionInWords({ start, pages, protection, resident, remote }: RegionState): string {
  const elsewhere = remote.map((part) => `, ${part.pages} on ${part.node}`).join('');
  return `pages ${start}..${start + pages - 1}, ${protection}, ${resident} here${elsewhere}`;
}
