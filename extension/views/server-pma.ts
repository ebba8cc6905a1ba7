/** A PMA in the server inspector: its lists, the stubs of processes elsewhere, and who stands in line to come in. */
import type { ProcState } from '../../simulator/inspect/state-processes.ts';
import type { VprocState } from '../../simulator/inspect/state.ts';
import { amount, column } from './column.ts';
import { count } from './quantities.ts';
import type { KnownServer } from './server-known.ts';
import { factsOf, sectionOf } from './sheet.ts';

export const pmaFacts = factsOf<KnownServer>('PMA', 'The PMA is not there.', ({ pma, procs, vprocs }) => {
  const on = (list: string): number => procs.filter((proc) => proc.list === list).length;
  const stubs = vprocs.filter(({ operations }) => operations === 'stub');
  return [
    ['Active list', on('active')],
    ['Migrating list', on('migrating')],
    ['Free list', pma?.free ?? 0],
    ['Client stubs', stubs.length],
    ['Stale among them', stubs.filter(({ stale }) => stale).length],
    ['Ends that no PM Master could be told', pma?.untold.map((pid) => `pid ${pid}`).join(', ') ?? ''],
  ];
});

export const pmaProcs = sectionOf<KnownServer, ProcState>({
  key: 'procs',
  title: 'Procs',
  empty: 'No process lives here.',
  rows: ({ procs }) => [...procs].sort((a, b) => (a.list === b.list ? a.pid - b.pid : a.list < b.list ? -1 : 1)),
  rowKey: ({ pid }) => pid,
  columns: [
    column('list', 'List', 'Active, or migrating: on its way in, or kept for recovery', ({ list }) => list),
    amount('pid', 'Pid', 'Process id', ({ pid }) => pid),
    column('name', 'Program', 'What it runs', ({ name }) => name),
    column('state', 'State', 'Of the proc, or what its vproc says: frozen', ({ state }) => state),
    amount('calls', 'Calls', 'Calls in progress', ({ calls }) => calls.length),
    amount('pending', 'Pending', 'Requests that wait', ({ pending }) => pending.length),
    amount('group', 'Migration group', 'Those of one group move together', ({ migratable, migrationGroup }) =>
      migratable ? (migrationGroup === 0 ? '' : migrationGroup) : 'may not move',
    ),
    amount('migrations', 'Migrations', 'How often it has moved', ({ migrations }) => migrations),
  ],
});

export const pmaStubs = sectionOf<KnownServer, VprocState>({
  key: 'stubs',
  title: 'Vprocs with client stubs',
  summary: ({ vprocs }) => {
    const stale = vprocs.filter((vproc) => vproc.stale).length;
    return stale === 0 ? '' : `${count(stale, 'stub')} stale: put right when next used`;
  },
  empty: 'The PMA knows no process of another node.',
  rows: ({ vprocs }) => vprocs.filter(({ operations }) => operations === 'stub'),
  rowKey: ({ pid }) => pid,
  columns: [
    amount('pid', 'Pid', 'Process id', ({ pid }) => pid),
    column('name', 'Program', 'What it runs', ({ name }) => name),
    column('at', 'Process at', 'Where the vproc believes the process to be', ({ at }) => at),
    column('stale', 'Stale', 'It has moved since; the next call will be told', ({ stale }) => (stale ? 'stale' : '')),
    amount('references', 'References', 'Calls and processes that use it', ({ references }) => references),
  ],
});

/** A migration that comes in, waits for its turn, or is to go. */
interface LineRow {
  readonly key: string;
  readonly what: string;
  readonly does: string;
  readonly node: string;
}

export const pmaLine = sectionOf<KnownServer, LineRow>({
  key: 'line',
  title: 'Migrations',
  empty: 'None comes in, stands in line, or is to go.',
  rows: ({ pma }) => [
    ...(pma?.incoming ?? []).map(({ migration, from, group }, place) => ({
      key: `in/${migration}`,
      what: `${group ? 'group of ' : ''}migration ${migration}`,
      does: place === 0 ? 'comes in' : `in line, place ${place}`,
      node: from,
    })),
    ...(pma?.outgoing ?? []).map(({ pid, migration, by }) => ({
      key: `out/${pid}`,
      what: migration === null ? `of pid ${pid}` : `migration ${migration}, of pid ${pid}`,
      does: 'goes',
      node: by,
    })),
  ],
  rowKey: ({ key }) => key,
  columns: [
    column('what', 'Migration', 'Its number', ({ what }) => what),
    column('does', 'Does', 'Comes in, waits for its turn, or goes', ({ does }) => does),
    column('node', 'Node', 'Where it comes from; whose PMA sees to it that it goes', ({ node }) => node),
  ],
});
