/**
 * threads: everybody who does something now. Answered while the cluster runs, too.
 */
import type { Context } from '../context.ts';
import { dapThreadId, threadsOf } from '../threads.ts';

export function threads(cx: Context): object {
  if (cx.run === null) return { threads: [] };
  return { threads: threadsOf(cx.run).map(({ thread, name }) => ({ id: dapThreadId(thread), name })) };
}
