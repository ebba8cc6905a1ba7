/**
 * What the client is told when the cluster has moved: while it moves, when it stands still, and when it is over.
 *
 *   output           the workload's own output, broken expectations, log messages; each once, however often replayed
 *   osf1ad/changed   { event, time, running }: at most ten a second while it moves, and one at every stop
 *   thread, stopped, exited, terminated
 */
import { eventCount, now } from '../simulator/engine/simulation.ts';
import type { Notice } from '../simulator/engine/api.ts';
import { createBreakpoints } from './breakpoints/breakpoints.ts';
import type { Context } from './context.ts';
import { forgetHandles } from './handles.ts';
import type { Journey } from './motions/journey.ts';
import { reportLines } from './present/report.ts';
import { sourceOfScript } from './present/source.ts';
import { showTime } from '../language/vocabulary/units.ts';
import { searched, searching } from './progress.ts';
import { stateOf, type Run } from './run.ts';
import { noticeInWords, plainStop, type Arrival, type Stop } from './stop.ts';
import { announceThreads, dapThreadId, threadsOf } from './threads.ts';

const changedEvery_ms = 100;

/** The journey that a motion over this run makes. */
export function journeyOf(cx: Context, run: Run): Journey {
  return {
    run,
    breakpoints: run.options.noDebug ? createBreakpoints() : cx.breakpoints,
    pace: cx.driver.pace,
    log: (text, place) => write(cx, run, 'console', `${text}\n`, place?.span.line),
    performed: () => takeNotices(cx, run),
  };
}

/** A slice has been performed and the run goes on. What a search in the past comes across is nobody's business. */
export function passing(cx: Context, clock: { toldAt: number }): void {
  const { run } = cx;
  if (run === null) return;
  if (eventCount(run.sim) < run.departedAt) {
    searching(cx, run);
    return;
  }
  searched(cx);
  if (performance.now() - clock.toldAt < changedEvery_ms) return;
  clock.toldAt = performance.now();
  if (run.threadsChanged) announceThreads(cx, run);
  tellChanged(cx, run, true);
}

export function arrive(cx: Context, run: Run, arrival: Arrival): void {
  searched(cx);
  if (arrival.kind === 'stopped') standStill(cx, run, arrival.stop);
  else if (run.options.stopOnExit && run.departedAt !== eventCount(run.sim)) {
    standStill(cx, run, plainStop('exit', null, stateOf(run).finished ?? 'the run is finished'));
  } else {
    finish(cx, run);
  }
}

function standStill(cx: Context, run: Run, wanted: Stop): void {
  run.stop = wanted; // the thread that it is about is listed, also where it would not be otherwise
  const thread = livingThread(run, wanted.thread);
  const stop = { ...wanted, thread };
  run.stop = stop;
  forgetHandles(run.handles);
  announceThreads(cx, run);
  const { reason, description, hits } = stop;
  cx.send('stopped', {
    reason,
    allThreadsStopped: true,
    ...(thread === null ? {} : { threadId: dapThreadId(thread) }),
    ...(description === null ? {} : { description, text: description }),
    ...(hits.length === 0 ? {} : { hitBreakpointIds: hits }),
  });
  tellChanged(cx, run, false);
}

/** The simulator threw. The moment before can still be looked at, unless that fails, too. */
export function breakDown(cx: Context, run: Run, text: string): void {
  searched(cx);
  cx.send('output', { category: 'important', output: `${text}\n` });
  try {
    standStill(cx, run, plainStop('exception', null, text));
  } catch {
    run.over = true;
    cx.send('terminated');
  }
}

/** The run leaves the moment at which it stood. */
export function moveOn(run: Run): void {
  run.stop = null;
  run.departedAt = eventCount(run.sim);
  forgetHandles(run.handles);
}

/** Prints the report and tells the client that it is over. */
function finish(cx: Context, run: Run): void {
  moveOn(run);
  run.over = true;
  const state = stateOf(run);
  for (const { text, important, line } of reportLines(state))
    write(cx, run, important ? 'important' : 'stdout', `${text}\n`, line);
  tellChanged(cx, run, false);
  cx.send('exited', { exitCode: state.expectations.every(({ held }) => held) ? 0 : 1 });
  cx.send('terminated');
}

function tellChanged(cx: Context, run: Run, running: boolean): void {
  cx.send('osf1ad/changed', { event: eventCount(run.sim), time: now(run.sim), running });
}

/** The thread that a stop is about; where that has ended, the first one there is. */
function livingThread(run: Run, wanted: number | null): number | null {
  const threads = threadsOf(run);
  return threads.some(({ thread }) => thread === wanted) ? wanted : (threads[0]?.thread ?? null);
}

/** What the event that has just been performed means for the console and for the list of threads. */
function takeNotices(cx: Context, run: Run): void {
  const { notices } = run.sim;
  if (notices.length === 0) return;
  if (notices.some(({ kind }) => kind === 'spawned' || kind === 'exited')) run.threadsChanged = true;
  if (eventCount(run.sim) <= run.reportedTo) return;
  run.reportedTo = eventCount(run.sim);
  for (const notice of notices) writeNotice(cx, run, notice);
}

function writeNotice(cx: Context, run: Run, notice: Notice): void {
  switch (notice.kind) {
    case 'output':
      write(cx, run, 'stdout', `${notice.text}\n`);
      return;
    case 'expectation':
      if (!notice.held) write(cx, run, 'important', `${at(run)}${noticeInWords(notice, stateOf(run))}\n`, notice.line);
      return;
    case 'fault':
      write(cx, run, 'stderr', `${at(run)}${noticeInWords(notice, stateOf(run))}\n`);
      return;
    case 'crashed':
      write(cx, run, 'console', `${at(run)}${noticeInWords(notice, stateOf(run))}\n`);
      return;
    default:
  }
}

function at(run: Run): string {
  return `[${showTime(now(run.sim))}] `;
}

function write(
  cx: Context,
  run: Run,
  category: 'stdout' | 'stderr' | 'console' | 'important',
  output: string,
  line?: number,
): void {
  const link = line === undefined ? {} : { source: sourceOfScript(run), line: line - 1 + cx.client.firstLine };
  cx.send('output', { category, output, ...link });
}
