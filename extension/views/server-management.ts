/** A PM Master and the statistics monitor in the server inspector: tables, blocks of pids, and what was told. */
import type { MasterEntry } from '../../simulator/inspect/state.ts';
import { time } from './quantities.ts';
import type { KnownServer } from './server-known.ts';
import { column, factsOf, sectionOf } from './sheet.ts';

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
  return signal === 0 ? `status ${status}` : `signal ${signal}`;
}

export const masterEntries = sectionOf<KnownServer>(
  {
    key: 'entries',
    title: 'Table',
    empty: 'It knows no process.',
    columns: [
      column('pid', 'Pid', 'Process id', true),
      column('name', 'Program', 'What it runs'),
      column('parent', 'Parent', 'Pid of its parent', true),
      column('group', 'Group', 'Process group', true),
      column('session', 'Session', 'Pid of its leader', true),
      column('node', 'Node', 'Where it is, as far as the PM Master knows'),
      column('state', 'State', 'Alive, stopped, a zombie, or waited for'),
      column('ended', 'Ended', 'How, once it has'),
    ],
  },
  ({ entries }) =>
    entries.map((entry) => {
      const { pid, name, parent, group, session, node, state, stopped } = entry;
      const isAlive = state === 'alive';
      const how = isAlive && stopped !== 0 ? `stopped by signal ${stopped}` : state;
      return {
        key: String(pid),
        cells: [pid, name, parent, group, session, isAlive ? node : '', how, isAlive ? '' : howItEnded(entry)],
      };
    }),
);

export const masterBlocks = sectionOf<KnownServer>(
  {
    key: 'blocks',
    title: 'Blocks of pids',
    empty: 'It knows the owner of no block.',
    columns: [
      column('first', 'From', 'First pid of the block', true),
      column('last', 'To', 'Last pid of the block', true),
      column('owner', 'PM Master on', 'Node of the PM Master whose block it is'),
    ],
  },
  ({ master }) =>
    (master?.blocks ?? []).map(({ first, last, owner }) => ({
      key: String(first),
      cells: [first, last ?? 'the end', owner],
    })),
);

const optionalTime = (time_ns: number | null): string => (time_ns === null ? 'not reached' : time(time_ns));

export const monitorProcesses = sectionOf<KnownServer>(
  {
    key: 'processes',
    title: 'Processes that have ended',
    empty: 'The monitor has been told of no process.',
    columns: [
      column('pid', 'Pid', 'Process id', true),
      column('name', 'Program', 'What it ran'),
      column('node', 'Node', 'Where it ended'),
      column('execution', 'Execution', 'From its creation to its end', true),
      column('usage', 'Processor', 'Time that it and the children that it waited for have used', true),
      column('migrations', 'Migrations', 'How often it has moved', true),
    ],
  },
  ({ monitor }) =>
    (monitor?.processes ?? []).map(({ pid, name, node, execution, usage, migrations }) => ({
      key: String(pid),
      cells: [pid, name, node, time(execution), time(usage), migrations],
    })),
);

export const monitorMigrations = sectionOf<KnownServer>(
  {
    key: 'migrations',
    title: 'Migrations that are over',
    empty: 'The monitor has been told of no migration.',
    columns: [
      column('migration', 'Migration', 'Its number', true),
      column('process', 'Of', 'What has moved'),
      column('way', 'Way', 'From where to where, and by what'),
      column('outcome', 'Outcome', 'Done, refused or failed'),
      column('freezing', 'Freezing', 'From the decision until it was frozen', true),
      column('freeze', 'Frozen', 'While it did not run', true),
      column('task', 'Task', 'While its Mach task was moved', true),
      column('total', 'In all', 'From the decision until everything was cleaned up', true),
    ],
  },
  ({ monitor }) =>
    (monitor?.migrations ?? []).map((each) => ({
      key: String(each.migration),
      cells: [
        each.migration,
        `pid ${each.pid} ${each.name}`,
        `${each.from} → ${each.to}, by ${each.by}`,
        each.outcome,
        ...[each.freezingTime, each.freezeTime, each.taskTime, each.totalTime].map(optionalTime),
      ],
    })),
);
