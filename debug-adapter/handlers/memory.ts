/**
 * osf1ad/memory { task }: the address space of a task, page by page. `task` is its id or its name; of a process also the
 * text `pid 7`. Answered while the cluster runs, too: { task, name, node, regions, objects, residual }, as
 * simulator/inspect/state-memory.ts declares them; `objects` are those in the chains of its regions; `residual`
 * says how many pages are on which other node.
 */
import type { MemoryObjectState } from '../../simulator/inspect/state-memory.ts';
import type { ClusterState, TaskState } from '../../simulator/inspect/state.ts';
import { numberOrText, type Arguments } from '../arguments.ts';
import { runOf, type Context } from '../context.ts';
import { RequestError } from '../errors.ts';
import { stateOf } from '../run.ts';

export function memory(cx: Context, args: Arguments): object {
  const wanted = numberOrText(args, 'task');
  const state = stateOf(runOf(cx));
  const task = state.tasks.find((each) => each.task === wanted || each.name === wanted || `pid ${each.pid}` === wanted);
  if (task === undefined) {
    throw new RequestError('unknownId', `There is no task ${JSON.stringify(wanted)} at event ${state.event}.`);
  }
  const { name, node, regions } = task;
  return {
    event: state.event,
    task: task.task,
    name,
    node,
    regions,
    objects: objectsOf(state, task),
    residual: residualOf(task),
  };
}

function objectsOf({ memoryObjects }: ClusterState, { regions }: TaskState): readonly MemoryObjectState[] {
  const ids = new Set(regions.flatMap(({ chain }) => chain));
  return memoryObjects.filter(({ object }) => ids.has(object));
}

/** Pages of the task that are on another node, by node. */
function residualOf({ regions }: TaskState): readonly { readonly node: string; readonly pages: number }[] {
  const pages = new Map<string, number>();
  for (const part of regions.flatMap(({ remote }) => remote)) {
    pages.set(part.node, (pages.get(part.node) ?? 0) + part.pages);
  }
  return [...pages].map(([node, count]) => ({ node, pages: count }));
}
