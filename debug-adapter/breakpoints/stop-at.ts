/**
 * Whether somebody stops at the present moment: the named moments of the event that has just been performed, and the
 * statement that the next event would begin.
 *
 * The same question is asked running forwards, counting, and searching backwards, and has the same answer each time.
 * Only `log`, which writes log messages, is left out when the run is not going forwards.
 */
import { eventCount, peek } from '../../simulator/engine/simulation.ts';
import type { Notice } from '../../simulator/engine/api.ts';
import { logText } from '../expression/log-message.ts';
import { surroundings } from '../expression/surroundings.ts';
import type { Place } from '../positions.ts';
import { stateOf, type Run } from '../run.ts';
import { noticeInWords, threadOfNotice, type Stop, type StopReason } from '../stop.ts';
import { linesAt, type Breakpoints, type NameBreakpoint } from './breakpoints.ts';
import { isCalled, nameOf } from './names.ts';
import { strike } from './rule.ts';

export type Log = (text: string, place: Place | undefined) => void;

interface Hit {
  readonly id: number;
  readonly reason: StopReason;
  readonly thread: number | null;
  readonly notice: Notice | null;
  readonly trouble: string | null;
}

export function stopAt(run: Run, breakpoints: Breakpoints, log: Log | null): Stop | null {
  const named = run.sim.notices.length === 0 ? nobody : namedHits(run, breakpoints);
  const lines = breakpoints.byPlace.size === 0 ? nobody : lineHits(run, breakpoints, log);
  const first = named[0] ?? lines[0];
  if (first === undefined) return null;
  const { reason, thread, notice, trouble } = first;
  const hits = [...named, ...lines].map(({ id }) => id);
  return { reason, thread, description: inWords(run, notice, trouble), notice, hits, intoSystem: false };
}

/** Most events are nobody's. */
const nobody: readonly Hit[] = [];

function inWords(run: Run, notice: Notice | null, trouble: string | null): string | null {
  const words = notice === null ? null : noticeInWords(notice, stateOf(run));
  return trouble === null ? words : `${words ?? 'breakpoint'}; its condition has no value: ${trouble}`;
}

function namedHits(run: Run, { functions, filters }: Breakpoints): readonly Hit[] {
  return run.sim.notices.flatMap((notice) => {
    if (nameOf(notice) === null) return [];
    return [
      ...hitsOf(run, notice, functions, reasonOf(notice, 'function breakpoint')),
      ...hitsOf(run, notice, filters, reasonOf(notice, 'exception')),
    ];
  });
}

/**
 * To enter a phase is a reason of its own, however it was asked for, and so is what a kernel does. Editors draw an exception
 * as a mishap, in red, and at a function breakpoint they show the innermost frame, which here is the page of some routine,
 * instead of the script.
 */
function reasonOf({ kind }: Notice, otherwise: StopReason): StopReason {
  if (kind === 'protocol') return 'event';
  return kind === 'phase' ? 'phase' : otherwise;
}

function hitsOf(run: Run, notice: Notice, breakpoints: readonly NameBreakpoint[], reason: StopReason): readonly Hit[] {
  return breakpoints.flatMap(({ request, id, rule }) => {
    if (rule === null || !isCalled(notice, request.name)) return [];
    // A thread of a kernel has no frame of a script that a condition could ask for, and there are many such notices.
    const isOfKernel = notice.kind === 'protocol' && notice.thread < 0;
    const thread = isOfKernel ? null : threadOfNotice(notice, () => stateOf(run));
    const { stops, trouble } = strike(rule, eventCount(run.sim), surroundings(run, { thread, notice }));
    return stops ? [{ id, reason, thread: threadOfNotice(notice, () => stateOf(run)), notice, trouble }] : [];
  });
}

function lineHits(run: Run, breakpoints: Breakpoints, log: Log | null): readonly Hit[] {
  const next = peek(run.sim);
  if (next === null) return nobody;
  const { thread } = next;
  const hits: Hit[] = [];
  for (const { id, rule, logMessage, places } of linesAt(breakpoints, next.unit, next.pc)) {
    if (rule === null) continue;
    const around = surroundings(run, { thread });
    const { stops, trouble } = strike(rule, eventCount(run.sim), around);
    if (!stops) continue;
    if (logMessage === null) hits.push({ id, reason: 'breakpoint', thread, notice: null, trouble });
    else log?.(logText(logMessage, around), places[0]);
  }
  return hits;
}
