/**
 * The Nodes view: every machine of the cluster, what its processor does, how much memory is left, and the tasks that are
 * at home there. A process that migrates is seen leaving one node and appearing on another.
 */
import type { ClusterState, NodeState, TaskState } from '../../simulator/inspect/state.ts';
import { count, percent, size } from './quantities.ts';
import { fact, joined, quietFact, type Row } from './row.ts';
import { taskIcon, taskTitle } from './tasks.ts';

export function nodeRows(state: ClusterState): readonly Row[] {
  const tasks = new Map(state.tasks.map((task) => [task.task, task]));
  return state.nodes.map((node) => nodeRow(node, state, tasks));
}

function nodeRow(node: NodeState, { time }: ClusterState, tasks: ReadonlyMap<number, TaskState>): Row {
  const own = node.tasks.flatMap((task) => tasks.get(task) ?? []).filter(({ kind }) => kind !== 'kernel');
  const roles = node.roles.join(', ').replaceAll('_', ' ') || 'Mach only';
  return {
    id: `node/${node.node}`,
    kind: 'node',
    label: node.node,
    description: node.up ? joined(processor(node), count(own.length, 'task'), again(node), cutOff(node)) : 'crashed',
    icon: node.up ? 'server' : 'error',
    ...(node.up ? {} : { color: 'errorForeground' }),
    facts: [
      fact('State', node.up ? 'up' : 'crashed'),
      fact('Incarnation', node.incarnation),
      ...(node.unreachable.length === 0 ? [] : [fact('Cut off from', node.unreachable.join(', '))]),
      fact('Servers', roles),
      fact('Tasks', own.length),
      quietFact('Processor', `${node.processor}, ${percent(node.busy, time)} busy so far`),
      quietFact('Memory', `${size(node.freeMemory)} of ${size(node.memory)} free`),
    ],
    subject: {},
    open: false,
    children: node.up ? [processorRow(node), memoryRow(node), ...own.map((task) => homeRow(node, task))] : [],
  };
}

const processor = ({ processor }: NodeState): string => (processor === 'idle' ? 'idle' : `runs ${processor}`);

/** The network is broken between it and others. */
const cutOff = ({ unreachable }: NodeState): string =>
  unreachable.length === 0 ? '' : `cut off from ${unreachable.join(', ')}`;

/** A node that has come back says so: nothing on it is older than that. */
const again = ({ incarnation }: NodeState): string => (incarnation === 1 ? '' : `incarnation ${incarnation}`);

function processorRow(node: NodeState): Row {
  const ready = node.ready.length === 0 ? '' : `ready: ${node.ready.join(', ')}`;
  return {
    id: `node/${node.node}/processor`,
    kind: 'processor',
    label: 'Processor',
    description: joined(node.processor, ready),
    icon: 'chip',
    facts: [fact('Does', node.processor), fact('Ready', node.ready.join(', '))],
    subject: {},
    open: false,
    children: [],
  };
}

function memoryRow(node: NodeState): Row {
  const free = `${size(node.freeMemory)} of ${size(node.memory)} free`;
  return {
    id: `node/${node.node}/memory`,
    kind: 'memory',
    label: 'Memory',
    description: free,
    icon: 'database',
    facts: [fact('Memory', free)],
    subject: {},
    open: false,
    children: [],
  };
}

function homeRow(node: NodeState, task: TaskState): Row {
  return {
    id: `node/${node.node}/task/${task.task}`,
    kind: 'task',
    label: taskTitle(task),
    description: task.suspendCount > 0 ? 'suspended' : '',
    icon: taskIcon(task),
    facts: [fact('Suspend count', task.suspendCount)],
    subject: { task: task.task, ...(task.pid === null ? {} : { pid: task.pid }) },
    open: false,
    children: [],
  };
}
