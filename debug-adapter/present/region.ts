/**
 * Memory: the regions of a task's address space, and where their pages are. What a migrated task has not touched yet
 * is still on the node that it came from.
 *
 *   data    pages 80..103, read-write, 4 here, 20 on source
 */
import type { MemoryObjectState, RegionState } from '../../simulator/inspect/state-memory.ts';
import type { ClusterState, TaskState } from '../../simulator/inspect/state.ts';
import { withMembers } from './value.ts';
import { group, type Shown } from './shown.ts';

export function presentMemory(state: ClusterState, task: TaskState): readonly Shown[] {
  return task.regions.map((region, index) => {
    const expression = `task(${task.task}).regions[${index}]`;
    const row = withMembers({ name: region.name, value: regionInWords(region), expression }, region);
    return { ...row, children: () => [...(row.children?.() ?? []), group('objects', presentChain(state, region))] };
  });
}

/** The objects that a page is looked for in, in this order. */
function presentChain({ memoryObjects }: ClusterState, { chain }: RegionState): readonly Shown[] {
  return chain.flatMap((id) => {
    const object = memoryObjects.find((each) => each.object === id);
    if (object === undefined) return [];
    const row = { name: `object ${id}`, value: objectInWords(object), expression: `object(${id})` };
    return [withMembers(row, object)];
  });
}

function objectInWords({ kind, label, resident, pages, pager, lost }: MemoryObjectState): string {
  const from = pager === null ? '' : `, pager ${pager.label} on ${pager.node}`;
  return `${kind} ${label}, ${resident} of ${pages} pages here${from}${lost ? ', lost' : ''}`;
}

function regionInWords({ start, pages, protection, resident, remote }: RegionState): string {
  const elsewhere = remote.map((part) => `, ${part.pages} on ${part.node}`).join('');
  return `pages ${start}..${start + pages - 1}, ${protection}, ${resident} here${elsewhere}`;
}
