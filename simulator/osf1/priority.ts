/**
 * How nice a process is [docs/decisions/0058-how-nice-a-process-is.md]: -20 to 19, as in UNIX, and what
 * that is in Mach: the base priority of its threads, 0 to 31, where the lower is the better. Level 12 is the user's, and every
 * step of niceness is one level: 19 is the worst there is, and nothing is better than 0.
 */
import { USER_PRIORITY } from '../mach/schedule.ts';

const LEAST_NICE = -20;
const MOST_NICE = 19;

/** What is beyond the limits is taken to be the limit. */
export const niceWithin = (value: number): number => Math.min(MOST_NICE, Math.max(LEAST_NICE, Math.trunc(value)));

/** The priority that threads of such a process begin with. */
export const basePriority = (nice: number): number => Math.max(0, USER_PRIORITY + nice);

/** By the numbers of PRIO_PROCESS, PRIO_PGRP and PRIO_USER. */
export const whose = ['process', 'group', 'user'] as const;
export type Whose = (typeof whose)[number];
