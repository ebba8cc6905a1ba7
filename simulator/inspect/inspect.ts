/** `inspect`: the whole cluster at one moment, as the plain JSON of state.ts. It looks and never touches. */
import { total } from '../base/ledger.ts';
import { isEmpty } from '../base/queue.ts';
import { select } from '../base/table.ts';
import type { WorkloadWorld } from '../workload/world.ts';
import { identityStates } from './identities.ts';
import { ledgerEntry } from './ledger.ts';
import { monitorState, pmMasterStates, pmaStates } from './management.ts';
import { memoryObjectStates } from './memory.ts';
import { nodeStates } from './nodes.ts';
import { portStates } from './ports.ts';
import { masterStates, migrationStates, vprocStates } from './processes.ts';
import { procStates } from './procs.ts';
import type { ClusterState } from './state.ts';
import { startedStates } from './started.ts';
import { fileStates } from './streams.ts';
import { taskStates } from './tasks.ts';

/** What the run knows about itself and the world does not. */
export interface RunFacts {
  readonly scenario: string;
  readonly seed: number;
  readonly digest: string;
}

export function inspectWorld(w: WorkloadWorld, facts: RunFacts): ClusterState {
  return {
    format: 'osf1ad-state/1',
    event: w.events,
    time: w.time,
    ...facts,
    finished: isEmpty(w.queue) ? 'nothing is left to happen' : null,
    nodes: nodeStates(w),
    tasks: taskStates(w),
    started: startedStates(w),
    ports: portStates(w),
    identities: identityStates(w),
    memoryObjects: memoryObjectStates(w),
    procs: procStates(w),
    vprocs: vprocStates(w),
    ...fileStates(w),
    processes: masterStates(w),
    migrations: migrationStates(w),
    pmas: pmaStates(w),
    pmMasters: pmMasterStates(w),
    monitor: monitorState(w),
    ledger: select(w.ledger, (account) => total(account) > 0).map(ledgerEntry),
    expectations: w.expectations.map((each) => ({ ...each })),
    output: w.output.map((each) => ({ ...each })),
  };
}
