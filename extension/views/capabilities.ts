/**
 * The capability table of a task: one line for every port name in its name space, as text to show and as a key to sort
 * by, with what has changed since the last stop.
 *
 * A process keeps its names when it migrates; what stands behind them may be another port. So the table follows the
 * process by its pid, and compares by name.
 */
import type { CapabilityState, ClusterState, TaskState } from '../../simulator/inspect/state.ts';
import { portName } from './quantities.ts';
import { taskTitle } from './tasks.ts';

/** Whose table: a process by pid, anything else by task. */
export type TableOwner = { readonly pid: number } | { readonly task: number };

export interface Column {
  readonly key: string;
  readonly title: string;
  readonly explanation: string;
  readonly isNumber: boolean;
}

export interface Cell {
  readonly text: string;
  readonly sort: string | number;
  /** What it was at the last stop, where that is something else. */
  readonly was: string | null;
}

export interface TableRow {
  readonly name: number;
  /** Id of the port copy on the task's node; null where there is none. */
  readonly port: number | null;
  readonly mark: 'same' | 'changed' | 'new' | 'gone';
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

interface ColumnOf extends Column {
  readonly cell: (capability: CapabilityState) => { readonly text: string; readonly sort?: string | number };
}

const column = (
  key: string,
  title: string,
  explanation: string,
  cell: ColumnOf['cell'],
  isNumber = false,
): ColumnOf => ({ key, title, explanation, cell, isNumber });

const numbered = (value: number): { text: string; sort: number } => ({ text: String(value), sort: value });

const columnsOf: readonly ColumnOf[] = [
  column(
    'name',
    'Name',
    'Port name in the name space of the task',
    ({ name }) => ({ text: portName(name), sort: name }),
    true,
  ),
  column('rights', 'Right', 'Type of the entry', ({ type }) => ({ text: type })),
  column('references', 'Refs', 'User references', ({ userReferences }) => numbered(userReferences), true),
  column('port', 'Port', 'The port that the name denotes', ({ label }) => ({ text: label })),
  column('node', 'Receiver on', 'Node where the receive right is', ({ receiver }) => ({ text: receiver?.node ?? '' })),
  column('task', 'Received by', 'Task that holds the receive right', ({ receiver }) => ({
    text: receiverTask(receiver),
  })),
  column(
    'queue',
    'Queue',
    'Messages queued at the principal, and the queue limit',
    (capability) => queue(capability),
    true,
  ),
  column('makeSend', 'Make-send', 'Make-send count of the port', ({ makeSendCount }) => numbered(makeSendCount), true),
  column('uid', 'Identity', 'Cluster-wide identity, once the port is known to another node', ({ uid }) => ({
    text: uid ?? '',
  })),
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
    columns: columnsOf.map(({ key, title, explanation, isNumber }) => ({ key, title, explanation, isNumber })),
    rows: rowsOf(task.capabilities, before === null || now === undefined ? null : (was?.capabilities ?? [])),
  };
}

function rowsOf(now: readonly CapabilityState[], before: readonly CapabilityState[] | null): readonly TableRow[] {
  const old = new Map(before?.map((capability) => [capability.name, capability]));
  const rows = now.map((capability): TableRow => {
    const was = old.get(capability.name);
    old.delete(capability.name);
    if (was !== undefined) return comparedRow(capability, was);
    return plainRow(capability, before === null ? 'same' : 'new');
  });
  return [...rows, ...[...old.values()].map((capability) => plainRow(capability, 'gone'))];
}

function plainRow(capability: CapabilityState, mark: TableRow['mark']): TableRow {
  const cells = columnsOf.map(({ cell }): Cell => ({ sort: cell(capability).text, ...cell(capability), was: null }));
  return { name: capability.name, port: capability.port, mark, cells };
}

function comparedRow(capability: CapabilityState, was: CapabilityState): TableRow {
  const old = plainRow(was, 'same').cells;
  const cells = plainRow(capability, 'same').cells.map((cell, index): Cell => {
    const text = old[index]?.text ?? '';
    return text === cell.text ? cell : { ...cell, was: text === '' ? 'none' : text };
  });
  const mark = cells.some((cell) => cell.was !== null) ? 'changed' : 'same';
  return { name: capability.name, port: capability.port, mark, cells };
}

/** The table as tab-separated values, for a spreadsheet: the same text in the same order, with a line of titles. */
export function tabSeparated({ columns, rows }: CapabilityTable): string {
  const lines = rows.filter(({ mark }) => mark !== 'gone').map(({ cells }) => cells.map(({ text }) => text).join('\t'));
  return `${[columns.map(({ title }) => title).join('\t'), ...lines].join('\n')}\n`;
}
