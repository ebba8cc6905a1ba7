/** The events of distributed IPC, and what each packet does where it arrives. */
import { NONE, at } from '../base/table.ts';
import { tell } from '../mach/world.ts';
import { creditsGranted, creditsReturned, grantCredits, learnOfDeath } from './credits.ts';
import { copyOn, uidText } from './distributed.ts';
import { freePacket, type Packet } from './packet.ts';
import { begin, install } from './receive-migration.ts';
import { accepted, receiveMessage, refused, unblock, unblocked } from './send.ts';
import type { DipcWorld } from './world.ts';

export function handlePacket(w: DipcWorld, packet: Packet): void {
  if (at(w.nodes, packet.to).up) {
    if (w.setup.watched) tellPacket(w, packet);
    perform(w, packet);
  }
  freePacket(w, packet);
}

/** Every packet is something that a debugger can stop at [2.14]. */
function tellPacket(w: DipcWorld, packet: Packet): void {
  const { kind, from, to, uid } = packet;
  const name = (node: number): string => w.nodes.rows[node]!.name;
  const event = kind === 'refused' ? 'connect refused' : kind;
  tell(w, event, to, copyOn(w, to, uid), NONE, `${uidText(name, uid)} from ${name(from)}`);
}

function perform(w: DipcWorld, packet: Packet): void {
  switch (packet.kind) {
    case 'connect':
      return receiveMessage(w, packet);
    case 'connect reply':
      return accepted(w, packet);
    case 'refused':
      return refused(w, packet);
    case 'unblock port':
      return unblock(w, packet);
    case 'unblock port reply':
      return unblocked(w, packet);
    case 'acquire transits':
      return grantCredits(w, packet);
    case 'acquire transits reply':
      return creditsGranted(w, packet);
    case 'yield transits':
      return creditsReturned(w, packet);
    case 'begin recv migrate':
      return begin(w, packet);
    case 'begin recv migrate reply':
      return;
    case 'migrate state':
      return install(w, packet);
    case 'dn notify':
      return learnOfDeath(w, packet);
  }
}
