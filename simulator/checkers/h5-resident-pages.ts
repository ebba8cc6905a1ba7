/**
 * The count that page-out and admission go by is kept with every page that comes and goes; and once a node has been short
 * of memory, every page that it has is in one of its two queues.
 */
import { NONE } from '../base/table.ts';
import type { Node } from '../mach/node.ts';
import { ACTIVE, INACTIVE, type PageQueues } from '../mach/vm/page-queues.ts';
import { broken, type Checker } from './checker.ts';

export const residentPages: Checker = {
  rule: 'H5',
  story: 'a node counts the pages that are in its memory, and has each in one queue',
  check(w) {
    const counts = w.nodes.rows.map(() => 0);
    for (const object of w.objects.rows) {
      if (!object.live) continue;
      const node = w.nodes.rows[object.node]!;
      object.contents.forEach((version, page) => {
        if (version >= 0) counts[object.node]!++;
        const frame = object.frames?.[page] ?? NONE;
        if (node.queues === null ? frame === NONE : version >= 0 === holds(node.queues, frame, object.id, page)) return;
        broken('H5', `page ${page} of ${object.label} is not where ${node.name} keeps it`);
      });
    }
    for (const node of w.nodes.rows) {
      if (node.residentPages !== counts[node.id]) broken('H5', `${node.name} counts ${node.residentPages} pages`);
      if (node.queues !== null) checkQueues(node, node.queues);
    }
  },
};

function holds(q: PageQueues, frame: number, object: number, page: number): boolean {
  return frame !== NONE && q.object[frame] === object && q.page[frame] === page;
}

function checkQueues({ name, residentPages }: Node, q: PageQueues): void {
  let inQueues = 0;
  for (const queue of [ACTIVE, INACTIVE]) {
    let count = 0;
    for (let frame = q.first[queue]!; frame !== NONE && count <= residentPages; frame = q.next[frame]!) {
      if (q.queue[frame] === queue) count++;
    }
    if (count !== q.count[queue])
      broken('H5', `${name} counts ${q.count[queue]} pages in queue ${queue}, ${count} are`);
    inQueues += count;
  }
  if (inQueues !== residentPages) broken('H5', `${name} has ${inQueues} pages in its queues, of ${residentPages}`);
}
