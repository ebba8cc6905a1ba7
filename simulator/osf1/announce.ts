/**
 * Announcements: how an operator's thread learns that something it waits for has happened. Whoever makes it happen
 * announces it; if nobody waits, nothing is done. A channel is a word and the number that it is about.
 */
import { NONE, at } from '../base/table.ts';
import { wakeAll } from '../mach/thread.ts';
import type { OsfWorld } from './world.ts';

export function announce(w: OsfWorld, channel: string): void {
  if (w.operator.task !== NONE) wakeAll(w, at(w.tasks, w.operator.task), channel);
}

export const exitChannel = (pid: number): string => `exit of ${pid}`;
/** A Mach task of the script has ended; tasks are counted in the order in which they were started. */
export const taskChannel = (started: number): string => `end of task ${started}`;
/** A migration's phase changed, or it ended. */
export const phaseChannel = (pid: number): string => `migration of ${pid}`;
export const migrationChannel = (migration: number): string => `end of migration ${migration}`;
