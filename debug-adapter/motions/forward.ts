/**
 * Forward, until a breakpoint hits, the motion's own goal is reached, the user pauses, or the run is finished.
 *
 * The moment at which the motion begins does not count: who stands in front of a breakpoint leaves it.
 */
import { eventCount, peek, runUntil } from '../../simulator/engine/simulation.ts';
import { rulesOf } from '../breakpoints/breakpoints.ts';
import { markCounted } from '../breakpoints/rule.ts';
import { stopAt } from '../breakpoints/stop-at.ts';
import type { Motion } from '../driver.ts';
import { plainStop, type Stop } from '../stop.ts';
import { countHits, type Journey } from './journey.ts';

/** Asked after each event: the stop, if this is where the motion wanted to go. */
export type Goal = () => Stop | null;

export const noGoal: Goal = () => null;

export function* forward(journey: Journey, goal: Goal): Motion {
  const { run, breakpoints, pace, log, performed } = journey;
  let stop = null as Stop | null;
  for (;;) {
    const paused = yield* countHits(journey);
    if (paused !== null) return { kind: 'stopped', stop: plainStop('pause', paused.thread) };
    const end = runUntil(run.sim, { events: pace.events }, () => {
      performed();
      stop = stopAt(run, breakpoints, log) ?? goal();
      return stop !== null;
    });
    for (const rule of rulesOf(breakpoints)) markCounted(rule, eventCount(run.sim));
    if (stop !== null) return { kind: 'stopped', stop };
    if (end === 'finished') return { kind: 'finished' };
    const pause = yield;
    if (pause !== null) return { kind: 'stopped', stop: plainStop('pause', pause.thread) };
  }
}

/** From the very first moment, which may have a breakpoint on it. */
export function* fromTheStart(journey: Journey): Motion {
  const stop = stopAt(journey.run, journey.breakpoints, journey.log);
  return stop === null ? yield* forward(journey, noGoal) : { kind: 'stopped', stop };
}

/** In front of the first statement of the scenario: until then the servers of the cluster boot. */
export function* toTheFirstStatement(journey: Journey): Motion {
  const { sim } = journey.run;
  return yield* forward(journey, () => {
    const next = peek(sim);
    return next === null ? null : plainStop('entry', next.thread);
  });
}
