/**
 * scopes { frameId }: Locals of the frame; Process and Migration of the process whose stack it is; Task, Capabilities
 * and Memory of the task that the frame runs in, which is a server's where the stack has crossed a message.
 */
import type { TaskState } from '../../simulator/inspect/state.ts';
import { wholeNumber, type Arguments } from '../arguments.ts';
import { stoppedRun, type Context } from '../context.ts';
import { childrenHandle, frameOf } from '../handles.ts';
import { presentCapabilities } from '../present/capability.ts';
import { presentLocals } from '../present/locals.ts';
import { migrationsOf, presentMigrations } from '../present/migration.ts';
import { presentProcess } from '../present/process.ts';
import { presentMemory } from '../present/region.ts';
import { inBuckets, type Shown } from '../present/shown.ts';
import { presentTask } from '../present/task.ts';
import { stateOf } from '../run.ts';

export function scopes(cx: Context, args: Arguments): object {
  const run = stoppedRun(cx);
  const { frame, root } = frameOf(run.handles, wholeNumber(args, 'frameId'));
  const state = stateOf(run);
  const task = taskOfThread(state.tasks, frame.thread);
  const owner = taskOfThread(state.tasks, root);
  const pid = owner?.pid ?? null;
  const scope = (name: string, rows: () => readonly Shown[], hint?: 'locals'): object => ({
    name,
    variablesReference: childrenHandle(run.handles, () => inBuckets(rows())),
    expensive: false,
    ...(hint === undefined ? {} : { presentationHint: hint }),
  });
  const list = [scope('Locals', () => presentLocals(run.script, state, frame), 'locals')];
  if (pid !== null) list.push(scope('Process', () => presentProcess(state, pid)));
  if (task !== undefined) {
    list.push(scope('Task', () => presentTask(task)));
    list.push(scope('Capabilities', () => presentCapabilities(state, task)));
    list.push(scope('Memory', () => presentMemory(state, task)));
  }
  if (migrationsOf(state, owner).length > 0) list.push(scope('Migration', () => presentMigrations(state, owner)));
  return { scopes: list };
}

function taskOfThread(tasks: readonly TaskState[], thread: number): TaskState | undefined {
  return tasks.find(({ threads }) => threads.some((each) => each.thread === thread));
}
