/** The server inspector: a PMA, a PM Master, the statistics monitor or a file server, with all that it keeps. */
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { callsOf, forProcess, queueOf } from './process-calls.ts';
import { serverOpenFiles, serverStreams } from './server-files.ts';
import { knownServer, serverTitle, type KnownServer, type ServerKind, type ServerOwner } from './server-known.ts';
import { masterBlocks, masterEntries, masterFacts, monitorMigrations, monitorProcesses } from './server-management.ts';
import { pmaFacts, pmaLine, pmaProcs, pmaStubs } from './server-pma.ts';
import { sectionsOf, type SectionBuilder, type Sheet } from './sheet.ts';

const sections: Readonly<Record<ServerKind, readonly SectionBuilder<KnownServer>[]>> = {
  pma: [pmaFacts, pmaProcs, callsOf(forProcess), queueOf(forProcess), pmaStubs, pmaLine],
  pm_master: [masterFacts, masterEntries, masterBlocks],
  monitor: [monitorMigrations, monitorProcesses],
  file_server: [serverStreams, serverOpenFiles],
};

/** The sheet of the server now, against the moment before; null if it was there at neither. */
export function serverSheet(state: ClusterState, before: ClusterState | null, owner: ServerOwner): Sheet | null {
  const now = knownServer(state, owner);
  const was = knownServer(before, owner);
  if (now === null && was === null) return null;
  return {
    title: serverTitle(owner),
    subtitle: now === null ? 'has failed; this is what it had' : '',
    isAlive: now !== null,
    sections: sectionsOf(sections[owner.kind], now, was, before !== null),
  };
}
