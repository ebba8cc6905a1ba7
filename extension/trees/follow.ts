/**
 * From a stack frame to the trees and back.
 *
 * Selecting a thread or a frame in the Call Stack selects the task that executes it in the Tasks view, and where a stack
 * crosses a message to another task, the frame knows that task (`osf1ad/frame`). The other way, a row's thread is given
 * the focus by announcing the present stop once more, in that thread's name: every view of the editor then follows.
 */
import { DebugStackFrame, DebugThread, commands, debug, type Disposable } from 'vscode';
import type { ClusterState, TaskState } from '../../simulator/inspect/state.ts';
import type { Cluster } from '../debug/cluster.ts';
import type { TableOwner } from '../views/capabilities.ts';
import type { MarkedRow } from '../views/changes.ts';
import type { Subject } from '../views/row.ts';
import type { ClusterTree } from './tree.ts';

/** A thread of the protocol has the number of the simulated one plus one: 0 means none to the editor. */
const simulatedThread = (dapThread: number): number => dapThread - 1;
const dapThread = (thread: number): number => thread + 1;

export function followStack(cluster: Cluster, tasks: ClusterTree): Disposable {
  return debug.onDidChangeActiveStackItem(async (item) => {
    const moment = cluster.moment;
    if (item === undefined || !tasks.view.visible || moment?.session?.id !== item.session.id) return;
    const frame = item instanceof DebugStackFrame ? await threadOfFrame(cluster, item.frameId) : null;
    const thread = frame ?? simulatedThread(item.threadId);
    await tasks.reveal(item instanceof DebugThread ? isTask(moment.state, thread) : isThread(thread));
  });
}

const isThread =
  (thread: number) =>
  ({ kind, subject }: MarkedRow): boolean =>
    kind === 'thread' && subject.thread === thread;

/** The row of the task that has a thread. */
export function isTask(state: ClusterState, thread: number): (row: MarkedRow) => boolean {
  const owner = taskOfThread(state, thread)?.task;
  return ({ kind, subject }) => kind === 'task' && owner !== undefined && subject.task === owner;
}

/** The row of the task or the process that has a capability table. */
export const isOwner =
  (owner: TableOwner) =>
  ({ kind, subject }: MarkedRow): boolean =>
    kind === 'task' && ('pid' in owner ? subject.pid === owner.pid : subject.task === owner.task);

/** The thread that executes a frame: another one than the stack's where it waits for an answer. */
async function threadOfFrame(cluster: Cluster, frameId: number): Promise<number | null> {
  const body = await cluster.moment?.adapter?.request('osf1ad/frame', { frameId });
  const isFrame = typeof body === 'object' && body !== null && 'thread' in body && typeof body.thread === 'number';
  return isFrame ? (body as { thread: number }).thread : null;
}

export function taskOfThread(state: ClusterState, thread: number): TaskState | undefined {
  return state.tasks.find((task) => task.threads.some((own) => own.thread === thread));
}

/** Gives the focus of the debugger to the thread of a row, or to the first thread of its task. */
export async function revealStack(cluster: Cluster, { task, thread, pid }: Subject): Promise<void> {
  const moment = cluster.moment;
  if (moment === null || moment.adapter === null || moment.isRunning) return;
  const owner = moment.state.tasks.find((own) => own.task === task || (pid !== undefined && own.pid === pid));
  const chosen = thread ?? owner?.threads[0]?.thread;
  if (chosen === undefined) return;
  moment.adapter.tellEditor('stopped', {
    reason: 'goto',
    description: 'Shown from the tree',
    threadId: dapThread(chosen),
    allThreadsStopped: true,
  });
  await commands.executeCommand('workbench.debug.action.focusCallStackView');
}
