/**
 * A node fails: everything on it is gone at once, and nobody knows yet [mechanisms 2.13].
 *
 * Its tasks, threads, ports, memory and servers leave the tables, with every event that was about them; so do the packets
 * that it had sent. Nothing is given up in order: no notice, no last message. The row of the node stays, marked down.
 * The others notice after `failure_detection`, each in an event of its own (node-down.ts); what they send meanwhile is
 * sent again until then. It may boot again (reboot.ts).
 *
 * A refusal that was on its way back from the node is lost with it: the message that it was about still waits at its
 * sender, and its sending fails like any other. If the operator sat at the node, the scenario ends here.
 */
import { ARRIVE, NODE_DOWN, eventKinds, type Subject } from '../base/event.ts';
import { withdraw } from '../base/queue.ts';
import { NONE, at, release, type Row, type Table } from '../base/table.ts';
import { blankDistributed } from '../dipc/distributed.ts';
import { carriesMessage, freePacket, type Packet } from '../dipc/packet.ts';
import { messageFree, type Message } from '../mach/ipc/message.ts';
import { discardMemory, loseMemory } from '../mach/ipc/out-of-line.ts';
import { blankPort } from '../mach/ipc/port.ts';
import { blankRequests } from '../mach/ipc/requests.ts';
import type { Node } from '../mach/node.ts';
import { readyClear } from '../mach/ready-queue.ts';
import { blankTask } from '../mach/task.ts';
import { blankThread, forgetIdentity } from '../mach/thread.ts';
import { blankObject } from '../mach/vm/object.ts';
import { memoryForget } from '../mach/vm/memory.ts';
import { blankRegion } from '../mach/vm/region.ts';
import { emitAt } from '../mach/world.ts';
import type { MigrationWorld } from '../migration/record.ts';
import { objectForget } from '../migration/task/oms/object.ts';
import { blankPrepared } from '../migration/agent/early.ts';
import { blankRelay } from '../migration/task/relay.ts';
import { handleFree } from '../osf1/file-server/handle.ts';
import { blankMemoryObject } from '../xmm/memory-object.ts';
import { procsLost } from '../osf1/proc.ts';
import { vprocFree } from '../osf1/vproc.ts';

/** `detection`: nanoseconds until the others notice. */
export function crash(w: MigrationWorld, id: number, detection = w.setup.prices.failure_detection): void {
  const node = at(w.nodes, id);
  if (!node.up) return;
  node.up = false;
  node.failedAt = w.time;
  w.notices.push({ kind: 'crashed', node: node.name });
  withdrawEvents(w, id);
  loseMemory(w, id);
  losePackets(w, id);
  releaseHeld(w);
  loseServers(w, id);
  loseKernel(w, node);
  const noticed = w.time + detection;
  for (const other of w.nodes.rows) if (other.up) emitAt(w, noticed, NODE_DOWN, other.id, id);
  for (const packet of w.packets.rows) if (packet.live && stays(w, packet)) emitAt(w, noticed, ARRIVE, packet.id);
}

/** Events about what is on the node, or about packets that it has sent or was about to take in. */
function withdrawEvents(w: MigrationWorld, id: number): void {
  const on =
    <T extends Row & { node: number }>(table: Table<T>) =>
    (row: number): boolean => {
      const each = table.rows[row];
      return each?.live === true && each.node === id;
    };
  const isLost: Readonly<Record<Subject, (row: number) => boolean>> = {
    thread: on(w.threads),
    message: on(w.messages),
    port: on(w.ports),
    object: on(w.objects),
    node: (row) => row === id,
    crossing(row) {
      const { from, to, kind } = w.packets.rows[row]!;
      return from === id || (to === id && kind === 'connect refused');
    },
    arrival(row) {
      const { from, to } = w.packets.rows[row]!;
      return from === id || to === id;
    },
    cluster: () => false,
  };
  withdraw(w.queue, (kind, row) => isLost[eventKinds[kind]!.about](row));
}

/** What it had sent is gone. What was sent to it is sent again; a refusal that it had sent never was. */
function losePackets(w: MigrationWorld, id: number): void {
  for (const packet of w.packets.rows) {
    if (!packet.live) continue;
    const { from, to, message } = packet;
    if (packet.kind === 'connect refused' && from === id && at(w.nodes, to).up) {
      Object.assign(packet, { kind: 'connect', from: to, to: from });
    } else if (from === id) {
      if (carriesMessage(packet)) messageLost(w, at(w.messages, message));
      freePacket(w, packet);
    } else if (to === id && packet.kind === 'connect refused') freePacket(w, packet);
  }
  for (const message of w.messages.rows) if (message.live && message.bodyNode === id) message.bodyGone = true;
  const live = (packet: number): boolean => w.packets.rows[packet]!.live;
  for (const state of w.distributed.rows)
    if (!state.postponed.every(live)) state.postponed = state.postponed.filter(live);
}

