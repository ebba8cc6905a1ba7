/**
 * A node that has failed boots again; one that is up fails first [mechanisms 2.13, ALIVE_NOTIFY].
 *
 * Nothing of the former incarnation is there: an empty kernel, no tasks, no ports. Its UIDs go on where the former ones
 * ended, so that a new port is never taken for an old one, and an old UID is one that nobody knows here. Its kernel says to
 * every other one that it is up, with the number of its incarnation; who has not noticed the failure yet notices it now
 * (dipc/failure.ts). What was sent to the former incarnation, and is still on its way, is never taken in.
 *
 * Its PMA is started again; the other servers are not, because what they knew is lost (osf1/boot.ts).
 */
import { SEVER } from '../base/event.ts';
import { NONE, at } from '../base/table.ts';
import { oneWay, sendPacket } from '../dipc/packet.ts';
import { bootKernel } from '../mach/kernel-call.ts';
import { isKnownDown, type Node } from '../mach/node.ts';
import { emitAt, tell } from '../mach/world.ts';
import { bootAgentWithoutPma } from '../migration/agent/agent.ts';
import type { MigrationWorld } from '../migration/record.ts';
import { bootServersAgain } from '../osf1/boot.ts';
import { crash } from './crash.ts';

export function reboot(w: MigrationWorld, id: number): void {
  crash(w, id);
  const node = at(w.nodes, id);
  node.up = true;
  node.fenced = false;
  beginCuts(w, id);
  node.incarnation++;
  node.bootedAt = w.time;
  node.kernelFreeAt = w.time;
  node.departing = 0;
  learnWhoIsUp(w, node);
  tell(w, 'boot', id, null, NONE, `incarnation ${node.incarnation}`);
  bootKernel(w, node);
  for (const { id: to } of w.nodes.rows) {
    if (to === id || isKnownDown(w, id, to)) continue;
    const body = { incarnation: node.incarnation };
    sendPacket(w, { kind: 'alive notify', from: id, to, uid: NONE, body, base: oneWay(w) });
  }
  const { image, scenario } = w.setup;
  const cluster = image.clusters[image.scenarios[scenario]?.cluster ?? NONE];
  // A cluster of bare kernels has no servers.
  if (cluster === undefined) return;
  bootServersAgain(w, id, cluster.nodes[id]!);
  bootAgentWithoutPma(w, id);
}

/** A node that boots while it is cut off is taken to be down after as long as any other. */
function beginCuts(w: MigrationWorld, id: number): void {
  const isAbout = ({ one, other }: { one: number; other: number }): boolean => one === id || other === id;
  if (!w.cuts.some(isAbout)) return;
  w.cuts.splice(0, w.cuts.length, ...w.cuts.map((each) => (isAbout(each) ? { ...each, since: w.time } : each)));
  emitAt(w, w.time + w.setup.prices.failure_detection, SEVER, NONE);
}

/** Who boots finds out which incarnation of every other node is up, or that none is. */
function learnWhoIsUp(w: MigrationWorld, node: Node): void {
  node.over.clear();
  for (const { id, up, incarnation } of w.nodes.rows) {
    const over = up ? incarnation - 1 : incarnation;
    if (over > 0) node.over.set(id, over);
  }
}
