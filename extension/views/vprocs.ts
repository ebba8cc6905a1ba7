/**
 * The Vprocs view: UNIX processes as the process management servers see them.
 *
 * Every node's PMA has a vproc for each process that it knows: with the local operations where the process is, with
 * client stubs elsewhere. Below a local one stand the calls in progress and the requests that wait while it is frozen.
 * Then the table of each PM Master, what the statistics monitor was told, and the migrations with the times at which they
 * reached each phase.
 */
import { signalName } from '../../language/vocabulary/signal-names.ts';
import type { MasterState, MonitorState } from '../../simulator/inspect/state-management.ts';
import type { ClusterState, MasterEntry, MigrationState, VprocState } from '../../simulator/inspect/state.ts';
import { count, time } from './quantities.ts';
import { fact, joined, quietFact, type Row } from './row.ts';
import { howItEnded } from './server-management.ts';

export function vprocRows(state: ClusterState): readonly Row[] {
  const orphans = state.processes.filter(({ master }) => master === '');
  const agents = state.nodes.filter(({ roles }) => roles.includes('pma'));
  return [
    ...agents.map(({ node }) => agentRow(node, state)),
    ...state.pmMasters.map((master) => masterRow(master, state)),
    ...(orphans.length === 0 ? [] : [orphanRow(orphans)]),
    ...(state.monitor === null ? [] : [monitorRow(state.monitor)]),
    ...state.migrations.map(migrationRow),
  ];
}

function agentRow(node: string, state: ClusterState): Row {
  const vprocs = state.vprocs.filter((vproc) => vproc.node === node).sort((a, b) => a.pid - b.pid);
  const on = (list: string): number => vprocs.filter((vproc) => vproc.list === list).length;
  const stubs = vprocs.filter(({ operations }) => operations === 'stub').length;
  const [active, migrating] = [on('active'), on('migrating')];
  const free = state.pmas.find((pma) => pma.node === node)?.free ?? 0;
  return {
    id: `pma/${node}`,
    kind: 'server',
    label: `pma @ ${node}`,
    description: joined(
      `${active} active`,
      migrating === 0 ? '' : `${migrating} migrating`,
      stubs === 0 ? '' : count(stubs, 'stub'),
    ),
    icon: 'server-process',
    facts: [
      fact('On the active list', active),
      fact('On the migrating list', migrating),
      fact('On the free list', free),
      fact('Stubs', stubs),
    ],
    subject: { server: { kind: 'pma', node } },
    open: true,
    children: vprocs.map(vprocRow),
  };
}

const states: Readonly<Record<string, { icon: string; color: string }>> = {
  frozen: { icon: 'debug-pause', color: 'osf1ad.frozen' },
  attaching: { icon: 'sync', color: 'osf1ad.frozen' },
  zombie: { icon: 'circle-slash', color: 'disabledForeground' },
  exiting: { icon: 'circle-slash', color: 'disabledForeground' },
};

function vprocRow(vproc: VprocState): Row {
  const id = `vproc/${vproc.node}/${vproc.pid}`;
  const subject = { pid: vproc.pid, ...(vproc.task === null ? {} : { task: vproc.task }) };
  const isLocal = vproc.operations === 'local';
  const { icon, color } = (isLocal ? states[vproc.state] : undefined) ?? {
    icon: isLocal ? 'play' : 'link-external',
    color: '',
  };
  const request = (text: string, index: number, what: string, icon: string): Row => ({
    id: `${id}/${what}/${index}/${text}`,
    kind: 'request',
    label: text,
    description: what,
    icon,
    facts: [],
    subject,
    open: false,
    children: [],
  });
  return {
    id,
    kind: 'vproc',
    label: `pid ${vproc.pid} ${vproc.name}`,
    description: isLocal
      ? joined('local', vproc.list === '' ? '' : `${vproc.list} list`, vproc.state, pendingWords(vproc))
      : joined('stub', `at ${vproc.at}`, vproc.stale ? 'stale' : ''),
    icon: vproc.stale ? 'warning' : icon,
    ...(color === '' ? {} : { color }),
    facts: [
      fact('Operations', isLocal ? 'local' : 'client stubs'),
      fact('Process at', vproc.at),
      fact('Stale', vproc.stale ? 'yes' : 'no'),
      fact('List', vproc.list),
      fact('State', vproc.state),
      fact('References', vproc.references),
      quietFact('Calls in progress', vproc.callsInProgress.length),
      quietFact('Requests pending', vproc.pending.length),
    ],
    subject,
    open: vproc.pending.length > 0,
    children: [
      ...vproc.callsInProgress.map((text, index) => request(text, index, 'in progress', 'sync')),
      ...vproc.pending.map((text, index) => request(text, index, 'pending', 'inbox')),
    ],
  };
}

const pendingWords = ({ pending }: VprocState): string => (pending.length === 0 ? '' : `${pending.length} pending`);

/** A PM Master with the processes whose entries it owns. */
function masterRow(master: MasterState, { processes }: ClusterState): Row {
  const { node, broker, recovering, nextPid, blocks } = master;
  const own = processes.filter((entry) => entry.master === node);
  const alive = own.filter(({ state }) => state === 'alive').length;
  const owned = blocks.filter(({ owner, last }) => owner === node && last !== null);
  return {
    id: `pm-master/${node}`,
    kind: 'server',
    label: `pm_master @ ${node}`,
    description: joined(recovering ? 'recovering' : '', count(own.length, 'process'), `${alive} alive`),
    icon: 'organization',
    facts: [
      fact('Processes', own.length),
      fact('Alive', alive),
      fact('Next pid', nextPid ?? 'has to ask for a block'),
      fact('Blocks of pids', owned.map(({ first, last }) => `${first} to ${last}`).join(', ')),
      fact('Gives blocks to others', broker && owned.length > 0 ? 'yes' : ''),
      fact('Recovering', recovering ? 'yes' : ''),
    ],
    subject: { server: { kind: 'pm_master', node } },
    open: false,
    children: own.map(masterEntryRow),
  };
}

