/**
 * Requests for a page are served one after the other; only the manager above does not wait for a request that waits for
 * it in turn [mechanisms 3.2].
 */
import { MANAGER } from '../xmm/memory-object.ts';
import { broken, type Checker } from './checker.ts';
import { threadOf } from '../mach/thread.ts';

export const oneRequest: Checker = {
  rule: 'X5',
  story: 'one request per page is active, and somebody serves it',
  check(w) {
    for (const m of w.memoryObjects.rows) {
      if (!m.live) continue;
      const active = m.requests.filter((each) => each.phase !== 'queued');
      for (const each of active) {
        const others = active.filter((other) => other !== each && other.page === each.page);
        const passes = each.kernel === MANAGER && others.every((other) => other.phase === 'pager');
        if (others.length > 0 && !passes && each.phase !== 'pager') broken('X5', `page ${each.page} of ${m.object}`);
      }
      for (const { thread, page } of m.requests) {
        if (threadOf(w, thread) === null) broken('X5', `nobody serves page ${page}`);
      }
    }
  },
};
