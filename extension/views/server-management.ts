/** A PM Master and the statistics monitor in the server inspector: tables, blocks of pids, and what was told. */
import { signalName } from '../../language/vocabulary/signal-names.ts';
import type { MigrationStatistics, PidBlock, ProcessStatistics } from '../../simulator/inspect/state-management.ts';
import type { MasterEntry } from '../../simulator/inspect/state.ts';
import { amount, column } from './column.ts';
import { time } from './quantities.ts';
import type { KnownServer } from './server-known.ts';
import { factsOf, sectionOf } from './sheet.ts';

export const masterFacts = factsOf<KnownServer>('PM Master', 'The PM Master is not there.', ({ master, entries }) => {
  if (master === undefined) return [];
  const { broker, recovering, nextPid, elsewhere } = master;
  const are = (state: MasterEntry['state']): number => entries.filter((entry) => entry.state === state).length;
  return [
    ['State', recovering ? 'recovering: it asks the PMAs what there is' : 'up'],
    ['Gives blocks of pids to others', broker ? 'yes' : 'no'],
    ['Next pid', nextPid ?? 'none: it has to ask for a block'],
    ['Alive', are('alive')],
    ['Zombies', are('zombie')],
    ['Waited for', are('reaped')],
    ['Children elsewhere', elsewhere.map((pid) => `pid ${pid}`).join(', ')],
  ];
});

export function howItEnded({ status, signal, lost }: MasterEntry): string {
  if (lost) return 'lost with its node';
  return signal === 0 ? `status ${status}` : signalName(signal);
}

const howItIs = ({ state, stopped }: MasterEntry): string =>
  state === 'alive' && stopped !== 0 ? `stopped by ${signalName(stopped)}` : state;

export const masterEntries = sectionOf<KnownServer, MasterEntry>({
  key: 'entries',
  title: 'Table',
  empty: 'It knows no process.',
  rows: ({ entries }) => entries,
  rowKey: ({ pid }) => pid,
  columns: [
    amount('pid', 'Pid', 'Process id', ({ pid }) => pid),
    column('name', 'Program', 'What it runs', ({ name }) => name),
    amount('parent', 'Parent', 'Pid of its parent', ({ parent }) => parent),
    amount('group', 'Group', 'Process group', ({ group }) => group),
    amount('session', 'Session', 'Pid of its leader', ({ session }) => session),
    column('node', 'Node', 'Where it is, as far as the PM Master knows', ({ state, node }) =>
      state === 'alive' ? node : '',
    ),
    column('state', 'State', 'Alive, stopped, a zombie, or waited for', howItIs),
    column('ended', 'Ended', 'How, once it has', (entry) => (entry.state === 'alive' ? '' : howItEnded(entry))),
  ],
});

export const masterBlocks = sectionOf<KnownServer, PidBlock>({
  key: 'blocks',
  title: 'Blocks of pids',
  empty: 'It knows the owner of no block.',
  rows: ({ master }) => master?.blocks ?? [],
  rowKey: ({ first }) => first,
  columns: [
    amount('first', 'From', 'First pid of the block', ({ first }) => first),
    amount('last', 'To', 'Last pid of the block', ({ last }) => last ?? 'the end'),
    column('owner', 'PM Master on', 'Node of the PM Master whose block it is', ({ owner }) => owner),
  ],
});

const optionalTime = (time_ns: number | null): string => (time_ns === null ? 'not reached' : time(time_ns));

export const monitorProcesses = sectionOf<KnownServer, ProcessStatistics>({
  key: 'processes',
  title: 'Processes that have ended',
  empty: 'The monitor has been told of no process.',
  rows: ({ monitor }) => monitor?.processes ?? [],
  rowKey: ({ pid }) => pid,
  columns: [
    amount('pid', 'Pid', 'Process id', ({ pid }) => pid),
    column('name', 'Program', 'What it ran', ({ name }) => name),
    column('node', 'Node', 'Where it ended', ({ node }) => node),
    amount('execution', 'Execution', 'From its creation to its end', ({ execution }) => time(execution)),
    amount('usage', 'Processor', 'Time that it and the children that it waited for have used', ({ usage }) =>
      time(usage),
    ),
    amount('migrations', 'Migrations', 'How often it has moved', ({ migrations }) => migrations),
  ],
});

export const monitorMigrations = sectionOf<KnownServer, MigrationStatistics>({
  key: 'migrations',
  title: 'Migrations that are over',
  empty: 'The monitor has been told of no migration.',
  rows: ({ monitor }) => monitor?.migrations ?? [],
  rowKey: ({ migration }) => migration,
  columns: [
    amount('migration', 'Migration', 'Its number', ({ migration }) => migration),
    column('process', 'Of', 'What has moved', ({ pid, name }) => `pid ${pid} ${name}`),
    column('way', 'Way', 'From where to where, and by what', ({ from, to, by }) => `${from} → ${to}, by ${by}`),
    column('outcome', 'Outcome', 'Done, refused or failed', ({ outcome }) => outcome),
    amount('freezing', 'Freezing', 'From the decision until it was frozen', ({ freezingTime }) =>
      optionalTime(freezingTime),
    ),
    amount('freeze', 'Frozen', 'While it did not run', ({ freezeTime }) => optionalTime(freezeTime)),
    amount('task', 'Task', 'While its Mach task was moved', ({ taskTime }) => optionalTime(taskTime)),
    amount('total', 'In all', 'From the decision until everything was cleaned up', ({ totalTime }) =>
      optionalTime(totalTime),
    ),
  ],
});
