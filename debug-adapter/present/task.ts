/**
 * A Mach task: what the kernel knows about it, and its threads.
 */
import type { TaskState, ThreadState } from '../../simulator/inspect/state.ts';
import { presentValue, withMembers } from './value.ts';
import { group, type Shown } from './shown.ts';

export function presentTask(task: TaskState): readonly Shown[] {
  const base = `task(${task.task})`;
  return [
    ...(['task', 'name', 'node', 'kind', 'suspendCount'] as const).map((member) =>
      presentValue(member, task[member], `${base}.${member}`),
    ),
    group(
      'threads',
      task.threads.map((thread, index) => presentThread(thread, `${base}.threads[${index}]`)),
      `${base}.threads`,
    ),
  ];
}

function presentThread(thread: ThreadState, expression: string): Shown {
  const waits = thread.waits === '' ? '' : `, waits for ${thread.waits}`;
  return withMembers({ name: thread.name, value: `${thread.state}${waits}`, expression }, thread);
}
