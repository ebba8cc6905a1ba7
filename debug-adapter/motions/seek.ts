/**
 * To a given moment, forwards or backwards, past all breakpoints. Beyond the end of the run there is nothing: the last
 * moment is where a seek ends that wanted more.
 */
import { eventCount, now, runUntil, seek } from '../../simulator/engine/simulation.ts';
import type { Motion } from '../driver.ts';
import { plainStop } from '../stop.ts';
import type { Journey } from './journey.ts';

export function* toEvent({ run, pace }: Journey, event: number, thread: number | null): Motion {
  if (event < eventCount(run.sim)) seek(run.sim, event);
  while (eventCount(run.sim) < event) {
    if (runUntil(run.sim, { events: Math.min(pace.events, event - eventCount(run.sim)) }) === 'finished') break;
    const pause = yield;
    if (pause !== null) return { kind: 'stopped', stop: plainStop('pause', pause.thread) };
  }
  return { kind: 'stopped', stop: plainStop('goto', thread) };
}

/** To the last moment at which the clock shows no later time. */
export function* toTime({ run, pace }: Journey, time: number, thread: number | null): Motion {
  if (time < now(run.sim)) seek(run.sim, 0);
  for (;;) {
    const before = eventCount(run.sim);
    const budget = pace.events;
    const end = runUntil(run.sim, { events: budget, time });
    if (end !== 'limit' || eventCount(run.sim) - before < budget) break;
    const pause = yield;
    if (pause !== null) return { kind: 'stopped', stop: plainStop('pause', pause.thread) };
  }
  return { kind: 'stopped', stop: plainStop('goto', thread) };
}
