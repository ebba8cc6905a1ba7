/**
 * Schedules: with which priority a thread queues for the processor, and what it has used [docs/decisions/0015].
 *
 * Priorities are 0 to 31, as in Mach, and a lower number is better. A thread has a base priority, the best one that it may
 * be given, and a policy:
 *
 *   POLICY_TIMESHARE   the priority sinks below the base with what the thread has used of the processor lately: by one
 *                      for every eighth of a second. What it has used counts 5/8 of that a second later.
 *   POLICY_FIXEDPRI    the priority is the base, and the thread may have a quantum of its own
 *
 * A depressed thread queues with the worst priority for a while, whatever its policy says.
 *
 * Most threads never compute, and share their task's schedule: a schedule is replaced, never changed.
 */
import { NONE } from '../base/table.ts';

export const PRIORITIES = 32;
export const WORST_PRIORITY = PRIORITIES - 1;
/** The priority of user programs: base of every thread, and the best that it may be given [BASEPRI_USER]. */
export const USER_PRIORITY = 12;

export const POLICY_TIMESHARE = 1;
export const POLICY_FIXEDPRI = 2;

export interface Schedule {
  readonly policy: number;
  readonly base: number;
  readonly maximum: number;
  /** What it queues with: computed when it begins to queue, and anew when what it has used has aged. */
  readonly current: number;
  /** Nanoseconds of computation that still count, as of the whole second `aged` of the clock. */
  readonly usage: number;
  readonly aged: number;
  /** POLICY_FIXEDPRI: nanoseconds of its quantum, or NONE for that of the node. */
  readonly quantum: number;
  /** When a depression is over, or NONE. */
  readonly depressed: number;
  /** Nanoseconds that it has computed in all. */
  readonly userTime: number;
}

/** Shared by all threads that nobody has given anything else, and that have never computed. */
export const userSchedule: Schedule = {
  policy: POLICY_TIMESHARE,
  base: USER_PRIORITY,
  maximum: USER_PRIORITY,
  current: USER_PRIORITY,
  usage: 0,
  aged: 0,
  quantum: NONE,
  depressed: NONE,
  userTime: 0,
};

const SECOND = 1_000_000_000;
/** What a thread has used sinks its priority by one for so many nanoseconds. */
const USAGE_PER_PRIORITY = SECOND / 8;
/** Five eighths, so often, leave nothing of any usage. */
const SECONDS_TO_FORGET = 64;

/** The schedule as it is at the given time, after the thread has computed for so many nanoseconds more. */
export function scheduleAt(schedule: Schedule, time: number, used = 0): Schedule {
  const aged = Math.floor(time / SECOND);
  const usage = usageAfter(schedule.usage, aged - schedule.aged) + used;
  const depressed = schedule.depressed > time ? schedule.depressed : NONE;
  const userTime = schedule.userTime + used;
  const current = depressed === NONE ? priorityOf(schedule, usage) : WORST_PRIORITY;
  return { ...schedule, usage, aged, depressed, userTime, current };
}

/** The schedule without what the thread has used lately: what it would begin with. */
export const freshSchedule = (schedule: Schedule): Schedule => ({
  ...schedule,
  usage: 0,
  current: schedule.base,
  depressed: NONE,
});

/** Recent use as a share of what a thread that computes all the time comes to, in thousandths [TH_USAGE_SCALE]. */
export function usageShare({ usage }: Schedule): number {
  // u = (u + 1 s) * 5/8 just after a second's end: at most 5/3 s then, and 8/3 s just before the next.
  return Math.min(1000, Math.round((usage * 3000) / (8 * SECOND)));
}

function usageAfter(usage: number, seconds: number): number {
  if (seconds > SECONDS_TO_FORGET) return 0;
  let left = usage;
  for (let i = 0; i < seconds && left > 0; i++) left = Math.floor((left * 5) / 8);
  return left;
}

function priorityOf({ policy, base }: Schedule, usage: number): number {
  if (policy === POLICY_FIXEDPRI) return base;
  return Math.min(WORST_PRIORITY, base + Math.floor(usage / USAGE_PER_PRIORITY));
}
