/**
 * Runs a scenario from here to a moment, to its end, or until it is given up.
 *
 * The simulator never waits, so it would never hear Ctrl-C: it runs in slices, and between two of them the process
 * looks up.
 */
import { setImmediate as lookUp } from 'node:timers/promises';
import type { Notice } from '../simulator/engine/api.ts';
import { eventCount, runUntil, type Simulation } from '../simulator/engine/simulation.ts';
import { isNamed, type Until } from './until.ts';

export interface Plan {
  readonly until: Until | null;
  /** Number of events after which the run is given up. */
  readonly limit: number;
  readonly interrupt: AbortSignal;
  /** Sees everything that is announced on the way. */
  readonly watch: (notice: Notice) => void;
}

/** `reached` is the moment that was asked for, `finished` the end of the run. */
export type Ending = 'reached' | 'finished' | 'limit' | 'interrupted';

const EVENTS_PER_SLICE = 1000;

export async function simulate(sim: Simulation, { until, limit, interrupt, watch }: Plan): Promise<Ending> {
  const last = until?.kind === 'event' ? Math.min(until.event, limit) : limit;
  const time = until?.kind === 'time' ? { time: until.nanoseconds } : {};
  const stop = ({ notices }: Simulation): boolean => {
    notices.forEach(watch);
    return notices.some((notice) => isNamed(until, notice));
  };
  while (!interrupt.aborted) {
    const before = eventCount(sim);
    const events = Math.min(EVENTS_PER_SLICE, last - before);
    if (events <= 0) return until?.kind === 'event' && before === until.event ? 'reached' : 'limit';
    const ended = runUntil(sim, { events, ...time }, stop);
    if (ended === 'finished') return 'finished';
    if (ended === 'stopped' || eventCount(sim) - before < events) return 'reached';
    await lookUp();
  }
  return 'interrupted';
}
