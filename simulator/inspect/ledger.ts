/** What an activity has cost, and where the time of a migration went. */
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
  pathAt,
  total,
  type Account,
} from '../base/ledger.ts';
import type { LedgerEntry, MigrationState, Nanoseconds } from './state.ts';

export function ledgerEntry(account: Account): LedgerEntry {
  const { name, counts, spent } = account;
  return {
    activity: name,
    kernelCalls: counts[KERNEL_CALLS]!,
    localMessages: counts[LOCAL_MESSAGES]!,
    remoteMessages: counts[REMOTE_MESSAGES]!,
    localRights: counts[LOCAL_RIGHTS]!,
    remoteRights: counts[REMOTE_RIGHTS]!,
    localBytes: counts[LOCAL_BYTES]!,
    remoteBytes: counts[REMOTE_BYTES]!,
    nanoseconds: nanosecondsOf(spent),
    total: total(account),
  };
}

/** Where the time of the activity went up to now, and the work that took none of it. */
export function pathEntry(account: Account, now: number): Pick<MigrationState, 'path' | 'beside'> {
  const path = pathAt(account, now);
  if (path === null) return { path: nanosecondsOf(account.spent.map(() => 0)), beside: 0 };
  const beside = path.beside.reduce((sum, each, column) => (column === WAITING ? sum : sum + each), 0);
  return { path: nanosecondsOf(path.spent), beside };
}

function nanosecondsOf(spent: readonly number[]): Nanoseconds {
  return {
    kernelCalls: spent[KERNEL_CALLS]!,
    localMessages: spent[LOCAL_MESSAGES]!,
    remoteMessages: spent[REMOTE_MESSAGES]!,
    rights: spent[LOCAL_RIGHTS]! + spent[REMOTE_RIGHTS]!,
    bytes: spent[LOCAL_BYTES]! + spent[REMOTE_BYTES]!,
    processor: spent[PROCESSOR]!,
    waiting: spent[WAITING]!,
  };
}
