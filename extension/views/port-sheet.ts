/** The port inspector: one port over the whole cluster, as no single kernel knows it. */
import type { PortIdentityState } from '../../simulator/inspect/state-ports.ts';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { copies, rights } from './port-holders.ts';
import { known, type Known, type PortOwner } from './port-known.ts';
import { queue, requests, waiting } from './port-queue.ts';
import { portName } from './quantities.ts';
import { factsOf, sectionsOf, type Sheet, type SheetFact } from './sheet.ts';

/** The sheet of the port now, against the moment before; null if it was there at neither. */
export function portSheet(state: ClusterState, before: ClusterState | null, owner: PortOwner): Sheet | null {
  const now = known(state, owner);
  const was = known(before, owner);
  const shown = now ?? was;
  if (shown === null) return null;
  const { identity } = shown;
  return {
    title: identity.label,
    subtitle: now === null ? 'is no more' : subtitle(identity, was?.identity),
    isAlive: now !== null,
    sections: sectionsOf([facts, copies, rights, queue, waiting, requests], now, was, before !== null),
  };
}

function subtitle({ identity, dead, node, receiver }: PortIdentityState, was: PortIdentityState | undefined): string {
  if (dead) return `${identity}, dead`;
  const moved = was === undefined || was.node === node || was.node === '' ? '' : `, came from ${was.node}`;
  if (receiver === 'in transit') return `${identity}, its receive right is on its way to ${node}${moved}`;
  const by = receiver === '' ? 'nobody' : receiver;
  return node === '' ? `${identity}, its receive right is lost` : `${identity}, received by ${by} on ${node}${moved}`;
}

const facts = factsOf('Port', '', portFacts);

function portFacts({ identity, principal, copies }: Known): readonly SheetFact[] {
  if (copies.length === 0) return [];
  const receiverName = principal?.receiverName ?? null;
  const of = principal ?? copies[0];
  return [
    ['Identity', identity.uid ?? 'known on its own node only'],
    ['Principal on', identity.node === '' ? 'nowhere' : identity.node],
    ['Received by', receiverName === null ? identity.receiver : `${identity.receiver} as ${portName(receiverName)}`],
    ['Stands for', of?.object ?? ''],
    ['Member of', of?.portSet ?? ''],
    ['Queue', of === undefined ? '' : `${of.queue.length} of ${of.queueLimit}`],
    ['Sequence number', of?.sequenceNumber ?? ''],
    ['Make-send count', of?.makeSendCount ?? ''],
    ['Send-once rights elsewhere', of?.remoteSendOnceRights ?? ''],
    ['Transit credits', creditWords(identity.credits)],
  ];
}

/** While the receive right moves, so does the count of what has been handed out. */
function creditWords({ handedOut, held, underWay }: PortIdentityState['credits']): string {
  if (underWay < 0) return `${held} held; how many are handed out is on its way with the receive right`;
  return `${handedOut} handed out = ${held} held + ${underWay} on the way`;
}
