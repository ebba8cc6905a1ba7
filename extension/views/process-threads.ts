/**
 * The threads of a process, and its signals: what its emulator, its PMA and the kernel know of them, side by side. Masks are the
 * threads' own; handlers, and what is pending, are the process's.
 */
import { signalName, signalNames } from '../../language/vocabulary/signal-names.ts';
import type { SignalState, ThreadSignalState } from '../../simulator/inspect/state-processes.ts';
import type { ClusterState, HandlerState, ThreadState } from '../../simulator/inspect/state.ts';
import { amount, column } from './column.ts';
import type { KnownProcess } from './process-known.ts';
import { count } from './quantities.ts';
import { sectionOf } from './sheet.ts';
import { doing, interruption, lineOf, systemCall } from './thread-words.ts';

interface ThreadRow {
  readonly thread: ThreadState;
  /** What its PMA keeps of it; the thread that receives signals has nothing there. */
  readonly signals: ThreadSignalState | undefined;
  /** Who works for it; empty if nobody does. */
  readonly server: string;
}

export const threads = sectionOf<KnownProcess, ThreadRow>({
  key: 'threads',
  title: 'Threads',
  summary: ({ task }) => {
    const own = (task?.threads ?? []).filter(({ program }) => program !== null).length;
    return own < 2 ? '' : `${count(own, 'thread')} of the program`;
  },
  empty: 'It has no Mach task now.',
  rows: ({ task, procs: [proc], state }) =>
    (task?.threads ?? []).map((thread) => ({
      thread,
      signals: proc?.signals.threads.find((each) => each.thread === thread.program?.number),
      server: thread.servedBy === null ? '' : taskWith(state, thread.servedBy),
    })),
  rowKey: ({ thread }) => thread.program?.number ?? thread.name,
  columns: [
    column(
      'name',
      'Thread',
      'Its name; the emulator has one of its own, to which signals are told',
      (row) => row.thread.name,
    ),
    column('state', 'State', 'Computes, waits, is suspended', ({ thread }) => thread.state),
    amount('line', 'Line', 'Of the script', ({ thread }) => lineOf(thread)),
    column('call', 'System call', 'The one that it is in', ({ thread }) => systemCall(thread)),
    column('errno', 'errno', 'The error of its last call that failed', ({ thread }) => thread.program?.errno ?? ''),
    column('blocks', 'Blocks', 'The signals that it does not take', ({ signals }) => blocked(signals)),
    column('waits', 'Waits for', 'What it waits for, and who works for it meanwhile', waitsFor),
    column('does', 'Does', 'The innermost routine, and its step', ({ thread }) => doing(thread)),
    column('ended', 'A signal ends it by', 'How a caught signal would end the call', (row) => interruption(row.thread)),
  ],
});

function waitsFor({ thread, server }: ThreadRow): string {
  const what = thread.waits.replace(/^waits for /, '');
  return server === '' ? what : `${what} of ${server}`;
}

const taskWith = ({ tasks }: ClusterState, thread: number): string =>
  tasks.find((task) => task.threads.some((each) => each.thread === thread))?.name ?? '';

function blocked(signals: ThreadSignalState | undefined): string {
  if (signals === undefined) return '';
  const { blocked, after } = signals;
  return after === null ? setWords(blocked) : `${setWords(blocked)}; after that ${setWords(after) || 'none'}`;
}

const EVERY_SIGNAL = 31;

const setWords = (set: readonly number[]): string => (set.length === EVERY_SIGNAL ? 'all' : signalNames(set));

interface SignalRow {
  readonly signal: number;
  readonly signals: SignalState;
  readonly handler: HandlerState | undefined;
}

export const signals = sectionOf<KnownProcess, SignalRow>({
  key: 'signals',
  title: 'Signals',
  summary: ({ procs: [proc] }) =>
    proc === undefined ? '' : `${count(proc.signals.delivered, 'signal')} accepted so far`,
  empty: 'Every signal has its default action; none is pending, and none is blocked.',
  rows: ({ procs: [proc], task }) => {
    if (proc === undefined) return [];
    const { ignored, caught, pending, threads } = proc.signals;
    // Whoever blocks everything says so in the row of the thread.
    const masks = threads.map(({ blocked }) => blocked).filter(({ length }) => length < EVERY_SIGNAL);
    return [...new Set([...ignored, ...caught, ...pending, ...masks.flat()])]
      .sort((a, b) => a - b)
      .map((signal) => {
        const handler = task?.handlers.find((each) => each.signal === signal);
        return { signal, signals: proc.signals, handler };
      });
  },
  rowKey: ({ signal }) => signal,
  columns: [
    column('signal', 'Signal', 'Its name', ({ signal }) => ({ text: signalName(signal), sort: signal })),
    column('action', 'Action', 'What happens when it is acted upon', action),
    column('pending', 'Pending', 'Accepted, and not acted upon yet', ({ signal, signals }) =>
      signals.pending.includes(signal) ? 'pending' : '',
    ),
    column('blocked', 'Blocked by', 'Threads that do not take it; while all block it, it stays pending', blockedBy),
    column('meanwhile', 'Blocks meanwhile', 'Signals that are blocked besides while its handler runs', (row) =>
      setWords(row.signals.masks.find(({ signal }) => signal === row.signal)?.blocked ?? []),
    ),
    column('restart', 'Calls are', 'What becomes of a call that it interrupts', ({ handler }) =>
      handler === undefined ? '' : handler.restart ? 'made again' : 'ended: EINTR',
    ),
    amount('handled', 'Handled', 'How often its handler has begun', ({ handler }) => handler?.handled ?? ''),
  ],
});

function action({ signal, signals: { ignored, caught }, handler }: SignalRow): string {
  if (ignored.includes(signal)) return 'ignored';
  if (!caught.includes(signal)) return 'default';
  const line = handler?.line ?? null;
  return line === null ? 'handler' : `handler at line ${line}`;
}

function blockedBy({ signal, signals: { threads } }: SignalRow): string {
  const who = threads.filter(({ blocked }) => blocked.includes(signal)).map(({ thread }) => threadName(thread));
  return who.length === threads.length && who.length > 1 ? 'all threads' : who.join(', ');
}

const MAIN = 1;

const threadName = (number: number): string => (number === MAIN ? 'main' : `thread ${number}`);
