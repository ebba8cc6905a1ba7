/**
 * Why a frozen process stands still.
 *
 * The simulator's causal stack follows requests: whoever waits for an answer stands below the frames of the thread that
 * prepares it. A process that is frozen waits for no answer, and yet something goes on for its sake: the *mover*, a
 * thread of the source PMA, moves it. The frames of the mover, and of all that the mover waits for on other nodes, are
 * shown below the process's own frames as their cause; and stepping into a frozen process walks through its migration.
 */
import { stack } from '../simulator/engine/simulation.ts';
import type { StackFrame } from '../simulator/inspect/stack.ts';
import { stateOf, type Run } from './run.ts';

/** Routine of the source PMA that is on the mover's stack from the decision to the answer. */
const moving = 'migration.migrate';
/** The routine in which a server serves everybody: it explains nothing. */
const serving = 'server';

/** The thread that moves the process of this thread just now, or null. It is one thread for the whole migration. */
export function moverOf(run: Run, thread: number): number | null {
  const { tasks, migrations } = stateOf(run);
  const task = tasks.find(({ threads }) => threads.some((each) => each.thread === thread));
  if (task?.kind !== 'process') return null;
  const migration = migrations.find(({ pid, outcome }) => pid === task.pid && outcome === '');
  if (migration === undefined || (migration.phase !== 'freeze' && task.suspendCount === 0)) return null;
  const servers = tasks.filter(({ kind }) => kind === 'server').flatMap(({ threads }) => threads);
  const busy = servers.filter(({ frames }) => frames.some(({ routine }) => routine === moving));
  return busy.find((each) => stack(run.sim, each.thread).some((frame) => moves(frame, task.pid)))?.thread ?? null;
}

/** What the mover does, innermost frame first; nothing where there is none. */
export function moverStack(run: Run, mover: number | null): readonly StackFrame[] {
  if (mover === null) return [];
  return stack(run.sim, mover).filter(({ name, thread }) => thread !== mover || name !== serving);
}

function moves({ name, locals }: StackFrame, pid: number | null): boolean {
  return name === moving && locals.some((local) => local.name === 'pid' && local.value === pid);
}
