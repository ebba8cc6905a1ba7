/** A PMA in the server inspector: its lists, the stubs of processes elsewhere, and who stands in line to come in. */
import { count } from './quantities.ts';
import type { KnownServer } from './server-known.ts';
import { column, factsOf, sectionOf } from './sheet.ts';

export const pmaFacts = factsOf<KnownServer>('PMA', 'The PMA is not there.', ({ pma, procs, vprocs }) => {
  const on = (list: string): number => procs.filter((proc) => proc.list === list).length;
  const stubs = vprocs.filter(({ operations }) => operations === 'stub');
  return [
    ['Active list', on('active')],
    ['Migrating list', on('migrating')],
    ['Free list', 'whatever is on neither of them: its row is used again'],
    ['Client stubs', stubs.length],
    ['Stale among them', stubs.filter(({ stale }) => stale).length],
    ['Ends that no PM Master could be told', pma?.untold.map((pid) => `pid ${pid}`).join(', ') ?? ''],
  ];
});

export const pmaProcs = sectionOf<KnownServer>(
  {
    key: 'procs',
    title: 'Procs',
    empty: 'No process lives here.',
    columns: [
      column('list', 'List', 'Active, or migrating: on its way in, or kept for recovery'),
      column('pid', 'Pid', 'Process id', true),
      column('name', 'Program', 'What it runs'),
      column('state', 'State', 'Of the proc, or what its vproc says: frozen'),
      column('calls', 'Calls', 'Calls in progress', true),
      column('pending', 'Pending', 'Requests that wait', true),
      column('group', 'Migration group', 'Those of one group move together'),
      column('migrations', 'Migrations', 'How often it has moved', true),
    ],
  },
  ({ procs }) =>
    [...procs]
      .sort((a, b) => (a.list === b.list ? a.pid - b.pid : a.list < b.list ? -1 : 1))
      .map(({ list, pid, name, state, calls, pending, migrationGroup, migrations, migratable }) => ({
        key: String(pid),
        cells: [
          list,
          pid,
          name,
          state,
          calls.length,
          pending.length,
          migratable ? (migrationGroup === 0 ? '' : migrationGroup) : 'may not move',
          migrations,
        ],
      })),
);

export const pmaStubs = sectionOf<KnownServer>(
  {
    key: 'stubs',
    title: 'Vprocs with client stubs',
    summary: ({ vprocs }) => {
      const stale = vprocs.filter((vproc) => vproc.stale).length;
      return stale === 0 ? '' : `${count(stale, 'stub')} stale: put right when next used`;
    },
    empty: 'The PMA knows no process of another node.',
    columns: [
      column('pid', 'Pid', 'Process id', true),
      column('name', 'Program', 'What it runs'),
      column('at', 'Process at', 'Where the vproc believes the process to be'),
      column('stale', 'Stale', 'It has moved since; the next call will be told'),
      column('references', 'References', 'Calls and processes that use it', true),
    ],
  },
  ({ vprocs }) =>
    vprocs
      .filter(({ operations }) => operations === 'stub')
      .map(({ pid, name, at, stale, references }) => ({
        key: String(pid),
        cells: [pid, name, at, stale ? 'stale' : '', references],
      })),
);

export const pmaLine = sectionOf<KnownServer>(
  {
    key: 'line',
    title: 'Migrations',
    empty: 'None comes in, stands in line, or is to go.',
    columns: [
      column('what', 'Migration', 'Its number'),
      column('does', 'Does', 'Comes in, waits for its turn, or goes'),
      column('node', 'Node', 'Where it comes from; whose PMA sees to it that it goes'),
    ],
  },
  ({ pma }) => [
    ...(pma?.incoming ?? []).map(({ migration, from, group }, place) => ({
      key: `in/${migration}`,
      cells: [
        `${group ? 'group of ' : ''}migration ${migration}`,
        place === 0 ? 'comes in' : `in line, place ${place}`,
        from,
      ],
    })),
    ...(pma?.outgoing ?? []).map(({ pid, migration, by }) => ({
      key: `out/${pid}`,
      cells: [migration === null ? `of pid ${pid}` : `migration ${migration}, of pid ${pid}`, 'goes', by],
    })),
  ],
);
