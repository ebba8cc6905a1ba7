/**
 * Memory: the regions of a task with the whereabouts of every page, and the objects behind them.
 *
 * Looking for a page here does what a fault does, without any of its effects: down the chain of shadows until an object
 * has the page, or says who has it.
 */
import { NONE, at, select } from '../base/table.ts';
import { distributedOf } from '../dipc/distributed.ts';
import type { DipcWorld } from '../dipc/world.ts';
import type { Task } from '../mach/task.ts';
import { ABSENT, type VmObject } from '../mach/vm/object.ts';
import type { Region } from '../mach/vm/region.ts';
import { nodeName } from './label.ts';
import type { MemoryObjectState, PageRunState, RegionState } from './state-memory.ts';

export function regionStates(w: DipcWorld, task: Task): RegionState[] {
  return task.regions.map((id) => regionState(w, at(w.regions, id)));
}

function regionState(w: DipcWorld, region: Region): RegionState {
  const { name, start, pages, protection, inheritance, needsCopy } = region;
  const pageRuns = runsOf(w, region);
  const remote = new Map<string, number>();
  let resident = 0;
  for (const run of pageRuns) {
    if (run.state === 'here' || run.state === 'shadow') resident += run.pages;
    if (run.state === 'remote') remote.set(run.node, (remote.get(run.node) ?? 0) + run.pages);
  }
  return {
    name,
    start,
    pages,
    protection,
    inheritance,
    needsCopy,
    chain: chainOf(w, region.object),
    resident,
    remote: [...remote].map(([node, count]) => ({ node, pages: count })),
    pageRuns,
  };
}

function chainOf(w: DipcWorld, top: number): number[] {
  const chain: number[] = [];
  for (let id = top; id !== NONE; id = at(w.objects, id).shadow) chain.push(id);
  return chain;
}

function runsOf(w: DipcWorld, { object, pages }: Region): PageRunState[] {
  const runs: (PageRunState & { pages: number; versions: number[] })[] = [];
  for (let page = 0; page < pages; page++) {
    const { version, ...found } = find(w, at(w.objects, object), page);
    let run = runs.at(-1);
    if (run === undefined || run.state !== found.state || run.object !== found.object || run.node !== found.node) {
      run = { first: page, pages: 0, ...found, versions: [] };
      runs.push(run);
    }
    run.pages++;
    if (version >= 0) run.versions.push(version);
  }
  return runs;
}

type Found = Pick<PageRunState, 'state' | 'node' | 'object'> & { readonly version: number };

function find(w: DipcWorld, top: VmObject, page: number): Found {
  for (let object = top; ; object = at(w.objects, object.shadow)) {
    const version = object.contents[page] ?? NONE - 1;
    const place = { object: object.id, version };
    if (version >= 0) return { ...place, state: object === top ? 'here' : 'shadow', node: nodeName(w, object.node) };
    if (version === ABSENT && object.lost) return { ...place, state: 'lost', node: '' };
    if (version === ABSENT && object.pager !== NONE) return { ...place, state: 'remote', node: pagerNode(w, object) };
    if (object.shadow === NONE) return { object: top.id, version: NONE, state: 'zero', node: '' };
  }
}

/** The node that supplies the absent pages of an object, as far as its own node knows. */
function pagerNode(w: DipcWorld, object: VmObject): string {
  const pager = w.ports.rows[object.pager];
  if (pager === undefined || !pager.live) return '';
  return nodeName(w, pager.proxy ? distributedOf(w, pager).destination : pager.node);
}

export function memoryObjectStates(w: DipcWorld): MemoryObjectState[] {
  return select(w.objects, () => true).map((object) => ({
    object: object.id,
    node: nodeName(w, object.node),
    label: object.label,
    kind: object.kind,
    pages: object.size,
    resident: object.contents.reduce((sum, version) => sum + (version >= 0 ? 1 : 0), 0),
    references: object.references,
    shadow: object.shadow === NONE ? null : object.shadow,
    pager: object.pager === NONE ? null : { label: at(w.ports, object.pager).label, node: pagerNode(w, object) },
    exported: object.control !== NONE,
    lost: object.lost,
  }));
}