/** A packet for a failed node that has lost its event: it was being taken in, or was a refusal. */
function stays(w: MigrationWorld, packet: Packet): boolean {
  if (at(w.nodes, packet.to).up) return false;
  return !isPending(w, packet.id);
}

function isPending({ queue }: MigrationWorld, packet: number): boolean {
  const about = (slot: number): boolean =>
    eventKinds[queue.kind[slot]!]!.about === 'crossing' && queue.a[slot] === packet;
  for (let i = 0; i < queue.size; i++) if (about(queue.heapSlot[i]!)) return true;
  for (let i = 0; i < queue.count; i++) if (about(queue.ring[(queue.head + i) & (queue.ring.length - 1)]!)) return true;
  return false;
}

/** The message is gone; memory of it that is on another node, where it was sent from, is given up there. */
function messageLost(w: MigrationWorld, message: Message): void {
  if (message.memory.length > 0) discardMemory(w, message);
  messageFree(w, message);
}

/** Packets from and to the node do not wait for the network to heal any longer. */
function releaseHeld(w: MigrationWorld): void {
  const waits = (id: number): boolean => {
    const { live, to } = w.packets.rows[id]!;
    return live && at(w.nodes, to).up;
  };
  w.held.splice(0, w.held.length, ...w.held.filter(waits));
}

function loseServers(w: MigrationWorld, id: number): void {
  if (w.operator.task !== NONE && at(w.tasks, w.operator.task).node === id) w.operator.task = NONE;
  for (const servers of [w.pmas, w.pmMasters, w.monitors, w.credentialsServers, w.fileServers, w.agents]) {
    for (const each of servers.rows) if (each.node === id) each.live = false;
  }
  for (const file of w.files.rows) {
    if (!file.live || w.fileServers.rows[file.server]!.live) continue;
    file.live = false;
    if (file.mapped !== null) memoryForget(w, file.mapped.memory);
    file.mapped = null;
  }
  for (const entry of w.credentials.rows) if (!w.credentialsServers.rows[entry.server]!.live) entry.live = false;
  for (const each of w.fileHandles.rows) if (each.live && !w.fileServers.rows[each.server]!.live) handleFree(w, each);
  for (const pma of w.pmas.rows) if (pma.node === id) procsLost(w, pma);
  for (const each of w.vprocs.rows) if (each.live && each.node === id) vprocFree(w, each);
  for (const each of w.prepared.rows) if (each.live && each.node === id) release(w.prepared, each, blankPrepared);
  for (const each of w.relays.rows) if (each.live && each.node === id) release(w.relays, each, blankRelay);
  for (const each of w.omsObjects.rows) if (each.live && each.node === id) objectForget(w, each);
}

function loseKernel(w: MigrationWorld, node: Node): void {
  for (const region of w.regions.rows) {
    if (!region.live || at(w.tasks, region.task).node !== node.id) continue;
    memoryForget(w, region.memory);
    release(w.regions, region, blankRegion);
  }
  for (const state of w.distributed.rows) {
    if (state.live && at(w.ports, state.port).node === node.id) release(w.distributed, state, blankDistributed);
  }
  for (const requests of w.requests.rows) {
    if (requests.live && at(w.ports, requests.port).node === node.id) release(w.requests, requests, blankRequests);
  }
  for (const message of w.messages.rows) if (message.live && message.node === node.id) messageLost(w, message);
  for (const t of w.threads.rows) if (t.live && t.node === node.id) forgetIdentity(w, t);
  lose(w.threads, node.id, blankThread);
  lose(w.tasks, node.id, blankTask);
  for (const { live, node: on, memory } of w.objects.rows)
    if (live && on === node.id && memory !== NONE) memoryForget(w, memory);
  lose(w.memoryObjects, node.id, blankMemoryObject);
  lose(w.objects, node.id, blankObject);
  lose(w.ports, node.id, blankPort);
  node.portByUid.clear();
  node.objectByPager.clear();
  node.residentPages = 0;
  node.queues = null;
  node.pageOut = NONE;
  node.specialPorts.length = 0;
  node.bufferCallers.length = 0;
  node.buffered = 0;
  node.defaultPager = NONE;
  readyClear(node);
  node.running = NONE;
  node.kernelTask = NONE;
  node.kernelQueue = NONE;
}

function lose<T extends Row & { node: number }>(table: Table<T>, node: number, blank: (id: number) => T): void {
  for (const row of table.rows) if (row.live && row.node === node) release(table, row, blank);
}
