/**
 * The capability table of a task: one line for every port name in its name space, as text to show and as a key to sort
 * by, with what has changed since the last stop.
 *
 * A process keeps its names when it migrates; what stands behind them may be another port. So the table follows the
 * process by its pid, and compares by name.
 */
import type { CapabilityState, ClusterState, TaskState } from '../../simulator/inspect/state.ts';
import {
  amount,
  column,
  compareThings,
  plainColumns,
  type Cell,
  type Column,
  type ColumnOf,
  type RowMark,
} from './column.ts';
import { portName } from './quantities.ts';
import { taskTitle } from './tasks.ts';

/** Whose table: a process by pid, anything else by task. */
export type TableOwner = { readonly pid: number } | { readonly task: number };

export interface TableRow {
  readonly name: number;
  /** Id of the port copy on the task's node; null where there is none. */
  readonly port: number | null;
  readonly mark: RowMark;
  readonly cells: readonly Cell[];
}

export interface CapabilityTable {
  readonly title: string;
  readonly subtitle: string;
  /** False when the task is no more: the rows are those it had last. */
  readonly isAlive: boolean;
  readonly columns: readonly Column[];
  readonly rows: readonly TableRow[];
}

const columnsOf: readonly ColumnOf<CapabilityState>[] = [
  amount('name', 'Name', 'Port name in the name space of the task', ({ name }) => ({
    text: portName(name),
    sort: name,
  })),
  column('rights', 'Right', 'Type of the entry', ({ type }) => type),
  amount('references', 'Refs', 'User references', ({ userReferences }) => userReferences),
  column('port', 'Port', 'The port that the name denotes', ({ label }) => label),
  column('node', 'Receiver on', 'Node where the receive right is', ({ receiver }) => receiver?.node ?? ''),
  column('task', 'Received by', 'Task that holds the receive right', ({ receiver }) => receiverTask(receiver)),
  amount('queue', 'Queue', 'Messages queued at the principal, and the queue limit', queue),
  amount('makeSend', 'Make-send', 'Make-send count of the port', ({ makeSendCount }) => makeSendCount),
  column('uid', 'Identity', 'Cluster-wide identity, once the port is known to another node', ({ uid }) => uid ?? ''),
];

/** The servers carry their node in their name; the column beside says it already. */
function receiverTask(receiver: CapabilityState['receiver']): string {
  if (receiver === null) return '';
  const suffix = `@${receiver.node}`;
  return receiver.task.endsWith(suffix) ? receiver.task.slice(0, -suffix.length) : receiver.task;
}

function queue({ type, queued, queueLimit }: CapabilityState): { text: string; sort: number } {
  return type === 'dead-name' || type === 'port-set'
    ? { text: '', sort: -1 }
    : { text: `${queued}/${queueLimit}`, sort: queued };
}

export const ownerOf = (task: TaskState): TableOwner => (task.pid === null ? { task: task.task } : { pid: task.pid });

export const ownerKey = (owner: TableOwner): string => ('pid' in owner ? `pid/${owner.pid}` : `task/${owner.task}`);

export const taskOf = (state: ClusterState, owner: TableOwner): TaskState | undefined =>
  state.tasks.find((task) => ('pid' in owner ? task.pid === owner.pid : task.task === owner.task));

/** The table of the task now, against the moment before; null if it was there at neither. */
export function capabilityTable(
  state: ClusterState,
  before: ClusterState | null,
  owner: TableOwner,
): CapabilityTable | null {
  const now = taskOf(state, owner);
  const was = before === null ? undefined : taskOf(before, owner);
  const task = now ?? was;
  if (task === undefined) return null;
  const moved = was !== undefined && was.node !== task.node ? `, came from ${was.node}` : '';
  return {
    title: taskTitle(task),
    subtitle: now === undefined ? `ended; it was on ${task.node}` : `on ${task.node}${moved}`,
    isAlive: now !== undefined,
    columns: plainColumns(columnsOf),
    rows: rowsOf(task.capabilities, before === null || now === undefined ? null : (was?.capabilities ?? [])),
  };
}

const rowsOf = (now: readonly CapabilityState[], before: readonly CapabilityState[] | null): readonly TableRow[] =>
  compareThings(columnsOf, ({ name }) => name, now, before).map(({ thing: { name, port }, mark, cells }) => {
    return { name, port, mark, cells };
  });

/** The table as tab-separated values, for a spreadsheet: the same text in the same order, with a line of titles. */
export function tabSeparated({ columns, rows }: CapabilityTable): string {
  const lines = rows.filter(({ mark }) => mark !== 'gone').map(({ cells }) => cells.map(({ text }) => text).join('\t'));
  return `${[columns.map(({ title }) => title).join('\t'), ...lines].join('\n')}\n`;
}
