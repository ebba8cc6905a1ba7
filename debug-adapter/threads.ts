/**
 * Threads as DAP shows them.
 *
 *   pid 7 cc1 @ source              the main thread of a process
 *   pid 7 cc1 (signals) @ source    the emulator's signal thread in the same task
 *   scenario "a compiler moves"     the script's own thread; a second one carries its number
 *   operator migrate                who asks for a migration on behalf of the script
 *   task echo @ node                the first thread of a task that is no process; its others carry their name
 *   pma@master                      a server's or a kernel's thread, only while it serves somebody, while the run has
 *                                   stopped at what it does, or always with `showServers`
 *
 * A DAP thread id is the stable identity of the simulated thread plus one (DAP clients take 0 for "no thread"). A
 * process that migrates keeps its thread: only the name changes.
 */
import type { ClusterState, TaskState, ThreadState } from '../simulator/inspect/state.ts';
import type { Context } from './context.ts';
import { RequestError } from './errors.ts';
import { stateOf, type Run } from './run.ts';

export interface DapThread {
  /** Stable identity in the simulator. */
  readonly thread: number;
  readonly name: string;
  readonly pid: number | null;
}

export function dapThreadId(thread: number): number {
  return thread + 1;
}

/** The task of whoever runs the scenario; the scenario's threads are in it. */
const operator = 'operator';

/** In the order of interest: the script, the processes, the servers. Where no thread is wanted the first one is meant. */
export function threadsOf(run: Run): readonly DapThread[] {
  const state = stateOf(run);
  const tasks = [...state.tasks].sort((a, b) => interest.indexOf(a.kind) - interest.indexOf(b.kind));
  return tasks.flatMap((task) => task.threads.flatMap((thread, index) => dapThread(run, state, task, thread, index)));
}

const interest: readonly TaskState['kind'][] = ['mach', 'process', 'server', 'kernel'];

/** The thread that a request names, or an error. */
export function threadArgument(run: Run, id: number): DapThread {
  const found = threadsOf(run).find(({ thread }) => dapThreadId(thread) === id);
  if (found !== undefined) return found;
  const known = threadsOf(run).map(({ thread, name }) => `${dapThreadId(thread)} (${name})`);
  throw new RequestError('unknownId', `There is no thread ${id} now; there are ${known.join(', ') || 'none'}.`);
}

/** Tells the client which threads have begun and ended since it was last told. */
export function announceThreads(cx: Context, run: Run): void {
  const present = new Set(threadsOf(run).map(({ thread }) => thread));
  for (const thread of run.knownThreads) {
    if (!present.has(thread)) cx.send('thread', { reason: 'exited', threadId: dapThreadId(thread) });
  }
  for (const thread of present) {
    if (!run.knownThreads.has(thread)) cx.send('thread', { reason: 'started', threadId: dapThreadId(thread) });
  }
  run.knownThreads = present;
  run.threadsChanged = false;
}

function dapThread(
  run: Run,
  state: ClusterState,
  task: TaskState,
  thread: ThreadState,
  index: number,
): readonly DapThread[] {
  if (thread.state === 'ended') return [];
  const shown = (name: string): readonly DapThread[] => [{ thread: thread.thread, name, pid: task.pid }];
  switch (task.kind) {
    case 'process':
      return shown(`pid ${task.pid} ${task.name}${index === 0 ? '' : ' (signals)'} @ ${task.node}`);
    case 'mach':
      if (task.name === operator)
        return shown(
          thread.name === state.scenario ? scenarioName(state, task, thread) : `${task.name} ${thread.name}`,
        );
      return shown(`task ${task.name}${index === 0 ? '' : ` (${thread.name})`} @ ${task.node}`);
    case 'server':
    case 'kernel':
      return run.options.showServers || isServing(thread) || run.stop?.thread === thread.thread
        ? shown(thread.name)
        : [];
  }
}

/** The threads of the scenario are those of the operator's task that bear its name. */
function scenarioName({ scenario }: ClusterState, task: TaskState, thread: ThreadState): string {
  const number = task.threads.filter(({ name }) => name === scenario).indexOf(thread) + 1;
  return `scenario "${scenario}"${number === 1 ? '' : ` (${number})`}`;
}

/** A server's thread at rest has nothing on its stack but the loop that waits for the next request. */
function isServing(thread: ThreadState): boolean {
  return thread.frames.length > 1;
}
