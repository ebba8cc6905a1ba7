/**
 * A message is in one place: in a queue, set aside, with its blocked sender, in a packet, with the thread that makes
 * its rights local, or in an event that is about to move it. In two it would be received twice, in none it is lost.
 */
import { broken, type Checker } from './checker.ts';

export const onePlace: Checker = {
  rule: 'D10',
  story: 'every message is in exactly one place',
  check(w, census) {
    for (const message of w.messages.rows) {
      const places = census.places[message.id]!;
      if (message.live ? places === 1 || !w.nodes.rows[message.node]!.up : places === 0) continue;
      broken('D10', `message ${message.id} (${message.operation}) is in ${places} places`);
    }
  },
};
