/** A port counts its send-once rights, wherever on its node they are; a no-senders request holds one too. */
import { broken, type Checker } from './checker.ts';

export const sendOnceRights: Checker = {
  rule: 'I5',
  story: 'the send-once rights that a port counts are those that exist on its node',
  check(w, census) {
    for (const port of w.ports.rows) {
      const held = census.sendOnces[port.id]!;
      if (port.live ? port.sorights !== held : held > 0) {
        broken('I5', `${port.label} (port ${port.id}) counts ${port.sorights} send-once rights; ${held} exist`);
      }
    }
  },
};
