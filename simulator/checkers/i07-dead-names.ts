/** A dead name remembers no port, and neither does a free entry; every other entry has one. */
import { NONE } from '../base/table.ts';
import { DEAD_NAME, FREE, entriesOf, portAt, typeAt, type Space } from '../mach/ipc/space.ts';
import { broken, type Checker } from './checker.ts';

export const deadNames: Checker = {
  rule: 'I7',
  story: 'a dead name has no port',
  check(w) {
    for (const task of w.tasks.rows) {
      if (!task.live) continue;
      const { space } = task;
      let unused = 0;
      for (let index = 0; index < entriesOf(space); index++) {
        const type = typeAt(space, index);
        if (type === FREE) unused++;
        else if ((type === DEAD_NAME) !== (portAt(space, index) === NONE)) {
          broken('I7', `${task.name} has an entry of type ${type} for port ${portAt(space, index)}`);
        }
      }
      const listed = freeEntries(space);
      if (listed !== unused) broken('I7', `${task.name} has ${unused} free entries and lists ${listed}`);
    }
  },
};

/** How many entries the list of free ones has; NONE if it leads to one that is in use, or nowhere. */
function freeEntries(space: Space): number {
  let listed = 0;
  for (let index = space.free; index !== NONE; index = portAt(space, index)) {
    if (listed++ > entriesOf(space) || typeAt(space, index) !== FREE) return NONE;
  }
  return listed;
}
