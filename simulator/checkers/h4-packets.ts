/** A packet is crossing the network or about to be handled, or it waits for credits, or for the network to heal: it is in exactly one place. */
import { broken, type Checker } from './checker.ts';

export const packets: Checker = {
  rule: 'H4',
  story: 'every packet has exactly one pending event, or waits',
  check(w, census) {
    for (const packet of w.packets.rows) {
      const crossings = census.crossings[packet.id]!;
      if (crossings !== (packet.live ? 1 : 0))
        broken('H4', `packet ${packet.id} (${packet.kind}) has ${crossings} events`);
    }
  },
};
