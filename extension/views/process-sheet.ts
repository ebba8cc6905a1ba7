/**
 * The process inspector: one UNIX process as its PMA, the PM Master, its emulator and the vprocs of all nodes know it.
 */
import { signalNames } from '../../language/vocabulary/signal-names.ts';
import type { LimitState } from '../../simulator/inspect/state-processes.ts';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { atPma, callsOf, queueOf } from './process-calls.ts';
import { capabilities, files, mappings, relatives, vprocs } from './process-holds.ts';
import { knownProcess, type KnownProcess, type ProcessOwner } from './process-known.ts';
import { signals, threads } from './process-threads.ts';
import { count, time } from './quantities.ts';
import { factsOf, sectionsOf, type Sheet, type SheetFact } from './sheet.ts';

/** The sheet of the process now, against the moment before; null if nobody knew it at either. */
export function processSheet(state: ClusterState, before: ClusterState | null, owner: ProcessOwner): Sheet | null {
  const now = knownProcess(state, owner);
  const was = knownProcess(before, owner);
  const shown = now ?? was;
  if (shown === null) return null;
  const { entry, procs } = shown;
  return {
    title: `pid ${shown.pid} ${entry?.name ?? procs[0]?.name ?? ''}`,
    subtitle: subtitle(now, was),
    isAlive: now !== null && now.procs.length > 0,
    sections: sectionsOf(
      [facts, threads, signals, callsOf(atPma), queueOf(atPma), files, mappings, relatives, vprocs, capabilities],
      now,
      was,
      before !== null,
    ),
  };
}

function subtitle(now: KnownProcess | null, was: KnownProcess | null): string {
  const proc = now?.procs[0];
  if (now === null || proc === undefined) return now?.entry === undefined ? 'is no more' : now.entry.state;
  const [, other] = now.procs;
  if (other !== undefined) return `${proc.state} on ${proc.node}, still on the migrating list of ${other.node}`;
  const old = was?.procs[0]?.node ?? proc.node;
  return `${proc.state} on ${proc.node}${old === proc.node ? '' : `, came from ${old}`}`;
}

const facts = factsOf('Process', 'No PMA has it.', processFacts);

const limitNames: Readonly<Record<string, string>> = {
  cpu: 'Limit of processor time (s)',
  as: 'Limit of memory (bytes)',
  nofile: 'Limit of descriptors',
  nproc: 'Limit of processes of the user',
};

/** What is not limited has no row. */
function limitRow({ resource, soft, hard }: LimitState): SheetFact[] {
  if (soft === null && hard === null) return [];
  const said = (value: number | null): string => (value === null ? 'none' : String(value));
  return [[limitNames[resource] ?? resource, soft === hard ? said(soft) : `${said(soft)}, at most ${said(hard)}`]];
}

function processFacts({ procs: [proc, other], entry }: KnownProcess): readonly SheetFact[] {
  if (proc === undefined) return [];
  const { relations, credentials, usage, signals } = proc;
  return [
    ['PMA', `${proc.node}, ${proc.list} list${other === undefined ? '' : `; ${other.node}, ${other.list} list`}`],
    ['State', proc.state],
    ['PM Master says', entry === undefined ? 'no such process' : `${entry.state}, at ${entry.node}`],
    ['Parent', relations?.parent ?? ''],
    ['Process group', relations?.group ?? ''],
    ['Session', relations?.session ?? ''],
    ['User', credentials.uid],
    ['Signals pending', signalNames(signals.pending)],
    ['Timer expires', signals.timer === null ? '' : time(signals.timer.expires)],
    ['Created', time(proc.created)],
    ['Came to this node', proc.lastMigrated === null ? '' : time(proc.lastMigrated)],
    ['Migrations', proc.migrations === 0 ? '' : proc.migrations],
    ['May be migrated', proc.migratable ? 'yes' : 'no'],
    ['Migration group', proc.migrationGroup === 0 ? '' : proc.migrationGroup],
    ['Processes created', proc.creations.total === 0 ? '' : proc.creations.total],
    ['Processes created in a minute (avencreate)', proc.creations.average === 0 ? '' : proc.creations.average],
    ['Nice', proc.nice === 0 ? '' : proc.nice],
    ...proc.limits.flatMap(limitRow),
    ['Processor time here', time(usage.here)],
    ['Processor time in all', time(usage.total)],
    ['Of that, computation', usage.user === 0 ? '' : time(usage.user)],
    ['Processor time of children', usage.children === 0 ? '' : time(usage.children)],
    ['Children', proc.children.length === 0 ? '' : count(proc.children.length, 'process')],
  ];
}
