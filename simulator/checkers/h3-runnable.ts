/** Who is ready will run: one RUN event is pending for it. Who waits will not run before what it waits for. */
import { PARKED, READY, isSuspended } from '../mach/thread.ts';
import { broken, type Checker } from './checker.ts';

export const runnable: Checker = {
  rule: 'H3',
  story: 'a ready thread has exactly one pending run event, every other thread has none, and a parked one is suspended',
  check(w, census) {
    for (const t of w.threads.rows) {
      if (!t.live || t.top === null) continue;
      const expected = t.state === READY ? 1 : 0;
      const runs = census.runs[t.id]!;
      if (t.state === PARKED && !isSuspended(w, t)) broken('H3', `${t.name} is parked, and nobody suspends it`);
      if (runs !== expected) broken('H3', `${t.name} (state ${t.state}) has ${runs} pending run events`);
    }
  },
};
