/** A dead name remembers no port, and neither does a free entry; every other entry has one. */
import { NONE } from '../base/table.ts';
import { DEAD_NAME, FREE } from '../mach/ipc/space.ts';
import { broken, type Checker } from './checker.ts';

export const deadNames: Checker = {
  rule: 'I7',
  story: 'a dead name has no port',
  check(w) {
    for (const task of w.tasks.rows) {
      if (!task.live) continue;
      const { entries, free } = task.space;
      let unused = 0;
      for (const entry of entries) {
        const nothing = entry.type === DEAD_NAME || entry.type === FREE;
        if (nothing !== (entry.port === NONE)) {
          broken('I7', `${task.name} has an entry of type ${entry.type} for port ${entry.port}`);
        }
        if (entry.type === FREE) unused++;
      }
      if (free.length !== unused) broken('I7', `${task.name} has ${unused} free entries and lists ${free.length}`);
      for (const index of free) {
        if (entries[index]?.type !== FREE) broken('I7', `${task.name} lists entry ${index} as free`);
      }
    }
  },
};
