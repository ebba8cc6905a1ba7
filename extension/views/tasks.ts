/**
 * The Tasks view: processes first, by pid, then the scenario and bare Mach tasks, the servers and the kernels. A task
 * holds its threads, the number of its capabilities (the table opens beside), its memory, its open files, and what it
 * still needs of other nodes.
 *
 * A process that migrates gets another task on the destination, while its pid, its threads and its names stay. So the row
 * of a process goes by its pid, and a migration is seen as a change of that row. While both tasks exist, the second one
 * has a row of its own.
 */
import type { RegionState } from '../../simulator/inspect/state-memory.ts';
import type {
  ClusterState,
  FileDescriptorState,
  ResidualState,
  SpecialPortState,
  TaskState,
  ThreadState,
} from '../../simulator/inspect/state.ts';
import { count, portName, size, time } from './quantities.ts';
import { fact, joined, quietFact, type Row, type Subject } from './row.ts';

const kinds: readonly TaskState['kind'][] = ['process', 'mach', 'server', 'kernel'];
const pageSize_bytes = 4096;
/** The first process, which is everybody's parent and seldom what somebody looks for. */
const initPid = 1;

export function taskRows(state: ClusterState): readonly Row[] {
  const pids = new Set<number>();
  const idOf = ({ task, pid }: TaskState): string => {
    if (pid === null || pids.has(pid)) return `task/${task}`;
    pids.add(pid);
    return `pid/${pid}`;
  };
  return kinds.flatMap((kind) =>
    state.tasks
      .filter((task) => task.kind === kind)
      .sort((a, b) => (a.pid ?? a.task) - (b.pid ?? b.task))
      .map((task) => taskRow(idOf(task), task)),
  );
}

export const taskTitle = (task: TaskState): string => (task.pid === null ? task.name : `pid ${task.pid} ${task.name}`);

export function taskIcon(task: TaskState): string {
  switch (task.kind) {
    case 'process':
      return 'vm-running';
    case 'server':
      return 'server-process';
    case 'kernel':
      return 'circuit-board';
    case 'mach':
      return 'package';
  }
}

function taskRow(id: string, task: TaskState): Row {
  const subject: Subject = { task: task.task, ...(task.pid === null ? {} : { pid: task.pid }) };
  const isSuspended = task.suspendCount > 0;
  return {
    id,
    kind: 'task',
    label: taskTitle(task),
    description: joined(task.name.endsWith(`@${task.node}`) ? '' : task.node, isSuspended ? 'suspended' : ''),
    icon: taskIcon(task),
    facts: [
      fact('Node', task.node),
      fact('Kind', task.kind),
      fact('Suspend count', task.suspendCount),
      quietFact('Threads', task.threads.length),
      quietFact('Capabilities', task.capabilities.length),
    ],
    subject,
    open: task.kind === 'process' && task.pid !== initPid,
    children: [
      ...task.threads.map((thread) => threadRow(id, thread, subject)),
      capabilitiesRow(id, task, subject),
      ...specialGroup(id, task, subject),
      ...regionGroup(id, task, subject),
      ...fileGroup(id, task, subject),
      ...residualGroup(id, task, subject),
    ],
  };
}

const threadIcons: Readonly<Record<string, string>> = {
  running: 'play',
  ready: 'chevron-right',
  computing: 'chip',
  waiting: 'watch',
  suspended: 'debug-pause',
  ended: 'circle-slash',
};

function threadRow(id: string, thread: ThreadState, subject: Subject): Row {
  const [inner] = thread.frames;
  const waits = thread.waits === '' ? '' : `waits for ${thread.waits.replace(/^waits for /, '')}`;
  const where = inner === undefined ? '' : joined(inner.routine, inner.step).replace(' · ', ': ');
  return {
    id: `${id}/thread/${thread.thread}`,
    kind: 'thread',
    label: thread.name,
    description: joined(thread.state === 'waiting' && waits !== '' ? '' : thread.state, waits),
    icon: threadIcons[thread.state] ?? 'symbol-method',
    ...(thread.state === 'suspended' ? { color: 'osf1ad.frozen' } : {}),
    facts: [
      fact('State', thread.state),
      fact('Waits for', thread.waits),
      fact('In', where),
      fact('Suspend count', thread.suspendCount),
      fact('Priority', priority(thread)),
      ...thread.specialPorts.map(({ what, label }) => fact(`Port: ${what}`, label)),
      quietFact('Computed', time(thread.schedule.userTime)),
      quietFact('Kernel worked for it', time(thread.schedule.systemTime)),
      quietFact('Line', inner?.line ?? ''),
    ],
    subject: { ...subject, thread: thread.thread },
    open: false,
    children: [],
  };
}

function priority({ schedule }: ThreadState): string {
  const { policy, base, current, depressed } = schedule;
  const sunk = current === base ? '' : `, sunk from ${base}`;
  return `${current}${sunk}${policy === 'timeshare' ? '' : ', fixed'}${depressed ? ', depressed' : ''}`;
}

