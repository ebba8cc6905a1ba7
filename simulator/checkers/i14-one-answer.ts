/**
 * A send-once right brings exactly one message: an answer, or the notice that there will be none.
 *
 * Seen from the client: while it waits for the answer to an RPC there is exactly one right (or message sent with one)
 * to its reply port, here or on another node. None, and it would wait for ever; two, and somebody else's answer would be
 * taken for its own.
 */
import { NONE } from '../base/table.ts';
import { RECEIVE, lookup } from '../mach/ipc/space.ts';
import { RECEIVING } from '../mach/thread.ts';
import { broken, type Checker } from './checker.ts';

export const oneAnswer: Checker = {
  rule: 'I14',
  story: 'whoever waits for an answer is owed exactly one message',
  check(w, census) {
    if (!census.noneFailed) return;
    for (const t of w.threads.rows) {
      if (!t.live || !t.expectsReply || t.state !== RECEIVING || t.waitPort === NONE) continue;
      const entry = lookup(w.tasks.rows[t.task]!.space, t.replyName);
      if (entry === null || (entry.type & RECEIVE) === 0) broken('I14', `${t.name} waits for an answer on no port`);
      const port = w.ports.rows[entry.port]!;
      const state = port.dipc === NONE ? null : w.distributed.rows[port.dipc]!;
      const owed = port.sorights + (state?.remoteSendOnce ?? 0);
      if (owed !== 1) broken('I14', `${t.name} waits for an answer and is owed ${owed} messages`);
    }
  },
};
