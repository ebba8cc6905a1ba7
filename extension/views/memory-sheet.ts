/**
 * The memory inspector: the address space of a task, page by page.
 *
 * Regions with what may be done to them; a map of all pages, coloured by where each is; the objects that pages are looked
 * for in; and how many pages are still on other nodes. Like a capability table it goes with a process by its pid.
 */
import type { MemoryObjectState, PageRunState, RegionState } from '../../simulator/inspect/state-memory.ts';
import type { ClusterState, TaskState } from '../../simulator/inspect/state.ts';
import { taskOf, type TableOwner } from './capabilities.ts';
import { amount, column } from './column.ts';
import { count, size } from './quantities.ts';
import { sectionOf, sectionsOf, type PageCell, type PageMap, type Sheet } from './sheet.ts';
import { taskTitle } from './tasks.ts';

const pageSize_bytes = 4096;
/** More pages than anybody looks at one by one. */
const cellsMax = 2048;

interface KnownMemory {
  readonly task: TaskState;
  readonly state: ClusterState;
}

function knownMemory(state: ClusterState | null, owner: TableOwner): KnownMemory | null {
  const task = state === null ? undefined : taskOf(state, owner);
  return state === null || task === undefined ? null : { task, state };
}

/** The sheet of a task's memory now, against the moment before; null if the task was there at neither. */
export function memorySheet(state: ClusterState, before: ClusterState | null, owner: TableOwner): Sheet | null {
  const now = knownMemory(state, owner);
  const was = knownMemory(before, owner);
  const task = (now ?? was)?.task;
  if (task === undefined) return null;
  const moved = was !== null && was.task.node !== task.node ? `, came from ${was.task.node}` : '';
  return {
    title: taskTitle(task),
    subtitle: now === null ? `ended; it was on ${task.node}` : `on ${task.node}${moved}`,
    isAlive: now !== null,
    sections: sectionsOf([regions, residual, objects], now, was, before !== null),
  };
}

const hexadecimal = (address: number): string => `0x${address.toString(16).padStart(8, '0')}`;

const regions = sectionOf<KnownMemory, RegionState>({
  key: 'regions',
  title: 'Regions',
  summary: ({ task }) => {
    const pages = task.regions.reduce((sum, region) => sum + region.pages, 0);
    return pages === 0 ? '' : `${count(pages, 'page')}, ${size(pages * pageSize_bytes)}`;
  },
  empty: 'The address space is empty.',
  rows: ({ task }) => task.regions,
  rowKey: ({ start }) => start,
  columns: [
    column('address', 'Address', 'First address of the region', ({ start }) => hexadecimal(start * pageSize_bytes)),
    column('region', 'Region', 'Its name', ({ name }) => name),
    amount('size', 'Size', 'Bytes', ({ pages }) => size(pages * pageSize_bytes)),
    column('protection', 'Protection', 'What the task may do', ({ protection }) => protection),
    column('maximum', 'Maximum', 'What the protection can be raised to', ({ maximum }) => maximum),
    column('inheritance', 'Inheritance', 'What a child gets of it', ({ inheritance }) => inheritance),
    column('copy', 'Copy', 'Whether the first write to a page copies it', ({ needsCopy }) =>
      needsCopy ? 'on write' : '',
    ),
    amount('here', 'Here', 'Pages that are on the node of the task', ({ resident }) => resident),
    column('elsewhere', 'Elsewhere', 'Pages that are on other nodes', ({ remote }) =>
      remote.map(({ pages, node }) => `${pages} on ${node}`).join(', '),
    ),
    column('chain', 'Looked for in', 'The objects that a page is looked for in, in this order', ({ chain }) =>
      chain.map((object) => `#${object}`).join(' → '),
    ),
  ],
  map: ({ task }, was) => (task.regions.length === 0 ? null : mapOf(task, was?.task ?? null)),
});

/** How a page is drawn: a kind for its colour, and a sign for who does not go by colours. */
const kinds = {
  written: { sign: 'W', label: 'here, not with its pager yet' },
  here: { sign: 'H', label: 'here' },
  shadow: { sign: 's', label: 'here, in an object below' },
  remote: { sign: 'r', label: 'on another node, or with its pager' },
  asked: { sign: '?', label: 'asked for' },
  zero: { sign: '·', label: 'not touched yet: zeros' },
  lost: { sign: '!', label: 'lost with its node' },
} as const;

function kindOf({ state, dirty, requested }: PageRunState): keyof typeof kinds {
  if (requested) return 'asked';
  return state === 'here' && dirty ? 'written' : state;
}

