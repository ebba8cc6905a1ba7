/**
 * A port counts the messages that are queued for it, and never lets more of them wait than its queue limit.
 *
 * Messages to send-once rights do not count against the limit, nor do those that were queued when it was lowered. Where the
 * receive right has moved, or arrives, the messages that come from its old node, and those that were set aside on the new
 * one, are added whatever the limit [mechanisms 2.8 steps 5 and 7].
 */
import { NONE } from '../base/table.ts';
import { SEND_ONCE } from '../mach/ipc/space.ts';
import { broken, type Checker } from './checker.ts';
import { messagesIn } from '../mach/ipc/queue.ts';

export const messageCount: Checker = {
  rule: 'I12',
  story: 'the message count is the number of queued messages, and sends stay within the queue limit',
  check(w, census) {
    for (const port of w.ports.rows) {
      if (!port.live || port.set) continue;
      const queued = census.queued[port.id]!;
      if (port.msgcount !== queued)
        broken('I12', `${port.label} counts ${port.msgcount} messages; ${queued} are queued`);
      if (queued > port.qlimit && !port.lowered && !hasMoved(port.dipc) && sends(port.id) > port.qlimit) {
        broken('I12', `${queued} messages are queued for ${port.label}, whose limit is ${port.qlimit}`);
      }
    }

    function hasMoved(dipc: number): boolean {
      if (dipc === NONE) return false;
      const { moved, arriving } = w.distributed.rows[dipc]!;
      return moved || arriving;
    }

    function sends(port: number): number {
      let found = 0;
      for (const m of w.messages.rows) {
        if (m.live && m.dest === port && m.destType !== SEND_ONCE && isQueued(port, m.id)) found++;
      }
      return found;
    }

    function isQueued(port: number, message: number): boolean {
      const row = w.ports.rows[port]!;
      const own = row.receiver < NONE ? w.nodes.rows[row.node]!.kernelQueue : port;
      const queue = row.pset === NONE ? own : row.pset;
      return messagesIn(w, w.ports.rows[queue]!).some(({ id }) => id === message);
    }
  },
};
