/**
 * A port over the whole cluster: where its receive right is, every copy, who holds which rights, the queue, who waits and
 * who has asked to be told.
 *
 *   identity    source.14 cc1.signal, received by cc1 on dest
 *     copies      dest: principal; source: forwarding -> dest
 *     rights      name 0x400 of cc1 on dest: receive
 */
import type { HeldRightState, PortIdentityState, PortState } from '../../simulator/inspect/state-ports.ts';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { presentValue, withMembers } from './value.ts';
import { group, type Shown } from './shown.ts';

/** The port of a copy, as one row; undefined where there is none. */
export function presentPort(state: ClusterState, port: number | null): Shown | undefined {
  const identity = state.identities.find(({ copies }) => copies.some((copy) => copy === port));
  if (identity === undefined) return undefined;
  return {
    name: 'identity',
    value: identityInWords(identity),
    expression: identityExpression(identity),
    menu: 'osf1ad.port',
    children: () => portRows(state, identity),
  };
}

function identityInWords({ identity, label, dead, node, receiver }: PortIdentityState): string {
  const where = node === '' ? 'nobody knows where' : `received by ${receiver === '' ? 'nobody' : receiver} on ${node}`;
  return `${identity} ${label}, ${dead ? 'dead' : where}`;
}

const identityExpression = ({ identity }: PortIdentityState): string => `identity(${JSON.stringify(identity)})`;

function portRows(state: ClusterState, identity: PortIdentityState): readonly Shown[] {
  const base = identityExpression(identity);
  const copies = copiesOf(state, identity);
  const principal = copies.find(({ port }) => port === identity.principal);
  const expression = (port: PortState, rest = ''): string => `port(${port.port})${rest}`;
  return [
    ...(['identity', 'label', 'dead', 'node', 'receiver'] as const).map((member) =>
      presentValue(member, identity[member], `${base}.${member}`),
    ),
    presentValue('credits', identity.credits, `${base}.credits`),
    group(
      'copies',
      copies.map((copy) =>
        withMembers({ name: `on ${copy.node}`, value: copyInWords(copy), expression: expression(copy) }, copy),
      ),
    ),
    group(
      'rights',
      identity.rights.map((right, index) =>
        withMembers({ name: holderInWords(right), value: right.type, expression: `${base}.rights[${index}]` }, right),
      ),
      `${base}.rights`,
    ),
    ...(principal === undefined
      ? []
      : (['queue', 'held', 'blockedSenders', 'waitingReceivers', 'refused', 'requests'] as const).map((member) =>
          presentValue(member, principal[member], expression(principal, `.${member}`)),
        )),
  ];
}

/** The copies of a port, the principal first. */
export function copiesOf({ ports }: ClusterState, { copies }: PortIdentityState): readonly PortState[] {
  return copies.flatMap((id) => ports.find(({ port }) => port === id) ?? []);
}

function copyInWords({ copy, destination, dead, flags }: PortState): string {
  const to = destination === null ? '' : ` -> ${destination}`;
  return `${copy}${to}${dead ? ', dead' : ''}${flags.length === 0 ? '' : ` (${flags.join(' ')})`}`;
}

function holderInWords({ holder, node, who, name }: HeldRightState): string {
  const where = node === '' ? 'on the way' : `on ${node}`;
  if (holder === 'task') return `name 0x${(name ?? 0).toString(16)} of ${who} ${where}`;
  return `${holder}: ${who} ${where}`;
}
