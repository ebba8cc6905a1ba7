/**
 * Which port or process somebody means: that of a row of a view, of a variable of the debugger, of a cell of a capability
 * table, of the focused thread; or one that is picked from all that there are.
 */
import { debug, window, type QuickPickItem } from 'vscode';
import type { PortIdentityState } from '../../simulator/inspect/state-ports.ts';
import type { ClusterState, MasterEntry } from '../../simulator/inspect/state.ts';
import type { Cluster } from '../debug/cluster.ts';
import { taskOfThread } from '../trees/follow.ts';
import type { TableOwner } from '../views/capabilities.ts';
import type { MarkedRow } from '../views/changes.ts';
import { portOwner, type PortOwner } from '../views/port-known.ts';
import { count } from '../views/quantities.ts';
import type { ProcessOwner } from '../views/process-known.ts';
import { serverTitle, serversOf, type ServerKind, type ServerOwner } from '../views/server-known.ts';
import type { StreamOwner } from '../views/stream-sheet.ts';
import type { InspectorPanels } from './panel.ts';

export interface Inspectors {
  readonly ports: InspectorPanels<PortOwner>;
  readonly memory: InspectorPanels<TableOwner>;
  readonly processes: InspectorPanels<ProcessOwner>;
  readonly servers: InspectorPanels<ServerOwner>;
  readonly streams: InspectorPanels<StreamOwner>;
}

/** What the Variables view gives to a command of its menu. */
export interface VariableMenu {
  readonly variable: { readonly evaluateName?: string };
}

export async function portOf(
  cluster: Cluster,
  row: MarkedRow | VariableMenu | undefined,
): Promise<PortOwner | undefined> {
  const state = cluster.moment?.state;
  if (state === undefined) return undefined;
  if (row === undefined) return pick(state);
  if ('variable' in row) return ofVariable(state, row);
  return row.subject.port === undefined ? pick(state) : portOwner(state, row.subject.port);
}

/** The rows of a port are expressions that name it: `identity("source.14")`. */
function ofVariable(state: ClusterState, { variable }: VariableMenu): PortOwner | undefined {
  const [, identity] = /^identity\("(.*)"\)/.exec(variable.evaluateName ?? '') ?? [];
  const found = state.identities.find((each) => each.identity === identity);
  return found === undefined ? undefined : ownerOf(found);
}

const ownerOf = ({ identity, copies }: PortIdentityState): PortOwner => ({ identity, port: copies[0] ?? -1 });

/** Those with messages in them first: they are what somebody looks for. */
async function pick(state: ClusterState): Promise<PortOwner | undefined> {
  const queued = ({ principal }: PortIdentityState): number =>
    state.ports.find(({ port }) => port === principal)?.queue.length ?? 0;
  const all = [...state.identities].sort((a, b) => queued(b) - queued(a));
  const items = all.map((each) => ({
    label: `$(plug) ${each.label}`,
    description: each.uid ?? '',
    detail: [
      each.dead ? 'dead' : `received by ${each.receiver} on ${each.node}`,
      count(each.copies.length, 'copy'),
      queued(each) === 0 ? '' : `${queued(each)} queued`,
    ]
      .filter((part) => part !== '')
      .join(', '),
    owner: ownerOf(each),
  }));
  const options = { title: 'Port', placeHolder: 'Port', matchOnDescription: true, matchOnDetail: true };
  return (await window.showQuickPick(items, options))?.owner;
}

/** The process of the row; without a row one that is picked, that of the focused thread first, the living before the dead. */
export async function processOf(cluster: Cluster, row: MarkedRow | undefined): Promise<ProcessOwner | undefined> {
  const state = cluster.moment?.state;
  if (state === undefined) return undefined;
  if (row?.subject.pid !== undefined) return { pid: row.subject.pid };
  const focused = taskOfThread(state, Number(debug.activeStackItem?.threadId) - 1)?.pid;
  const rank = ({ pid, state }: MasterEntry): number => (pid === focused ? 0 : state === 'alive' ? 1 : 2);
  const items = [...state.processes]
    .sort((a, b) => rank(a) - rank(b) || a.pid - b.pid)
    .map(({ pid, name, node, state }) => ({
      label: `$(person) pid ${pid} ${name}`,
      description: state === 'alive' ? node : state,
      pid,
    }));
  return picked(items, 'Process', 'This cluster has no UNIX processes.');
}

const serverIcons: Readonly<Record<ServerKind, string>> = {
  pma: 'server-process',
  pm_master: 'organization',
  monitor: 'graph',
  file_server: 'files',
};

/** The server of the row; without a row one that is picked. */
export async function serverOf(cluster: Cluster, row: MarkedRow | undefined): Promise<ServerOwner | undefined> {
  const state = cluster.moment?.state;
  if (state === undefined) return undefined;
  if (row?.subject.server !== undefined) return row.subject.server;
  const items = serversOf(state).map((owner) => ({
    label: `$(${serverIcons[owner.kind]}) ${serverTitle(owner)}`,
    owner,
  }));
  return (await picked(items, 'Server', 'This cluster has no servers of OSF/1 AD.'))?.owner;
}

/** The pipe or the socket of the row; without a row one that is picked, those first in which somebody waits. */
export async function streamOf(cluster: Cluster, row: MarkedRow | undefined): Promise<StreamOwner | undefined> {
  const state = cluster.moment?.state;
  if (state === undefined) return undefined;
  if (row?.subject.stream !== undefined) return { name: row.subject.stream };
  const items = [...state.streams]
    .sort((a, b) => b.waiting.length - a.waiting.length)
    .map(({ name, state, paths, bytes, waiting }) => ({
      label: `$(arrow-both) ${name}`,
      description: [state, ...paths].join(', '),
      detail: [count(bytes, 'byte'), ...(waiting.length === 0 ? [] : [`${waiting.length} waiting`])].join(', '),
      name,
    }));
  return picked(items, 'Pipe or socket', 'There is no pipe and no socket at this moment.');
}

/** Asks which one is meant; says so if there is none. */
async function picked<Item extends QuickPickItem>(
  items: readonly Item[],
  title: string,
  none: string,
): Promise<Item | undefined> {
  if (items.length > 0) return window.showQuickPick(items, { title, placeHolder: title, matchOnDescription: true });
  void window.showInformationMessage(none);
  return undefined;
}
