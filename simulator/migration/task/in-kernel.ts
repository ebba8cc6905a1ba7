/**
 * Migration by the kernel itself [mechanisms 4.5]: a thread of the agent's kernel does what a server would do.
 *
 * On the network it says the same, so it is hardly faster. What is saved are the calls into its own kernel: for a thread
 * of the kernel they are procedure calls, which cost nothing. The agent waits until it is done.
 */
import { at } from '../../base/table.ts';
import { bootRight } from '../../dipc/boot.ts';
import { COPY_SEND, copyin, copyout } from '../../mach/ipc/right.ts';
import { again, call, finish, routine, step } from '../../mach/routine.ts';
import { taskPort } from '../../mach/task.ts';
import { blockOn, threadCreate, threadOf, threadStart, wakeOne } from '../../mach/thread.ts';
import { giveUpNames } from '../agent/give-up.ts';
import type { MigrationWorld } from '../record.ts';
import type { TaskMove } from './how.ts';
import { migratingTask, smsRoutine, type TaskMigrationResult } from './sms.ts';

export interface InKernel {
  readonly migration: number;
  /** Name of the task's kernel port in the agent's space. */
  readonly task: number;
  readonly how: TaskMove;
  readonly to: number;
  started: boolean;
  result: TaskMigrationResult | null;
}

export function movingInKernel(migration: number, task: number, how: TaskMove, to: number): InKernel {
  return { migration, task, how, to, started: false, result: null };
}

interface KernelMigration extends Omit<InKernel, 'started' | 'result'> {
  /** Identity of the agent's thread, and name of the right to the kernel's own task. */
  readonly agent: number;
  readonly self: number;
  code: string;
  surplus: number[];
}

const channelOf = (migration: number): string => `the kernel moves the task of migration ${migration + 1}`;

/** The agent's side: finishes with a TaskMigrationResult. */
export const inKernel = routine<MigrationWorld, InKernel>('migration.in_kernel', 'has its kernel move a task', [
  step('have a thread of the kernel do it', (w, t, f) => {
    if (f.result !== null) return finish(t, f.result);
    blockOn(w, t, channelOf(f.migration));
    again(t);
    if (f.started) return;
    f.started = true;
    const kernel = at(w.tasks, at(w.nodes, t.node).kernelTask);
    const right = copyin(w, at(w.tasks, t.task), f.task, COPY_SEND)!;
    const task = copyout(w, kernel, right);
    const self = bootRight(w, taskPort(w, kernel), kernel);
    const worker = threadCreate(w, kernel, channelOf(f.migration));
    worker.activity = t.activity;
    worker.serves = t.identity;
    t.servedBy = worker.identity;
    const { migration, how, to } = f;
    const work = { migration, task, how: { ...how }, to, agent: t.identity, self, code: '', surplus: [] };
    call(worker, kernelMigration, work satisfies KernelMigration);
    threadStart(w, worker);
  }),
]);

export const kernelMigration = routine<MigrationWorld, KernelMigration>('kernel.migrate task', 'moves a task', [
  step('move the task', (_w, t, { migration, task, self, how, to }) => {
    call(t, smsRoutine, migratingTask(migration, task, self, { how, to }));
  }),
  step('note how it went', (_w, t, f) => {
    const { code, surplus } = t.result as TaskMigrationResult;
    f.code = code;
    f.surplus = [...surplus, f.task, f.self];
  }),
  step('give up its rights', (w, t, f) => {
    giveUpNames(w, t, f.self, f.surplus);
  }),
  step('tell the agent', (w, t, f) => {
    const agent = threadOf(w, f.agent);
    const waiting = agent?.top?.data as InKernel | undefined;
    if (agent !== null && waiting !== undefined) {
      waiting.result = { code: f.code, task: waiting.task, surplus: [] };
      wakeOne(w, f.agent, channelOf(f.migration));
    }
    finish(t);
  }),
]);
