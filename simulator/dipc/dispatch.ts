/** The events of distributed IPC, and what each packet does where it arrives. */
import { at } from '../base/table.ts';
import { creditsGranted, creditsReturned, grantCredits, learnOfDeath } from './credits.ts';
import { freePacket, type Packet } from './packet.ts';
import { begin, install } from './receive-migration.ts';
import { accepted, receiveMessage, refused, unblock, unblocked } from './send.ts';
import type { DipcWorld } from './world.ts';

export function handlePacket(w: DipcWorld, packet: Packet): void {
  if (at(w.nodes, packet.to).up) perform(w, packet);
  freePacket(w, packet);
}

function perform(w: DipcWorld, packet: Packet): void {
  switch (packet.kind) {
    case 'message':
      return receiveMessage(w, packet);
    case 'accepted':
      return accepted(w, packet);
    case 'refused':
      return refused(w, packet);
    case 'unblock':
      return unblock(w, packet);
    case 'unblocked':
      return unblocked(w, packet);
    case 'acquire credits':
      return grantCredits(w, packet);
    case 'credits':
      return creditsGranted(w, packet);
    case 'yield credits':
      return creditsReturned(w, packet);
    case 'begin receive migration':
      return begin(w, packet);
    case 'receive migration begun':
      return;
    case 'migrate state':
      return install(w, packet);
    case 'dead':
      return learnOfDeath(w, packet);
  }
}
