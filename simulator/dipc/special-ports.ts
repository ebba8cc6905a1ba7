/**
 * Special ports between nodes [mechanisms 2.12]: how anything finds anything else when nobody has a right yet.
 *
 * Each node has a host port and a host-privileged port under well-known UIDs (the node, and a small number), so every
 * kernel can make a proxy for them without a message. Under higher numbers a privileged server registers a port of its
 * own (`norma_set_special_port`); who asks for one (`norma_get_special_port`) has his kernel ask the kernel of that node.
 *
 *   1              the device port; there are no devices here
 *   2, 3           host, host-privileged
 *   4 ... 32       registered by servers
 *
 * The host ports of a node exist from its boot on; their rows are made when somebody first asks for them.
 */
import { NONE, at } from '../base/table.ts';
import { KERNEL, kernelPort, type Port } from '../mach/ipc/port.ts';
import { dropSend, kernelReleases } from '../mach/ipc/release.ts';
import { SEND } from '../mach/ipc/space.ts';
import { isKnownDown } from '../mach/node.ts';
import { kernelService, takeHand, type KernelAnswer, type KernelRequest } from '../mach/kernel-call.ts';
import { finish, routine, step, type Routine } from '../mach/routine.ts';
import { BLOCKED, blockOn, threadOf, wakeOne, type Thread } from '../mach/thread.ts';
import { arriveSend, passesCredit, takeCredits } from './crossing.ts';
import { attach, copyOn, copyOrProxy, distributedOf, enter, uidOf } from './distributed.ts';
import { locationHint } from './locate.ts';
import { oneWay, sendPacket, type Packet } from './packet.ts';
import type { DipcWorld } from './world.ts';

export const HOST_PORT = 2;
export const HOST_PRIVILEGED_PORT = 3;
const LAST_SPECIAL_PORT = 32;

/** Which special port of which node. */
export interface SpecialPort {
  readonly node: number;
  readonly which: number;
}

const invalid: KernelAnswer = { code: 'KERN_INVALID_ARGUMENT' };

/** A host port of a node, or a proxy for it, on the node `here`: no message is needed. */
export function hostPort(w: DipcWorld, here: number, node: number, which: number): Port {
  const uid = uidOf(node, which);
  const { name, up } = at(w.nodes, node);
  if (up && copyOn(w, node, uid) === null) {
    const label = which === HOST_PORT ? `host@${name}` : `host-priv@${name}`;
    attach(w, kernelPort(w, node, label, 'host', node), uid).counted = false;
  }
  const port = copyOrProxy(w, here, uid, node);
  distributedOf(w, port).counted = false;
  return port;
}

export const normaServices: readonly Routine[] = [
  kernelService<DipcWorld>('norma_set_special_port', 'register a port under a number', (w, t, request) => {
    const { which } = request.body as SpecialPort;
    const node = privileged(w, request);
    if (node === null) return { code: 'KERN_INVALID_HOST' };
    if (which <= HOST_PRIVILEGED_PORT || which > LAST_SPECIAL_PORT) return invalid;
    const [type, id] = t.hand;
    if (type !== undefined && type !== SEND) return { code: 'KERN_INVALID_RIGHT' };
    const { specialPorts } = at(w.nodes, node);
    while (specialPorts.length <= which) specialPorts.push(NONE);
    const before = specialPorts[which]!;
    specialPorts[which] = id ?? NONE;
    takeHand(t);
    if (id !== undefined) at(w.ports, id).kernelSends++;
    if (before !== NONE) kernelReleases(w, at(w.ports, before));
    return {};
  }),
  routine<DipcWorld, KernelRequest>('norma_get_special_port', 'find a port by its number and node', [
    step('look here, or ask the kernel of that node', (w, t, f) => {
      const { node, which } = f.body as SpecialPort;
      const target = w.nodes.rows[node];
      if (privileged(w, f) === null) return finish(t, { code: 'KERN_INVALID_HOST' });
      if (target === undefined || which < HOST_PORT || which > LAST_SPECIAL_PORT) return finish(t, invalid);
      if (which <= HOST_PRIVILEGED_PORT) {
        if (isKnownDown(w, t.node, node)) return finish(t, { code: 'KERN_NODE_DOWN' });
        const port = hostPort(w, t.node, node, which);
        port.srights++;
        return finish(t, { rights: [SEND, port.id] });
      }
      if (node === t.node) {
        const port = slot(w, node, which);
        if (port === null) return finish(t, {});
        port.srights++;
        return finish(t, { rights: [SEND, port.id] });
      }
      if (isKnownDown(w, t.node, node)) return finish(t, { code: 'KERN_NODE_DOWN' });
      const body = { which, sender: t.identity };
      const { activity } = t;
      sendPacket(w, { kind: 'get special port', from: t.node, to: node, uid: NONE, activity, body, base: oneWay(w) });
      t.code = 'KERN_SUCCESS';
      blockOn(w, t, channel(t, node));
    }),
    step('enter the right', (_w, t) => {
      const rights = takeHand(t);
      if (rights.length > 0) return finish(t, { rights });
      finish(t, t.code === 'KERN_NODE_DOWN' ? { code: t.code } : {});
    }),
  ]),
  locationHint,
];

