/** What was written is with a kernel, at home, with the pager, or in the hand of the one active request [mechanisms 3.2]. */
import { NONE } from '../base/table.ts';
import { ABSENT, NO_ACCESS, pageOf } from '../mach/vm/object.ts';
import { DIRTY } from '../xmm/memory-object.ts';
import { broken, type Checker } from './checker.ts';

export const dataExists: Checker = {
  rule: 'X3',
  story: 'a page that was written exists somewhere',
  check(w) {
    for (const m of w.memoryObjects.rows) {
      if (!m.live) continue;
      const object = w.objects.rows[m.object]!;
      if (object.pager !== NONE) continue;
      for (let page = 0; page < object.size; page++) {
        if ((m.flags[page]! & DIRTY) === 0 || pageOf(object, page) !== ABSENT) continue;
        if (m.requests.some((each) => each.page === page && each.phase !== 'queued')) continue;
        if (m.kernels.every((each) => each.access[page] === NO_ACCESS)) broken('X3', `page ${page} of ${object.label}`);
      }
    }
  },
};
