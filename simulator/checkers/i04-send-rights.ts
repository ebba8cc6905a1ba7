/** A port counts its send rights: in the spaces of its node, in messages in local form, in hand, and in the kernel. */
import { broken, type Checker } from './checker.ts';

export const sendRights: Checker = {
  rule: 'I4',
  story: 'the send rights that a port counts are those that exist on its node',
  check(w, census) {
    for (const port of w.ports.rows) {
      const held = census.sends[port.id]!;
      if (port.live ? port.srights !== held : held > 0) {
        broken('I4', `${port.label} (port ${port.id}) counts ${port.srights} send rights; ${held} exist`);
      }
    }
  },
};