function capabilitiesRow(id: string, { capabilities }: TaskState, subject: Subject): Row {
  const dead = capabilities.filter(({ type }) => type === 'dead-name').length;
  return {
    id: `${id}/capabilities`,
    kind: 'capabilities',
    label: 'Capabilities',
    description: joined(count(capabilities.length, 'name'), dead === 0 ? '' : `${dead} dead`),
    icon: 'key',
    facts: [fact('Names', capabilities.length), fact('Dead names', dead)],
    subject,
    open: false,
    children: [],
  };
}

/** The ports that the kernel keeps for the task; one that is interposed is shown as such. */
function specialGroup(id: string, { specialPorts }: TaskState, subject: Subject): readonly Row[] {
  if (specialPorts.length === 0) return [];
  const isInterposed = specialPorts.some(({ what }) => what === 'sself');
  return [
    {
      id: `${id}/special`,
      kind: 'group',
      label: 'Special ports',
      description: joined(String(specialPorts.length), isInterposed ? 'interposed' : ''),
      icon: 'plug',
      facts: [fact('Special ports', specialPorts.length), fact('Interposed', isInterposed ? 'yes' : 'no')],
      subject,
      open: false,
      children: specialPorts.map((port) => specialRow(id, port)),
    },
  ];
}

function specialRow(id: string, { what, port, label, receiver, node }: SpecialPortState): Row {
  return {
    id: `${id}/special/${what}`,
    kind: 'port',
    label: what,
    description: joined(label, receiver === '' ? '' : `received by ${receiver} on ${node}`),
    icon: 'plug',
    facts: [fact('Port', label), fact('Received by', receiver), fact('On', node)],
    subject: { port },
    open: false,
    children: [],
  };
}

function regionGroup(id: string, { regions }: TaskState, subject: Subject): readonly Row[] {
  if (regions.length === 0) return [];
  const pages = regions.reduce((sum, region) => sum + region.pages, 0);
  const remote = regions.reduce((sum, region) => sum + remotePages(region), 0);
  return [
    {
      id: `${id}/regions`,
      kind: 'regions',
      label: 'Memory',
      description: joined(size(pages * pageSize_bytes), remote === 0 ? '' : `${count(remote, 'page')} elsewhere`),
      icon: 'database',
      facts: [fact('Pages', pages), fact('On other nodes', remote)],
      subject,
      open: false,
      children: regions.map((region) => regionRow(id, region, subject)),
    },
  ];
}

const remotePages = (region: RegionState): number => region.remote.reduce((sum, { pages }) => sum + pages, 0);

function regionRow(id: string, region: RegionState, subject: Subject): Row {
  const elsewhere = region.remote.map(({ node, pages }) => `${pages} on ${node}`).join(', ');
  return {
    id: `${id}/region/${region.start}`,
    kind: 'region',
    label: region.name,
    description: joined(count(region.pages, 'page'), `${region.resident} here`, elsewhere),
    icon: 'symbol-array',
    facts: [
      fact('Pages', region.pages),
      fact('Here', region.resident),
      fact('Elsewhere', elsewhere),
      fact('First page', region.start),
      fact('Protection', region.protection),
      fact('Inheritance', region.inheritance),
    ],
    subject,
    open: false,
    children: [],
  };
}

function fileGroup(id: string, { files }: TaskState, subject: Subject): readonly Row[] {
  if (files.length === 0) return [];
  return [
    {
      id: `${id}/files`,
      kind: 'group',
      label: 'Open files',
      description: String(files.length),
      icon: 'files',
      facts: [fact('Open files', files.length)],
      subject,
      open: false,
      children: files.map((file) => fileRow(id, file, subject)),
    },
  ];
}

function fileRow(id: string, file: FileDescriptorState, subject: Subject): Row {
  return {
    id: `${id}/file/${file.descriptor}`,
    kind: 'file',
    label: `${file.descriptor}  ${file.path}`,
    description: `at ${size(file.position)}`,
    icon: 'file',
    facts: [
      fact('Path', file.path),
      fact('Position', file.position),
      fact('Capability', portName(file.capability)),
      fact('Served by', file.server),
    ],
    subject,
    open: false,
    children: [],
  };
}

/** What the task still needs of nodes that are not its own. */
function residualGroup(id: string, { residual }: TaskState, subject: Subject): readonly Row[] {
  if (residual.length === 0) return [];
  const nodes = residual.map(({ node }) => node).join(', ');
  return [
    {
      id: `${id}/residual`,
      kind: 'group',
      label: 'Residual dependency',
      description: `on ${nodes}`,
      icon: 'references',
      facts: [fact('On', nodes)],
      subject,
      open: false,
      children: residual.map((on) => residualRow(id, on, subject)),
    },
  ];
}

function residualRow(id: string, { node, pma, forwarders, relays, pages }: ResidualState, subject: Subject): Row {
  const some = (number: number, words: string): string => (number === 0 ? '' : words);
  return {
    id: `${id}/residual/${node}`,
    kind: 'group',
    label: node,
    description: joined(
      some(pma, `${pma} in its PMA`),
      some(forwarders, count(forwarders, 'forwarder')),
      some(relays, count(relays, 'relay')),
      some(pages, count(pages, 'page')),
    ),
    icon: 'server',
    facts: [fact('In its PMA', pma), fact('Forwarders', forwarders), fact('Relays', relays), fact('Pages', pages)],
    subject,
    open: false,
    children: [],
  };
}