/** Entries of PM Masters that have failed, as they were known last. */
function orphanRow(entries: readonly MasterEntry[]): Row {
  return {
    id: 'pm-master/none',
    kind: 'group',
    label: 'No PM Master',
    description: `${count(entries.length, 'process')}, as known last`,
    icon: 'circle-slash',
    facts: [fact('Processes', entries.length)],
    subject: {},
    open: false,
    children: entries.map(masterEntryRow),
  };
}

function monitorRow({ node, processes, migrations }: MonitorState): Row {
  return {
    id: 'monitor',
    kind: 'server',
    label: `monitor @ ${node}`,
    description: joined(count(migrations.length, 'migration'), `${count(processes.length, 'process')} ended`),
    icon: 'graph',
    facts: [fact('Migrations', migrations.length), fact('Processes that have ended', processes.length)],
    subject: { server: { kind: 'monitor', node } },
    open: false,
    children: migrations.map((each) => ({
      id: `monitor/${each.migration}`,
      kind: 'group',
      label: `migration ${each.migration}`,
      description: joined(
        `pid ${each.pid} ${each.name}`,
        each.outcome,
        each.freezeTime === null ? '' : `frozen ${time(each.freezeTime)}`,
        each.totalTime === null ? '' : `in all ${time(each.totalTime)}`,
      ),
      icon: 'graph-line',
      facts: [
        fact('Way', `${each.from} → ${each.to}, by ${each.by}`),
        fact('Freezing time', optionalTime(each.freezingTime)),
        fact('Freeze time', optionalTime(each.freezeTime)),
        fact('Task', optionalTime(each.taskTime)),
        fact('Total time', optionalTime(each.totalTime)),
      ],
      subject: { pid: each.pid },
      open: false,
      children: [],
    })),
  };
}

function masterEntryRow(entry: MasterEntry): Row {
  return {
    id: `pm-master/${entry.pid}`,
    kind: 'process',
    label: `pid ${entry.pid} ${entry.name}`,
    description:
      entry.state === 'alive'
        ? joined(`at ${entry.node}`, entry.stopped === 0 ? '' : `stopped by ${signalName(entry.stopped)}`)
        : `${entry.state}, ${howItEnded(entry)}`,
    icon: entry.state === 'alive' ? 'location' : 'circle-slash',
    facts: [
      fact('Parent', entry.parent),
      fact('Process group', entry.group),
      fact('Session', entry.session),
      fact('Node', entry.node),
      fact('State', entry.state),
      ...(entry.state === 'alive' ? [] : [fact('Ended', howItEnded(entry))]),
    ],
    subject: { pid: entry.pid },
    open: false,
    children: [],
  };
}

const outcomes: Readonly<Record<MigrationState['outcome'], { icon: string; color: string }>> = {
  '': { icon: 'arrow-swap', color: 'osf1ad.frozen' },
  done: { icon: 'pass', color: 'testing.iconPassed' },
  refused: { icon: 'discard', color: 'list.warningForeground' },
  failed: { icon: 'error', color: 'errorForeground' },
};

const callWords: Readonly<Record<string, string>> = {
  await: 'awaited',
  restart: 'cancelled, and made again',
  early: 'awaited, while its task is copied',
};

function migrationRow(migration: MigrationState): Row {
  const { outcome, phase, reason, pid, name, task, how, pages } = migration;
  const what = pid === null ? `task ${name}` : `pid ${pid} ${name}`;
  const subject = { ...(pid === null ? {} : { pid }), ...(task === null ? {} : { task }) };
  const id = `migration/${migration.migration}`;
  const stamps = Object.entries(migration.stamps).flatMap(([name, at]) => (at === null ? [] : [{ name, at }]));
  stamps.sort((a, b) => a.at - b.at);
  return {
    id,
    kind: 'migration',
    label: `migration ${migration.migration}`,
    description: joined(what, `${migration.from} → ${migration.to}`, outcome === '' ? phase : outcome, reason),
    ...outcomes[outcome],
    facts: [
      fact('Moves', what),
      fact('By', migration.by),
      fact('Migration group', migration.group === 0 ? '' : migration.group),
      fact('Calls in progress', callWords[migration.calls] ?? migration.calls),
      fact('Using', `${how.using}, ${how.strategy.replaceAll('_', ' ')}, agent on ${how.agent}`),
      fact('Pages moved while it ran', pages.before),
      fact('Pages moved while it was frozen', pages.frozen),
      fact('Phase', phase),
      fact('Step', `${migration.step} of 17`),
      fact('Committed', migration.committed ? 'yes' : 'no'),
      fact('Outcome', outcome),
      fact('Reason', reason),
      fact('Freezing time', optionalTime(migration.freezingTime)),
      fact('Freeze time', optionalTime(migration.freezeTime)),
      fact('Total time', optionalTime(migration.totalTime)),
    ],
    subject,
    open: true,
    children: stamps.map(({ name, at }, index) => stampRow(id, name, at, stamps[index - 1]?.at)),
  };
}

const optionalTime = (time_ns: number | null): string => (time_ns === null ? '' : time(time_ns));

function stampRow(id: string, name: string, at: number, before: number | undefined): Row {
  return {
    id: `${id}/${name}`,
    kind: 'stamp',
    label: name,
    description: joined(time(at), before === undefined ? '' : `+${time(at - before)}`),
    icon: 'circle-small-filled',
    facts: [fact('At', time(at))],
    subject: {},
    open: false,
    children: [],
  };
}
