/**
 * The memory inspector: the address space of a task, page by page.
 *
 * Regions with what may be done to them; a map of all pages, coloured by where each is; the objects that pages are looked
 * for in; and how many pages are still on other nodes. Like a capability table it goes with a process by its pid.
 */
import type { MemoryObjectState, PageRunState, RegionState } from '../../simulator/inspect/state-memory.ts';
import type { ClusterState, TaskState } from '../../simulator/inspect/state.ts';
import { taskOf, type TableOwner } from './capabilities.ts';
import { count, size } from './quantities.ts';
import { column, sectionOf, sectionsOf, type PageCell, type PageMap, type PlainRow, type Sheet } from './sheet.ts';
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

const regions = sectionOf<KnownMemory>(
  {
    key: 'regions',
    title: 'Regions',
    summary: ({ task }) => {
      const pages = task.regions.reduce((sum, region) => sum + region.pages, 0);
      return pages === 0 ? '' : `${count(pages, 'page')}, ${size(pages * pageSize_bytes)}`;
    },
    empty: 'The address space is empty.',
    columns: [
      column('address', 'Address', 'First address of the region'),
      column('region', 'Region', 'Its name'),
      column('size', 'Size', 'Bytes', true),
      column('protection', 'Protection', 'What the task may do'),
      column('maximum', 'Maximum', 'What the protection can be raised to'),
      column('inheritance', 'Inheritance', 'What a child gets of it'),
      column('copy', 'Copy', 'Whether the first write to a page copies it'),
      column('here', 'Here', 'Pages that are on the node of the task', true),
      column('elsewhere', 'Elsewhere', 'Pages that are on other nodes'),
      column('chain', 'Looked for in', 'The objects that a page is looked for in, in this order'),
    ],
    map: ({ task }, was) => (task.regions.length === 0 ? null : mapOf(task, was?.task ?? null)),
  },
  ({ task }) => task.regions.map(regionRow),
);

function regionRow(region: RegionState): PlainRow {
  const { name, start, pages, protection, maximum, inheritance, needsCopy, resident, remote, chain } = region;
  return {
    key: String(start),
    cells: [
      hexadecimal(start * pageSize_bytes),
      name,
      size(pages * pageSize_bytes),
      protection,
      maximum,
      inheritance,
      needsCopy ? 'on write' : '',
      resident,
      remote.map((part) => `${part.pages} on ${part.node}`).join(', '),
      chain.map((object) => `#${object}`).join(' → '),
    ],
  };
}

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

const residual = sectionOf<KnownMemory>(
  {
    key: 'residual',
    title: 'Pages on other nodes',
    summary: ({ task }) => {
      const pages = residualRows(task).reduce((sum, { cells }) => sum + Number(cells[1]), 0);
      return pages === 0 ? '' : count(pages, 'page');
    },
    empty: 'The task depends on no other node for its memory.',
    columns: [
      column('node', 'Node', 'Node that has the only valid copy, or the pager'),
      column('pages', 'Pages', 'Pages that are there', true),
    ],
  },
  ({ task }) => residualRows(task),
);

function residualRows({ regions }: TaskState): readonly PlainRow[] {
  const pages = new Map<string, number>();
  for (const part of regions.flatMap(({ remote }) => remote)) {
    pages.set(part.node, (pages.get(part.node) ?? 0) + part.pages);
  }
  return [...pages].map(([node, amount]) => ({ key: node, cells: [node, amount] }));
}

const objects = sectionOf<KnownMemory>(
  {
    key: 'objects',
    title: 'Objects',
    empty: 'No object is behind the address space.',
    columns: [
      column('object', 'Object', 'Number of the object'),
      column('kind', 'Kind', 'Anonymous memory, a cached file, or an import of another node'),
      column('label', 'Of', 'What it was made for'),
      column('here', 'Here', 'Pages that are in it', true),
      column('pages', 'Pages', 'Its size', true),
      column('shadow', 'Shadows', 'Object that missing pages are looked for in'),
      column('copy', 'Copy object', 'Where pages are pushed before they are written, and how copies are made'),
      column('pager', 'Pager', 'Whom its pages are asked from'),
      column('kernels', 'Kernels', 'Other kernels that use it: pages that each may read, and write'),
      column('requests', 'Asked for', 'Requests for its pages that are not answered yet'),
      column('references', 'Used by', 'Regions and shadows that use it', true),
      column('state', 'State', 'Exported to other nodes, or lost'),
    ],
  },
  objectRows,
);

function objectRows({ task, state }: KnownMemory): readonly PlainRow[] {
  const ids = [...new Set(task.regions.flatMap(({ chain }) => chain))];
  return ids.flatMap((id) => state.memoryObjects.filter(({ object }) => object === id)).map(objectRow);
}

function objectRow(object: MemoryObjectState): PlainRow {
  const {
    kind,
    label,
    resident,
    pages,
    shadow,
    copy,
    copyStrategy,
    pager,
    references,
    exported,
    lost,
    kernels,
    pageRequests,
  } = object;
  return {
    key: String(object.object),
    cells: [
      `#${object.object}`,
      kind,
      label,
      resident,
      pages,
      shadow === null ? '' : `#${shadow}`,
      copy === null ? copyStrategy : `#${copy}, ${copyStrategy}`,
      pager === null ? '' : `${pager.label} on ${pager.node}`,
      kernels.map(({ node, readable, writable }) => `${node}: ${readable} r, ${writable} w`).join('; '),
      pageRequests.join('; '),
      references,
      [exported ? 'exported' : '', lost ? 'lost' : ''].filter((part) => part !== '').join(', '),
    ],
  };
}
