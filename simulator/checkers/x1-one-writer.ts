/** Multiple readers or a single writer: what keeps memory that several kernels use coherent [mechanisms 3.2]. */
import { NO_ACCESS, WRITE_ACCESS } from '../mach/vm/object.ts';
import { broken, type Checker } from './checker.ts';

export const oneWriter: Checker = {
  rule: 'X1',
  story: 'at most one kernel may write a page, and then no other has any access to it',
  check(w) {
    for (const m of w.memoryObjects.rows) {
      if (!m.live) continue;
      const object = w.objects.rows[m.object]!;
      for (let page = 0; page < object.size; page++) {
        let users = 0;
        let writers = 0;
        for (const access of [object.access!, ...m.kernels.map((each) => each.access)]) {
          if (access[page] !== NO_ACCESS) users++;
          if (access[page] === WRITE_ACCESS) writers++;
        }
        if (writers > 1 || (writers === 1 && users > 1)) broken('X1', `page ${page} of ${object.label}`);
      }
    }
  },
};
