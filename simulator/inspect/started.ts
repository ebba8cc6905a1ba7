/** What is known of each Mach task of the script: what a scenario can ask for, and what its threads count. */
import { tasksStarted } from '../workload/questions.ts';
import type { WorkloadWorld } from '../workload/world.ts';
import { nodeName } from './label.ts';
import type { StartedTaskState } from './state-started.ts';

export function startedStates(w: WorkloadWorld): StartedTaskState[] {
  return w.operator.started.map(({ name, program, ended, sent, received, replies, counts }, started) => {
    const [task] = tasksStarted(w, started);
    const names = w.setup.image.programs[program]!.counts;
    return {
      started,
      name,
      task: task?.id ?? null,
      node: task === undefined ? '' : nodeName(w, task.node),
      alive: !ended && task !== undefined,
      sent,
      received,
      replies,
      counts: names.map((count, index) => ({ name: count, value: counts[index]! })),
    };
  });
}
