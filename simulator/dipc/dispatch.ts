/** The events of distributed IPC, and what each packet does where it arrives [mechanisms 2.14]. */
import { NONE, at } from '../base/table.ts';
import type { Port } from '../mach/ipc/port.ts';
import { tell } from '../mach/world.ts';
import { acquireCredits, creditsGranted, creditsReturned, grantCredits } from './credits.ts';
import { learnOfDeath, registered } from './dead-names.ts';
import { receiveMessage } from './deliver.ts';
import { copyOn, distributedOf, uidText } from './distributed.ts';
import { aliveAgain } from './failure.ts';
import { callbackRequested, nodeUnblocked, portUnblocked, unblockPort } from './flow-control.ts';
import { probeAnswered, probed } from './locate.ts';
import { bodyArrived, pulled } from './meta-message.ts';
import { freePacket, type Packet } from './packet.ts';
import { begin, install, queueWithoutCredit } from './receive-migration.ts';
import { accepted, refused } from './send.ts';
import { specialArrived, specialAsked, specialWithoutCredit } from './special-ports.ts';
import type { DipcWorld } from './world.ts';

export function handlePacket(w: DipcWorld, packet: Packet): void {
  if (!at(w.nodes, packet.to).up) return freePacket(w, packet);
  if (w.setup.watched) tellPacket(w, packet);
  resume(w, packet);
}

/** Does what the packet is about, or lets it wait until there are credits for the rights that it would send. */
export function resume(w: DipcWorld, packet: Packet): void {
  const starving = withoutCredit(w, packet);
  if (starving !== null) {
    const state = distributedOf(w, starving);
    state.postponed = [...state.postponed, packet.id];
    return acquireCredits(w, starving, packet.activity);
  }
  perform(w, packet);
  freePacket(w, packet);
}

function withoutCredit(w: DipcWorld, packet: Packet): Port | null {
  if (packet.kind === 'begin recv migrate') return queueWithoutCredit(w, packet);
  return packet.kind === 'get special port' ? specialWithoutCredit(w, packet) : null;
}

/** Every packet is something that a debugger can stop at. */
function tellPacket(w: DipcWorld, packet: Packet): void {
  const { kind, from, to, uid, body } = packet;
  const name = (node: number): string => w.nodes.rows[node]!.name;
  const port = uid === NONE ? null : copyOn(w, to, uid);
  const about = uid === NONE ? '' : `${uidText(name, uid)} `;
  const answer = body.reply ?? body.place ?? '';
  tell(w, kind, to, port, NONE, `${about}from ${name(from)}${answer === '' ? '' : `: ${answer}`}`);
}

function perform(w: DipcWorld, packet: Packet): void {
  switch (packet.kind) {
    case 'connect':
    case 'send meta kmsg':
      return receiveMessage(w, packet);
    case 'connect refused':
      return refused(w, packet);
    case 'connect reply':
    case 'wakeup sender':
      return accepted(w, packet);
    case 'pull message':
      return pulled(w, packet);
    case 'pull message reply':
      return bodyArrived(w, packet);
    case 'unblock port':
      return unblockPort(w, packet);
    case 'unblock port reply':
      return portUnblocked(w, packet);
    case 'request callback':
      return callbackRequested(w, packet);
    case 'unblock node':
      return nodeUnblocked(w, packet);
    case 'port probe':
      return probed(w, packet);
    case 'port probe reply':
      return probeAnswered(w, packet);
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
    case 'dn register':
      return registered(w, packet);
    case 'dn notify':
      return learnOfDeath(w, packet);
    case 'get special port':
      return specialAsked(w, packet);
    case 'get special port reply':
      return specialArrived(w, packet);
    case 'alive notify':
      return aliveAgain(w, packet);
  }
}
