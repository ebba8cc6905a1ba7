/**
 * Where and why the cluster stands still, as DAP's `stopped` event says it.
 */
import type { Notice } from '../simulator/engine/api.ts';
import { whatMoves } from './present/report.ts';
import type { ClusterState } from '../simulator/inspect/state.ts';

export type StopReason =
  'entry' | 'step' | 'pause' | 'breakpoint' | 'function breakpoint' | 'phase' | 'event' | 'exception' | 'goto' | 'exit';

export interface Stop {
  readonly reason: StopReason;
  /** Stable identity of the thread that it is about, or null if it is about none. */
  readonly thread: number | null;
  /** In words, for the call stack view; null where the reason says enough. */
  readonly description: string | null;
  /** What happened, if a named moment stopped the run. */
  readonly notice: Notice | null;
  /** Ids of the breakpoints that hit. */
  readonly hits: readonly number[];
  /** The user stepped into the system: show its page rather than the script. */
  readonly intoSystem: boolean;
}

/** How a motion (motions/) ends. */
export type Arrival = { readonly kind: 'stopped'; readonly stop: Stop } | { readonly kind: 'finished' };

export function plainStop(reason: StopReason, thread: number | null, description: string | null = null): Stop {
  return { reason, thread, description, notice: null, hits: [], intoSystem: false };
}

/** A notice as a sentence. */
export function noticeInWords(notice: Notice, state: ClusterState): string {
  switch (notice.kind) {
    case 'phase': {
      const migration = state.migrations.find(({ migration }) => migration === notice.migration);
      const what = migration === undefined ? `pid ${notice.pid}` : whatMoves(migration);
      const route = migration === undefined ? `on ${notice.node}` : `${migration.from} -> ${migration.to}`;
      const reason = notice.phase === 'refused' && migration?.reason ? ` (${migration.reason})` : '';
      return `migration ${notice.migration} of ${what}: ${notice.phase}, ${route}${reason}`;
    }
    case 'expectation':
      return `expected ${notice.text}, but ${notice.actual}`;
    case 'exited':
      return endInWords(notice);
    case 'crashed':
      return `node ${notice.node} has crashed`;
    case 'fault':
      return notice.pid === null ? notice.text : `pid ${notice.pid}: ${notice.text}`;
    case 'spawned':
      return `pid ${notice.pid} begins on ${notice.node}`;
    case 'output':
      return notice.text;
    case 'protocol':
      return `${notice.event} on ${notice.node}: ${[notice.port, notice.text].filter((part) => part !== '').join(', ')}`;
    case 'received':
      return `a message has been received on node ${notice.node}`;
  }
}

function endInWords({ pid, node, status, signal, lost }: Notice & { readonly kind: 'exited' }): string {
  if (lost) return `pid ${pid} was lost on ${node}`;
  return signal === 0
    ? `pid ${pid} has exited on ${node} with status ${status}`
    : `signal ${signal} has ended pid ${pid} on ${node}`;
}

/**
 * The thread that a notice is about, or null if it is about none that still exists. What a kernel does for nobody in
 * particular is done by a thread of the kernel.
 */
export function threadOfNotice(notice: Notice, state: () => ClusterState): number | null {
  switch (notice.kind) {
    case 'phase':
    case 'expectation':
    case 'fault':
    case 'output':
    case 'spawned':
    case 'received':
      return notice.thread >= 0 ? notice.thread : null;
    case 'protocol':
      return notice.thread >= 0 ? notice.thread : kernelThread(state(), notice.node);
    case 'exited':
      return state().tasks.find(({ pid }) => pid === notice.pid)?.threads[0]?.thread ?? null;
    case 'crashed':
      return null;
  }
}

function kernelThread({ tasks }: ClusterState, node: string): number | null {
  return tasks.find((task) => task.kind === 'kernel' && task.node === node)?.threads[0]?.thread ?? null;
}