function mapOf(task: TaskState, before: TaskState | null): PageMap {
  const used = new Set(task.regions.flatMap(({ pageRuns }) => pageRuns.map(kindOf)));
  const legend = Object.entries(kinds).map(([kind, words]) => ({ kind, ...words }));
  let room = cellsMax;
  const drawn = task.regions.map((region) => {
    const was = before?.regions.find(({ start }) => start === region.start);
    const pages = cellsOf(region, was).slice(0, room);
    room -= pages.length;
    return { name: region.name, pages, left: region.pages - pages.length };
  });
  return { legend: legend.filter(({ kind }) => used.has(kind as keyof typeof kinds)), regions: drawn };
}

function cellsOf(region: RegionState, before: RegionState | undefined): readonly PageCell[] {
  const old = before === undefined ? [] : pageTexts(before);
  return pageTexts(region).map(({ kind, text, page }, index) => ({
    kind,
    sign: kinds[kind].sign,
    text: `page ${region.start + page}: ${text}`,
    isChanged: before !== undefined && old[index]?.text !== text,
  }));
}

function pageTexts({ pageRuns }: RegionState): readonly { kind: keyof typeof kinds; text: string; page: number }[] {
  return pageRuns.flatMap((run) =>
    Array.from({ length: run.pages }, (_, index) => ({
      kind: kindOf(run),
      text: pageWords(run, run.versions[index]),
      page: run.first + index,
    })),
  );
}

function pageWords(run: PageRunState, version: number | undefined): string {
  const { state, node, object, access, dirty, requested } = run;
  const where = state === 'zero' || state === 'lost' ? kinds[state].label : `on ${node}, object #${object}`;
  const may = access === 'write' ? '' : `, this kernel may ${access === 'read' ? 'only read it' : 'not touch it'}`;
  const news = `${dirty ? ', not with its pager yet' : ''}${requested ? ', asked for' : ''}`;
  return `${where}${version === undefined ? '' : `, version ${version}`}${may}${news}`;
}

interface ResidualRow {
  readonly node: string;
  readonly pages: number;
}

const residual = sectionOf<KnownMemory, ResidualRow>({
  key: 'residual',
  title: 'Pages on other nodes',
  summary: ({ task }) => {
    const all = residualRows(task).reduce((sum, { pages }) => sum + pages, 0);
    return all === 0 ? '' : count(all, 'page');
  },
  empty: 'The task depends on no other node for its memory.',
  rows: ({ task }) => residualRows(task),
  rowKey: ({ node }) => node,
  columns: [
    column('node', 'Node', 'Node that has the only valid copy, or the pager', ({ node }) => node),
    amount('pages', 'Pages', 'Pages that are there', ({ pages }) => pages),
  ],
});

function residualRows({ regions }: TaskState): readonly ResidualRow[] {
  const pages = new Map<string, number>();
  for (const part of regions.flatMap(({ remote }) => remote)) {
    pages.set(part.node, (pages.get(part.node) ?? 0) + part.pages);
  }
  return [...pages].map(([node, amount]) => ({ node, pages: amount }));
}

const objects = sectionOf<KnownMemory, MemoryObjectState>({
  key: 'objects',
  title: 'Objects',
  empty: 'No object is behind the address space.',
  rows: ({ task, state }) => {
    const ids = [...new Set(task.regions.flatMap(({ chain }) => chain))];
    return ids.flatMap((id) => state.memoryObjects.filter(({ object }) => object === id));
  },
  rowKey: ({ object }) => object,
  columns: [
    column('object', 'Object', 'Number of the object', ({ object }) => `#${object}`),
    column('kind', 'Kind', 'Anonymous memory, a cached file, or an import of another node', ({ kind }) => kind),
    column('label', 'Of', 'What it was made for', ({ label }) => label),
    amount('here', 'Here', 'Pages that are in it', ({ resident }) => resident),
    amount('pages', 'Pages', 'Its size', ({ pages }) => pages),
    column('shadow', 'Shadows', 'Object that missing pages are looked for in', ({ shadow }) =>
      shadow === null ? '' : `#${shadow}`,
    ),
    column(
      'copy',
      'Copy object',
      'Where pages are pushed before they are written, and how copies are made',
      ({ copy, copyStrategy }) => (copy === null ? copyStrategy : `#${copy}, ${copyStrategy}`),
    ),
    column('pager', 'Pager', 'Whom its pages are asked from', ({ pager }) =>
      pager === null ? '' : `${pager.label} on ${pager.node}`,
    ),
    column('kernels', 'Kernels', 'Other kernels that use it: pages that each may read, and write', ({ kernels }) =>
      kernels.map(({ node, readable, writable }) => `${node}: ${readable} r, ${writable} w`).join('; '),
    ),
    column('requests', 'Asked for', 'Requests for its pages that are not answered yet', ({ pageRequests }) =>
      pageRequests.join('; '),
    ),
    amount('references', 'Used by', 'Regions and shadows that use it', ({ references }) => references),
    column('state', 'State', 'Exported to other nodes, or lost', ({ exported, lost }) =>
      [exported ? 'exported' : '', lost ? 'lost' : ''].filter((part) => part !== '').join(', '),
    ),
  ],
});
