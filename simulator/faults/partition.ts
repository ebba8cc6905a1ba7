/**
 * The network breaks in parts, and heals [docs/decisions/0052-a-partition-that-heals.md].
 *
 *   cut     no packet crosses between two nodes: it is sent again, so it waits in the network, in order. Nobody knows yet
 *   heal    what waits arrives, in order: nothing was lost, and nothing is done twice
 *   sever   the cut has lasted as long as it takes to notice a failure. The side with the PM Master takes the other one to be
 *           down, and goes on. Nodes of the other side know that they will be taken to be down, and stop: what ran there has
 *           ended before anybody hears that it has. So no process is ever in two places [P1].
 *   heal    after that: nodes that have stopped boot again, with an empty kernel (reboot.ts)
 *
 * Two nodes that are cut off from each other, but not from the PM Master, cannot both go on, because they would not agree on
 * who is up: the later one stops. Where there is a PM Master on each node, the broker's side goes on. Without a PM Master the
 * first node that is up takes its place.
 */
import { ARRIVE, SEVER } from '../base/event.ts';
import { NONE, at } from '../base/table.ts';
import { isCut } from '../dipc/world.ts';
import { emit, emitAt, tell } from '../mach/world.ts';
import type { MigrationWorld } from '../migration/record.ts';
import { firstBroker, isOnly } from '../osf1/pm-master/owner.ts';
import { crash } from './crash.ts';
import { reboot } from './reboot.ts';

export function cut(w: MigrationWorld, one: number, other: number): void {
  if (one === other || isCut(w, one, other)) return;
  w.cuts.push({ one, other, since: w.time });
  tellOf(w, one, `cut off from ${at(w.nodes, other).name}`);
  emitAt(w, w.time + w.setup.prices.failure_detection, SEVER, NONE);
}

/** Nodes that have been cut off for too long stop, and the others notice. */
export function sever(w: MigrationWorld): void {
  const latest = w.time - w.setup.prices.failure_detection;
  const main = mainNode(w);
  for (const { one, other, since } of [...w.cuts]) {
    if (since > latest || !at(w.nodes, one).up || !at(w.nodes, other).up) continue;
    const stops = other === main ? one : one === main ? other : cutOff(w, main, one, other);
    at(w.nodes, stops).fenced = true;
    tellOf(w, stops, 'it has been cut off for too long, and stops');
    crash(w, stops, 0);
  }
}

/** Of two nodes that are cut off from each other: the one that is cut off from the main node, or the later one. */
function cutOff(w: MigrationWorld, main: number, one: number, other: number): number {
  if (isCut(w, main, one) !== isCut(w, main, other)) return isCut(w, main, one) ? one : other;
  return Math.max(one, other);
}

function mainNode(w: MigrationWorld): number {
  const master = w.pmMasters.rows.find(({ live }) => live);
  const node = master === undefined || isOnly(w) ? master?.node : firstBroker(w);
  return node ?? w.nodes.rows.find(({ up }) => up)?.id ?? NONE;
}

export function heal(w: MigrationWorld): void {
  for (const { one, other } of w.cuts.splice(0)) tellOf(w, one, `in touch with ${at(w.nodes, other).name} again`);
  for (const packet of w.held.splice(0)) emit(w, ARRIVE, packet);
  for (const node of w.nodes.rows) {
    if (!node.fenced) continue;
    node.fenced = false;
    if (!node.up) reboot(w, node.id);
  }
}

function tellOf(w: MigrationWorld, node: number, text: string): void {
  if (w.setup.watched) tell(w, 'partition', node, null, NONE, text);
}
