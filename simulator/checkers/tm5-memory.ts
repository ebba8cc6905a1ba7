/**
 * A task that has moved has the memory that it had, by whatever strategy it follows [mechanisms 4.7]. What a read through
 * a region must find is the ghost's version (X6); here it is checked that the ghost itself has come along, for every
 * region, and unchanged.
 */
import { at } from '../base/table.ts';
import { regionNamed, type Region } from '../mach/vm/region.ts';
import { isThere } from '../migration/task/ghost.ts';
import { broken, type Checker } from './checker.ts';

export const memoryMoves: Checker = {
  rule: 'T5',
  story: 'a task that has moved finds in its memory what it had written',
  check(w) {
    for (const m of w.migrations.rows) {
      if (m.ghost?.stage !== 'arrived' || !isThere(w, m)) continue;
      const task = at(w.tasks, m.made);
      for (const { region: name, memory, versions } of m.ghost.memory) {
        const region = regionNamed(w, task, name);
        if (region === null) broken('T5', `${m.name} has lost its region ${name}`);
        if (region.memory !== memory) broken('T5', `${name} of ${m.name} is not the memory that it was`);
        // It is the same memory: what others who share it, or whose pager it is, have written since is seen as before.
        const { written, foreign, references } = at(w.memories, memory);
        const shared = references > 1 && w.regions.rows.some((each) => isOther(each, memory, task.id));
        const page = shared || foreign ? -1 : versions.findIndex((version, index) => written[index] !== version);
        if (page >= 0)
          broken('T5', `page ${page} of ${name}: version ${versions[page]} was ${written[page]} on arrival`);
      }
    }
  },
};

function isOther({ live, memory, task }: Region, logical: number, of: number): boolean {
  return live && memory === logical && task !== of;
}
