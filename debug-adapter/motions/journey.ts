/**
 * What every motion needs, and the two things that all of them do: a slice of events, and counting hits.
 */
import { eventCount, runUntil, seek } from '../../simulator/engine/simulation.ts';
import { rulesOf, type Breakpoints } from '../breakpoints/breakpoints.ts';
import { markCounted, type Rule } from '../breakpoints/rule.ts';
import { stopAt, type Log } from '../breakpoints/stop-at.ts';
import type { Pace, Pause } from '../driver.ts';
import type { Run } from '../run.ts';

export interface Journey {
  readonly run: Run;
  readonly breakpoints: Breakpoints;
  readonly pace: Pace;
  /** Writes a line for a log message. */
  readonly log: Log;
  /** Called after every event that is performed for the user and not for a search. */
  readonly performed: () => void;
}

/**
 * Completes the count of the breakpoints that have a hit condition and were set in mid-run, by a replay from the
 * beginning. The run ends up at the moment at which it was; so it does when the user wants to pause.
 */
export function* countHits({ run, breakpoints, pace }: Journey): Generator<void, Pause | null, Pause | null> {
  const present = eventCount(run.sim);
  if (!rulesOf(breakpoints).some((rule) => needsCount(rule, present))) return null;
  seek(run.sim, 0);
  stopAt(run, breakpoints, null);
  while (eventCount(run.sim) < present) {
    runUntil(run.sim, { events: Math.min(pace.events, present - eventCount(run.sim)) }, () => {
      stopAt(run, breakpoints, null);
      return false;
    });
    const pause = yield;
    if (pause === null) continue;
    seek(run.sim, present);
    return pause;
  }
  for (const rule of rulesOf(breakpoints)) markCounted(rule, present);
  return null;
}

function needsCount(rule: Rule, moment: number): boolean {
  return rule.hitCondition !== null && rule.countedTo < moment;
}
