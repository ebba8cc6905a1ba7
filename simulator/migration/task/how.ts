/**
 * How a Mach task is moved: who moves it, by which strategy its memory follows, and where the mover sits [mechanisms 4.5].
 *
 *               memory                                     kernel ports
 *   sms         copy-on-reference, by the kernels           taken over by the destination's kernel
 *   oms         any strategy: the server is the pager       taken over
 *   user_level  as oms                                      interposed: the server relays every kernel call
 *   in_kernel   as sms                                      taken over
 *
 * The kernels know one strategy, so an implementation that leaves memory to them knows one too.
 */
import { NONE } from '../../base/table.ts';
import type { TaskMigrationImplementation, TaskMigrationStrategy } from '../../workload/program.ts';

export interface TaskMove {
  readonly using: TaskMigrationImplementation;
  readonly strategy: TaskMigrationStrategy;
  /** Node on which the agent runs, or NONE: the destination. */
  readonly agent: number;
  /** Pre-copy: rounds at most while the task runs, and the number of dirty pages at which it stops earlier. */
  readonly rounds: number;
  readonly threshold: number;
}

/** A few rounds suffice: what is written again in each of them will be written in the next one too. */
const PRE_COPY_ROUNDS = 4;
const PRE_COPY_THRESHOLD = 2;

/** What happens when nobody says how. */
export const simply: TaskMove = {
  using: 'sms',
  strategy: 'copy_on_reference',
  agent: NONE,
  rounds: PRE_COPY_ROUNDS,
  threshold: PRE_COPY_THRESHOLD,
};

/** The server itself supplies the pages of the task that it moves. */
export function isPager({ using }: TaskMove): boolean {
  return using === 'oms' || using === 'user_level';
}

/** Why it cannot be done like this, in words; empty if it can. */
export function unsupported(how: TaskMove): string {
  if (isPager(how) || how.strategy === 'copy_on_reference') return '';
  const name = { sms: 'the simple migration server', in_kernel: 'the kernel' }[how.using as 'sms' | 'in_kernel'];
  return `${name} moves memory by copy_on_reference only`;
}

/** The node whose agent does it. */
export function agentNode(how: TaskMove, to: number): number {
  return how.agent === NONE ? to : how.agent;
}

/** The PMA of the new node moves the task of a process itself, and nobody else has to be asked. */
export function isOwn(how: TaskMove, to: number): boolean {
  return how.using === 'sms' && agentNode(how, to) === to;
}
