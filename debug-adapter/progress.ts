/**
 * Telling that the past is searched.
 *
 * While the cluster runs forwards, an editor shows that; a search in the past is a wait of which it sees nothing. One
 * that takes longer than a moment is shown as progress, and can be cancelled: the run is then back where it was.
 */
import { eventCount } from '../simulator/engine/simulation.ts';
import type { Context } from './context.ts';
import type { Run } from './run.ts';

export interface Search {
  /** When the first slice of it was over; null while none is under way. */
  since: number | null;
  toldAt: number;
  /** Id of the progress that the client has been told of. */
  progress: string | null;
  count: number;
}

const patience_ms = 400;
const toldEvery_ms = 250;

export const createSearch = (): Search => ({ since: null, toldAt: 0, progress: null, count: 0 });

/** A slice of a motion is over, and the run is earlier than where the motion began. */
export function searching(cx: Context, run: Run): void {
  const { search } = cx;
  const now = performance.now();
  search.since ??= now;
  if (!cx.client.reportsProgress || now - search.since < patience_ms) return;
  const message = `at event ${eventCount(run.sim)} of ${run.departedAt}`;
  if (search.progress === null) {
    search.progress = `search ${++search.count}`;
    search.toldAt = now;
    const { progress: progressId } = search;
    cx.send('progressStart', { progressId, title: 'Searching the past', cancellable: true, message });
  } else if (now - search.toldAt >= toldEvery_ms) {
    search.toldAt = now;
    cx.send('progressUpdate', { progressId: search.progress, message });
  }
}

/** The motion has arrived, or has come to the present and goes on forwards. */
export function searched(cx: Context): void {
  const { search } = cx;
  search.since = null;
  if (search.progress === null) return;
  cx.send('progressEnd', { progressId: search.progress });
  search.progress = null;
}
