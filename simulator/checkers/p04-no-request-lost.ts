/** A request that is kept while its process moves can still be answered: its reply right is there, and nobody else's. */
import { NONE } from '../base/table.ts';
import { DEAD_NAME, SEND_ONCE, lookup } from '../mach/ipc/space.ts';
import { broken, type Checker } from './checker.ts';

export const noRequestLost: Checker = {
  rule: 'P4',
  story: 'every kept request has its reply right',
  check(w) {
    for (const vproc of w.vprocs.rows) {
      if (!vproc.live || vproc.pending.length === 0 || !w.nodes.rows[vproc.node]!.up) continue;
      const pma = w.pmas.rows.find((each) => each.live && each.node === vproc.node);
      if (pma === undefined) broken('P4', `requests for ${vproc.pid} are kept on a node without a PMA`);
      const { space } = w.tasks.rows[pma.task]!;
      const replies = new Set<number>();
      for (const { operation, reply } of vproc.pending) {
        if (reply === NONE) continue;
        const type = lookup(space, reply)?.type;
        if (replies.has(reply)) broken('P4', `two requests for ${vproc.pid} would be answered by one right`);
        if (type !== SEND_ONCE && type !== DEAD_NAME) broken('P4', `${operation} for ${vproc.pid} cannot be answered`);
        replies.add(reply);
      }
    }
  },
};
