/** The count that page-out and admission go by is kept with every page that comes and goes. */
import { broken, type Checker } from './checker.ts';

export const residentPages: Checker = {
  rule: 'H5',
  story: 'a node counts the pages that are in its memory',
  check(w) {
    const counts = w.nodes.rows.map(() => 0);
    for (const object of w.objects.rows) {
      if (!object.live) continue;
      for (const version of object.contents) if (version >= 0) counts[object.node]!++;
    }
    for (const node of w.nodes.rows) {
      if (node.residentPages !== counts[node.id]) broken('H5', `${node.name} counts ${node.residentPages} pages`);
    }
  },
};
