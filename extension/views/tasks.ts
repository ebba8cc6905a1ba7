/**
 * The Tasks view: processes first, by pid, then the scenario and bare Mach tasks, the servers and the kernels. A task
 * holds its threads, the number of its capabilities (the table opens beside), its memory, its open files, and what it
 * still needs of other nodes.
 *
 * A process that migrates gets another task on the destination, while its pid, its threads and its names stay. So the row
 * of a process goes by its pid, and a migration is seen as a change of that row. While both tasks exist, the second one
 * has a row of its own.
 */
import type { ClusterState, TaskState, ThreadState } from '../../simulator/inspect/state.ts';
import { count, time } from './quantities.ts';
import { fact, joined, quietFact, type Fact, type Row, type Subject } from './row.ts';
import { doing, interruption, lineOf } from './thread-words.ts';
import { fileGroup, regionGroup, residualGroup, specialGroup } from './task-groups.ts';

const kinds: readonly TaskState['kind'][] = ['process', 'mach', 'server', 'kernel'];
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
      .map((task) => taskRow(idOf(task), task, startedFacts(state, task))),
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

/** What a scenario can ask of a Mach task, for the tooltip. */
function startedFacts({ started }: ClusterState, { task }: TaskState): readonly Fact[] {
  const known = started.find((each) => each.task === task);
  if (known === undefined) return [];
  return [
    quietFact('Sent', known.sent),
    quietFact('Received', known.received),
    quietFact('Answered', known.replies),
    ...known.counts.map(({ name, value }) => quietFact(`Counts ${name}`, value)),
  ];
}

function taskRow(id: string, task: TaskState, more: readonly Fact[]): Row {
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
      ...more,
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
  const waits = thread.waits === '' ? '' : `waits for ${thread.waits.replace(/^waits for /, '')}`;
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
      fact('In', doing(thread)),
      fact('Suspend count', thread.suspendCount),
      fact('A signal would end its call by', interruption(thread)),
      fact('Priority', priority(thread)),
      ...thread.specialPorts.map(({ what, label }) => fact(`Port: ${what}`, label)),
      quietFact('Computed', time(thread.schedule.userTime)),
      quietFact('Kernel worked for it', time(thread.schedule.systemTime)),
      quietFact('Line', lineOf(thread)),
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
