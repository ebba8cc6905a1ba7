/** A kernel that lost its access to a page has forgotten the page, and what it knew of it [mechanisms 3.2]. */
import { EMPTY, NO_ACCESS, pageOf } from '../mach/vm/object.ts';
import { broken, type Checker } from './checker.ts';

export const dataNeedsAccess: Checker = {
  rule: 'X4',
  story: 'a kernel never holds a page without access to it',
  check(w) {
    for (const object of w.objects.rows) {
      if (!object.live || object.access === null) continue;
      for (let page = 0; page < object.size; page++) {
        const version = pageOf(object, page);
        if ((version >= 0 || version === EMPTY) && object.access[page] === NO_ACCESS) {
          broken('X4', `page ${page} of ${object.label} on node ${object.node}`);
        }
      }
    }
  },
};
