/**
 * Which servers of OSF/1 AD there are, and what the inspected state says of one of them at a moment. A server is found again
 * by what it is and on which node.
 */
import type { MasterState, MonitorState, PmaState } from '../../simulator/inspect/state-management.ts';
import type { ProcState } from '../../simulator/inspect/state-processes.ts';
import type { OpenFileState, StreamState } from '../../simulator/inspect/state-streams.ts';
import type { ClusterState, MasterEntry, VprocState } from '../../simulator/inspect/state.ts';

export type ServerKind = 'pma' | 'pm_master' | 'monitor' | 'file_server';

export interface ServerOwner {
  readonly kind: ServerKind;
  readonly node: string;
}

/** What the server has; of the other kinds of servers nothing. */
export interface KnownServer {
  readonly pma: PmaState | undefined;
  readonly procs: readonly ProcState[];
  readonly vprocs: readonly VprocState[];
  readonly master: MasterState | undefined;
  readonly entries: readonly MasterEntry[];
  readonly monitor: MonitorState | null;
  readonly openFiles: readonly OpenFileState[];
  readonly streams: readonly StreamState[];
}

/** The PM Masters first, then the others by node: so the servers of the cluster stand before those of each node. */
export function serversOf({ nodes }: ClusterState): readonly ServerOwner[] {
  const on = (kind: ServerKind): ServerOwner[] =>
    nodes.filter(({ up, roles }) => up && roles.includes(kind)).map(({ node }) => ({ kind, node }));
  return (['pm_master', 'monitor', 'pma', 'file_server'] as const).flatMap(on);
}

export const serverTitle = ({ kind, node }: ServerOwner): string => `${kind} @ ${node}`;

/** Null if there is no such server. */
export function knownServer(state: ClusterState | null, { kind, node }: ServerOwner): KnownServer | null {
  if (state === null) return null;
  const isThere = state.nodes.some((each) => each.node === node && each.up && each.roles.includes(kind));
  if (!isThere) return null;
  const here = <T extends { readonly node: string }>(of: ServerKind, all: readonly T[]): readonly T[] =>
    kind === of ? all.filter((each) => each.node === node) : [];
  return {
    pma: here('pma', state.pmas)[0],
    procs: here('pma', state.procs),
    vprocs: here('pma', state.vprocs),
    master: here('pm_master', state.pmMasters)[0],
    entries: kind === 'pm_master' ? state.processes.filter(({ master }) => master === node) : [],
    monitor: kind === 'monitor' ? state.monitor : null,
    openFiles: kind === 'file_server' ? state.openFiles.filter(({ server }) => server === node) : [],
    streams: kind === 'file_server' ? state.streams.filter(({ server }) => server === node) : [],
  };
}