/** The proxy behind a registered port that cannot pass a right on before it has bought credits, or null [2.7]. */
export function specialWithoutCredit(w: DipcWorld, packet: Packet): Port | null {
  const port = slot(w, packet.to, packet.body.which!);
  return port === null || port.dipc === NONE || passesCredit(distributedOf(w, port), port) ? null : port;
}

/** A kernel asks for a registered port of this node. */
export function specialAsked(w: DipcWorld, packet: Packet): void {
  const { to: from, from: to, activity } = packet;
  const port = slot(w, from, packet.body.which!);
  const sender = packet.body.sender!;
  const fields = { kind: 'get special port reply', from, to, activity, base: oneWay(w) } as const;
  if (port === null) {
    sendPacket(w, { ...fields, uid: NONE, body: { sender } });
    return;
  }
  const state = enter(w, port);
  port.srights++;
  const credits = takeCredits(state, port);
  port.srights--;
  sendPacket(w, { ...fields, uid: state.uid, body: { sender, credits }, rights: 1 });
}

/** The answer, for the thread that waits; if it has ended, the right is given up. */
export function specialArrived(w: DipcWorld, packet: Packet): void {
  const t = threadOf(w, packet.body.sender!);
  const waits = t !== null && t.state === BLOCKED && t.channel === channel(t, packet.from);
  if (packet.uid !== NONE) {
    const port = arriveSend(w, packet.to, packet.uid, packet.body.credits!);
    if (waits) t.hand = [SEND, port.id];
    else dropSend(w, port);
  }
  if (waits) wakeOne(w, t.identity, t.channel);
}

/** A node has failed: threads here that had asked it get no answer. */
export function specialLost(w: DipcWorld, here: number, node: number): void {
  for (const t of w.threads.rows) {
    if (!t.live || t.node !== here || t.state !== BLOCKED || t.channel !== channel(t, node)) continue;
    t.code = 'KERN_NODE_DOWN';
    wakeOne(w, t.identity, t.channel);
  }
}

/** The port that is registered under the number, or null; one that has died is forgotten. */
function slot(w: DipcWorld, id: number, which: number): Port | null {
  const { specialPorts } = at(w.nodes, id);
  const registered = specialPorts[which] ?? NONE;
  if (registered === NONE) return null;
  const port = at(w.ports, registered);
  if (port.active) return port;
  specialPorts[which] = NONE;
  kernelReleases(w, port);
  return null;
}

/** The node whose host-privileged port the call was made on, or null. */
function privileged(w: DipcWorld, request: KernelRequest): number | null {
  const port = at(w.ports, request.port);
  if (port.objectKind !== 'host' || port.receiver !== KERNEL || port.dipc === NONE) return null;
  return distributedOf(w, port).uid === uidOf(port.object, HOST_PRIVILEGED_PORT) ? port.object : null;
}

function channel(t: Thread, node: number): string {
  return `special port of node ${node} for ${t.identity}`;
}
