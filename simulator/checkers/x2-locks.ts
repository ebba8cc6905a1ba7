/** What the manager above a home forbids, a pager's lock or an import's grant, no kernel below has [mechanisms 3.2]. */
import { broken, type Checker } from './checker.ts';

export const locks: Checker = {
  rule: 'X2',
  story: 'no kernel has an access to a page that its manager forbids',
  check(w) {
    for (const m of w.memoryObjects.rows) {
      const { granted } = m;
      if (!m.live || granted === null) continue;
      const object = w.objects.rows[m.object]!;
      for (const access of [object.access!, ...m.kernels.map((each) => each.access)]) {
        access.forEach((each, page) => {
          if (each > granted[page]!) broken('X2', `page ${page} of ${object.label}`);
        });
      }
    }
  },
};
