/**
 * Which port somebody means: that of a row of the Ports view, of a variable of the debugger, of a cell of a capability
 * table; or one that is picked from all that there are.
 */
import { window } from 'vscode';
import type { PortIdentityState } from '../../simulator/inspect/state-ports.ts';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import type { Cluster } from '../debug/cluster.ts';
import type { TableOwner } from '../views/capabilities.ts';
import type { MarkedRow } from '../views/changes.ts';
import { portOwner, type PortOwner } from '../views/port-known.ts';
import { count } from '../views/quantities.ts';
import type { InspectorPanels } from './panel.ts';

export interface Inspectors {
  readonly ports: InspectorPanels<PortOwner>;
  readonly memory: InspectorPanels<TableOwner>;
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
