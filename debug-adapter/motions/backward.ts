/**
 * Backward: to the last moment before the present one that is wanted, or to the beginning if there is none.
 *
 * A run can only be performed forwards. So the past is searched in windows, the latest first: replay a window from its
 * beginning, remember the last wanted moment in it, and if there was none go on with the window before, which is twice
 * as long. The replay is cut into slices like every other motion. Whoever pauses a search gets back to where it began.
 */
import { eventCount, runUntil, seek } from '../../simulator/engine/simulation.ts';
import type { Motion } from '../driver.ts';
import { plainStop, type Stop } from '../stop.ts';
import { countHits, type Journey } from './journey.ts';

/** Asked at a moment of the past: the stop, if this is a wanted one. */
export type Wanted = () => Stop | null;

const windowFirst = 256;
const windowMax = 1 << 20;

interface Found {
  readonly moment: number;
  readonly stop: Stop;
}

export function* backward(journey: Journey, wanted: Wanted, thread: number | null): Motion {
  const { run, pace } = journey;
  const present = eventCount(run.sim);
  let found = null as Found | null;
  let pause = yield* countHits(journey);

  /** The window's moments are those after `first` and before `end`; `first` itself belongs to the window before. */
  let end = present;
  for (
    let length = windowFirst;
    pause === null && found === null && end > 1;
    length = Math.min(length * 2, windowMax)
  ) {
    const first = Math.max(0, end - length);
    seek(run.sim, first);
    while (pause === null && eventCount(run.sim) < end - 1) {
      runUntil(run.sim, { events: Math.min(pace.events, end - 1 - eventCount(run.sim)) }, () => {
        const stop = wanted();
        if (stop !== null) found = { moment: eventCount(run.sim), stop };
        return false;
      });
      pause = yield;
    }
    end = first + 1;
  }

  if (pause !== null) {
    seek(run.sim, present);
    return { kind: 'stopped', stop: plainStop('pause', pause.thread) };
  }
  if (found !== null) {
    seek(run.sim, found.moment);
    return { kind: 'stopped', stop: found.stop };
  }
  seek(run.sim, 0);
  return { kind: 'stopped', stop: wanted() ?? plainStop('entry', thread) };
}
