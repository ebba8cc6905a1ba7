/** `inspect`: the whole cluster at one moment, as the plain JSON of state.ts. It looks and never touches. */
import {
  KERNEL_CALLS,
  LOCAL_BYTES,
  LOCAL_MESSAGES,
  LOCAL_RIGHTS,
  PROCESSOR,
  REMOTE_BYTES,
  REMOTE_MESSAGES,
  REMOTE_RIGHTS,
  WAITING,
  total,
  type Account,
} from '../base/ledger.ts';
import { isEmpty } from '../base/queue.ts';
import { select } from '../base/table.ts';
import type { WorkloadWorld } from '../workload/world.ts';
import { identityStates } from './identities.ts';
import { memoryObjectStates } from './memory.ts';
import { nodeStates } from './nodes.ts';
import { portStates } from './ports.ts';
import { masterStates, migrationStates, vprocStates } from './processes.ts';
import type { ClusterState, LedgerEntry } from './state.ts';
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
    ports: portStates(w),
    identities: identityStates(w),
    memoryObjects: memoryObjectStates(w),
    vprocs: vprocStates(w),
    processes: masterStates(w),
    migrations: migrationStates(w),
    ledger: select(w.ledger, (account) => total(account) > 0).map(ledgerEntry),
    expectations: w.expectations.map((each) => ({ ...each })),
    output: w.output.map((each) => ({ ...each })),
  };
}

function ledgerEntry({ name, counts, spent }: Account): LedgerEntry {
  return {
    activity: name,
    kernelCalls: counts[KERNEL_CALLS]!,
    localMessages: counts[LOCAL_MESSAGES]!,
    remoteMessages: counts[REMOTE_MESSAGES]!,
    localRights: counts[LOCAL_RIGHTS]!,
    remoteRights: counts[REMOTE_RIGHTS]!,
    localBytes: counts[LOCAL_BYTES]!,
    remoteBytes: counts[REMOTE_BYTES]!,
    nanoseconds: {
      kernelCalls: spent[KERNEL_CALLS]!,
      localMessages: spent[LOCAL_MESSAGES]!,
      remoteMessages: spent[REMOTE_MESSAGES]!,
      rights: spent[LOCAL_RIGHTS]! + spent[REMOTE_RIGHTS]!,
      bytes: spent[LOCAL_BYTES]! + spent[REMOTE_BYTES]!,
      processor: spent[PROCESSOR]!,
      waiting: spent[WAITING]!,
    },
    total: spent.reduce((sum, each) => sum + each, 0),
  };
}
