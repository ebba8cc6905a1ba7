/**
 * Memory: the regions of a task with the whereabouts of every page, and the objects behind them.
 *
 * Looking for a page here does what a fault does, without any of its effects: down the chain of shadows until an object
 * has the page, or does not know. Who has it then is what the ledger of residual pages says [mechanisms 3.5], which knows
 * more than the kernels on the way.
 */
import { NONE, at, select } from '../base/table.ts';
import { distributedOf } from '../dipc/distributed.ts';
import type { Task } from '../mach/task.ts';
import {
  ABSENT,
  LOST,
  READ_ACCESS,
  WRITE_ACCESS,
  isDirty,
  isManaged,
  mayAccess,
  pageOf,
  type VmObject,
} from '../mach/vm/object.ts';
import type { Region } from '../mach/vm/region.ts';
import type { MigrationWorld } from '../migration/record.ts';
import { holderOfPages } from '../migration/residual.ts';
import type { XmmWorld } from '../xmm/world.ts';
import { nodeName } from './label.ts';
import type { MemoryObjectState, PageRunState, RegionState } from './state-memory.ts';

export function regionStates(w: MigrationWorld, task: Task): RegionState[] {
  return task.regions.map((id) => regionState(w, at(w.regions, id)));
}

function regionState(w: MigrationWorld, region: Region): RegionState {
  const { name, start, pages, protection, maximum, inheritance, needsCopy } = region;
  const pageRuns = runsOf(w, region);
  const remote = new Map<string, number>();
  const own = nodeName(w, at(w.tasks, region.task).node);
  let resident = 0;
  for (const run of pageRuns) {
    if (run.node === own) resident += run.pages;
    else if (run.state === 'remote') remote.set(run.node, (remote.get(run.node) ?? 0) + run.pages);
  }
  return {
    name,
    start,
    pages,
    protection,
    maximum,
    inheritance,
    needsCopy,
    chain: chainOf(w, region.object),
    resident,
    remote: [...remote].map(([node, count]) => ({ node, pages: count })),
    pageRuns,
  };
}

function chainOf(w: XmmWorld, top: number): number[] {
  const chain: number[] = [];
  for (let id = top; id !== NONE; id = at(w.objects, id).shadow) chain.push(id);
  return chain;
}

interface Run extends PageRunState {
  pages: number;
  readonly versions: number[];
}

function runsOf(w: MigrationWorld, region: Region): PageRunState[] {
  const { object, pages } = region;
  const holder = holderOfPages(w, region);
  const runs: Run[] = [];
  let run: Run | undefined;
  for (let page = 0; page < pages; page++) {
    const { version, ...found } = findPage(w, at(w.objects, object), page, holder);
    if (run === undefined || !isSame(run, found)) {
      run = { first: page, pages: 0, ...found, versions: [] };
      runs.push(run);
    }
    run.pages++;
    if (version >= 0) run.versions.push(version);
  }
  return runs;
}

type Found = Omit<PageRunState, 'first' | 'pages' | 'versions'>;

const isSame = (a: Found, b: Found): boolean =>
  a.state === b.state &&
  a.object === b.object &&
  a.node === b.node &&
  a.access === b.access &&
  a.dirty === b.dirty &&
  a.requested === b.requested;

function findPage(
  w: XmmWorld,
  top: VmObject,
  page: number,
  holder: (page: number) => number,
): Found & { readonly version: number } {
  for (let object = top; ; object = at(w.objects, object.shadow)) {
    const version = pageOf(object, page);
    const found = {
      object: object.id,
      version,
      access: accessTo(object, page),
      dirty: version >= 0 && object.pager !== NONE && isDirty(object, page),
      requested: object.requests.some((request) => request.page === page),
    };
    if (version >= 0) return { ...found, state: object === top ? 'here' : 'shadow', node: nodeName(w, object.node) };
    if (version === LOST || (version === ABSENT && object.lost)) return { ...found, state: 'lost', node: '' };
    if (version === ABSENT && isManaged(object)) {
      const node = holder(page);
      return node === NONE
        ? { ...found, state: 'zero', node: '' }
        : { ...found, state: 'remote', node: nodeName(w, node) };
    }
    if (object.shadow === NONE) return { ...found, object: top.id, state: 'zero', node: '' };
  }
}

function accessTo(object: VmObject, page: number): PageRunState['access'] {
  if (mayAccess(object, page, WRITE_ACCESS)) return 'write';
  return mayAccess(object, page, READ_ACCESS) ? 'read' : 'none';
}

/** The node that supplies the absent pages of an object, as far as its own node knows. */
function managerNode(w: XmmWorld, object: VmObject): string {
  if (object.pager === NONE) return nodeName(w, object.node);
  const pager = w.ports.rows[object.pager];
  if (pager === undefined || !pager.live) return '';
  return nodeName(w, pager.proxy ? distributedOf(w, pager).destination : pager.node);
}

export function memoryObjectStates(w: XmmWorld): MemoryObjectState[] {
  return select(w.objects, () => true).map((object) => ({
    object: object.id,
    node: nodeName(w, object.node),
    label: object.label,
    kind: object.kind,
    pages: object.size,
    resident: object.contents.reduce((sum, version) => sum + (version >= 0 ? 1 : 0), 0),
    references: object.references,
    shadow: object.shadow === NONE ? null : object.shadow,
    copy: object.copyObject === NONE ? null : object.copyObject,
    copyStrategy: object.copyStrategy,
    pager: object.pager === NONE ? null : { label: at(w.ports, object.pager).label, node: managerNode(w, object) },
    exported: object.control !== NONE,
    ...managed(w, object),
    lost: object.lost,
  }));
}

/** What the object's home knows about the kernels that use it [mechanisms 3.1, 3.2]. */
function managed(w: XmmWorld, { manager }: VmObject): Pick<MemoryObjectState, 'kernels' | 'pageRequests'> {
  if (manager === NONE) return { kernels: [], pageRequests: [] };
  const { kernels, requests } = at(w.memoryObjects, manager);
  const atLeast = (access: Int32Array, least: number): number =>
    access.reduce((sum, each) => sum + (each >= least ? 1 : 0), 0);
  const asker = (kernel: number): string => {
    const known = kernels.find((each) => each.kernel === kernel);
    if (known !== undefined) return nodeName(w, known.node);
    return kernel === NONE ? 'its own kernel' : 'the manager above';
  };
  return {
    kernels: kernels.map(({ node, access }) => ({
      node: nodeName(w, node),
      readable: atLeast(access, READ_ACCESS),
      writable: atLeast(access, WRITE_ACCESS),
    })),
    pageRequests: requests.map(
      ({ page, kernel, access, phase }) =>
        `page ${page}: ${asker(kernel)} wants to ${access === WRITE_ACCESS ? 'write' : 'read'}, ${phase}`,
    ),
  };
}
