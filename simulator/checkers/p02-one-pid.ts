/**
 * A pid is given out once, and what the PM Masters know of relations is what the processes know of each other. Where there
 * are several, a block of pids belongs to one of them, and the entry of a process to the one that has its block.
 *
 * The children of a process that was lost with a node are init's at once, although what had arrived of it elsewhere may
 * still be there for a moment, to be cleared away. What a PM Master knew that has failed nobody knows.
 */
import { blockOf, knownOwner } from '../osf1/pm-master/blocks.ts';
import { masterEntryOf, type MasterEntry } from '../osf1/pm-master/entry.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const onePid: Checker = {
  rule: 'P2',
  story: 'pids and relations stay as they were given',
  check(w) {
    for (const entry of w.masterEntries.rows) {
      if (!entry.live) continue;
      if (masterEntryOf(w, entry.pid) !== entry) broken('P2', `pid ${entry.pid} was given out twice`);
      if (isKnown(w, entry)) checkOwner(w, entry);
    }
    for (const proc of w.procs.rows) {
      if (!proc.live || masterEntryOf(w, proc.pid)?.lost === true) continue;
      for (const child of proc.children) {
        const entry = masterEntryOf(w, child);
        if (entry === null || !isKnown(w, entry) || entry.parent === proc.pid) continue;
        broken('P2', `process ${child} is a child of ${entry.parent}, and ${proc.pid} thinks it is its own`);
      }
    }
  },
};

const isKnown = (w: CheckedWorld, { owner }: MasterEntry): boolean => w.pmMasters.rows[owner]?.live === true;

/** Whoever owns the entry has the block, and no other PM Master takes it for its own. */
function checkOwner(w: CheckedWorld, { pid, owner }: MasterEntry): void {
  const block = blockOf(pid);
  for (const master of w.pmMasters.rows) {
    if (!master.live) continue;
    const own = master.lastPid === Number.MAX_SAFE_INTEGER || knownOwner(master, block) === master.node;
    if (own !== (master.id === owner)) broken('P2', `the entry of ${pid} and its block are not one PM Master's`);
  }
}
