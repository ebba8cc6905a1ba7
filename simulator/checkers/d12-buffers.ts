/** A node's message buffers are counted: each is taken by one message from another node that waits there [mechanisms 2.4]. */
import { broken, type Checker } from './checker.ts';

export const buffers: Checker = {
  rule: '2.4',
  story: 'the buffers that a node counts as taken are those of the messages that wait there',
  check(w) {
    for (const node of w.nodes.rows) {
      let taken = 0;
      for (const message of w.messages.rows) if (message.live && message.buffered && message.node === node.id) taken++;
      if (taken !== node.buffered) broken('2.4', `${node.name} counts ${node.buffered} buffers; ${taken} are taken`);
      if (node.buffered > w.setup.interconnect.message_buffers)
        broken('2.4', `${node.name} has no buffer left to take`);
    }
  },
};
