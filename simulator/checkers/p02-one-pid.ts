/**
 * A pid is given out once, and what the PM Master knows of relations is what the processes know of each other.
 *
 * The children of a process that was lost with a node are init's at once, although what had arrived of it elsewhere may
 * still be there for a moment, to be cleared away.
 */
import { INIT } from '../osf1/pm-master/entry.ts';
import { broken, type Checker } from './checker.ts';

export const onePid: Checker = {
  rule: 'P2',
  story: 'pids and relations stay as they were given',
  check(w) {
    const { rows } = w.masterEntries;
    for (const entry of rows) {
      if (entry.live && entry.pid !== entry.id + INIT) broken('P2', `entry ${entry.id} is of process ${entry.pid}`);
    }
    for (const proc of w.procs.rows) {
      if (!proc.live || rows[proc.pid - INIT]?.lost === true) continue;
      for (const child of proc.children) {
        const entry = rows[child - INIT];
        if (entry === undefined || entry.parent === proc.pid) continue;
        broken('P2', `process ${child} is a child of ${entry.parent}, and ${proc.pid} thinks it is its own`);
      }
    }
  },
};
