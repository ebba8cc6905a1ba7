/**
 * A task that has moved has the memory that it had, by whatever strategy it follows [mechanisms 4.7]. What a read through
 * a region must find is the ghost's version (X6); here it is checked that the ghost itself has come along unchanged.
 */
import { at } from '../base/table.ts';
import { regionNamed } from '../mach/vm/region.ts';
import { isThere } from '../migration/task/ghost.ts';
import { broken, type Checker } from './checker.ts';

export const memoryMoves: Checker = {
  rule: 'T5',
  story: 'a task that has moved finds in its memory what it had written',
  check(w) {
    for (const m of w.migrations.rows) {
      if (m.ghost?.stage !== 'arrived' || !isThere(w, m)) continue;
      const task = at(w.tasks, m.made);
      for (const { region: name, versions } of m.ghost.memory) {
        const region = regionNamed(w, task, name);
        if (region === null) broken('T5', `${m.name} has lost its region ${name}`);
        // What it shares with others they may have written to meanwhile.
        const shared = w.regions.rows.some(
          (each) => each.live && each.memory === region.memory && each.task !== task.id,
        );
        const { written, foreign } = at(w.memories, region.memory);
        // What a pager on a third node has, nobody here knows before it is asked.
        const page = shared || foreign ? -1 : versions.findIndex((version, index) => written[index] !== version);
        if (page >= 0)
          broken('T5', `page ${page} of ${name}: version ${versions[page]} was ${written[page]} on arrival`);
      }
    }
  },
};
