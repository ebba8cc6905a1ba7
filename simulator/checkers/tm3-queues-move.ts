/** What waited on a task's ports when it was frozen waits there when it has arrived, in the same order [mechanisms 4.7]. */
import { at } from '../base/table.ts';
import { RECEIVE, lookup } from '../mach/ipc/space.ts';
import { isThere, queuedFor } from '../migration/task/ghost.ts';
import { broken, type Checker } from './checker.ts';

export const queuesMove: Checker = {
  rule: 'T3',
  story: 'messages that were queued when a task was frozen are queued, in order, when it has moved',
  check(w) {
    for (const m of w.migrations.rows) {
      if (m.ghost?.stage !== 'arrived' || !isThere(w, m)) continue;
      const { space } = at(w.tasks, m.made);
      for (const { name, queued } of m.ghost.names) {
        const entry = lookup(space, name);
        if (queued.length === 0 || entry === null || (entry.type & RECEIVE) === 0) continue;
        const after = queuedFor(w, at(w.ports, entry.port));
        if (queued.every((serial, place) => after[place] === serial)) continue;
        broken('T3', `${name} of ${m.name}: messages ${queued.join(', ')} are ${after.join(', ')} now`);
      }
    }
  },
};
