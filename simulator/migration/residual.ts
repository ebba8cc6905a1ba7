/**
 * Residual dependency: what a task still needs of the nodes where it has been [mechanisms 2.9, 3.5, 4.4, 5.9; paper 2.3].
 *
 *   pma          its process, if a PMA elsewhere still has it: procs, local vprocs and kept requests
 *   forwarders   nodes that forward to ports whose receive right it holds now: who thinks them there goes that way
 *   pages        pages whose only copy, or whose pager, is there
 *   relay        kernel ports of it and of its threads that a migration server there stands in for
 *
 * One ledger each, by node, for any task at any time. The answer is what an operator with perfect sight would see: no
 * message is sent.
 */
import { NONE, at, select } from '../base/table.ts';
import { lookup } from '../mach/ipc/space.ts';
import type { Task } from '../mach/task.ts';
import { ABSENT, pageOf, type VmObject } from '../mach/vm/object.ts';
import { regionNamed } from '../mach/vm/region.ts';
import { whereIs } from '../xmm/residual.ts';
import type { MigrationWorld } from './record.ts';
import { principalOf } from './task/ghost.ts';
import { objectOn, type OmsObject } from './task/oms/object.ts';
import type { Relay } from './task/relay.ts';

export interface Residual {
  readonly node: number;
  readonly pma: number;
  readonly forwarders: number;
  readonly pages: number;
  readonly relay: number;
}

/** What the task depends on, on every node but its own that it depends on. */
export function residualOf(w: MigrationWorld, task: Task): Residual[] {
  const pages = residualPages(w, task);
  return w.nodes.rows
    .filter(({ id }) => id !== task.node)
    .map(({ id: node }) => ({
      node,
      pma: task.pid === NONE ? 0 : residualPma(w, task.pid, node),
      forwarders: residualForwarders(w, [task], node),
      pages: pages[node]!,
      relay: residualRelays(w, [task], node),
    }))
    .filter((each) => each.pma + each.forwarders + each.pages + each.relay > 0);
}

/** Procs, local vprocs and kept requests of the process in the PMA of the node. */
export function residualPma(w: MigrationWorld, pid: number, node: number): number {
  let entries = select(w.procs, (proc) => proc.pid === pid && proc.node === node).length;
  for (const vproc of w.vprocs.rows) {
    if (!vproc.live || vproc.pid !== pid || vproc.node !== node) continue;
    entries += vproc.pending.length + (vproc.operations === 'local' ? 1 : 0);
  }
  return entries;
}

/** Forwarding proxies on the node for ports whose receive right the tasks hold now. */
export function residualForwarders(w: MigrationWorld, of: readonly Task[], node: number): number {
  const tasks = new Set(of.map((task) => task.id));
  return select(w.distributed, (state) => {
    const port = at(w.ports, state.port);
    if (!state.forward || port.node !== node) return false;
    const principal = principalOf(w, port);
    return principal !== null && tasks.has(principal.receiver);
  }).length;
}

/** Pages by node; those that a migration server supplies count where the server itself would find them. */
export function residualPages(w: MigrationWorld, task: Task): number[] {
  const counts = w.nodes.rows.map(() => 0);
  for (const id of task.regions) {
    const { object, pages } = at(w.regions, id);
    const top = at(w.objects, object);
    const supplied = suppliedBy(w, top);
    for (let page = 0; page < pages; page++) {
      const elsewhere = supplied !== null && pageOf(top, page) === ABSENT;
      const node = elsewhere ? inServer(w, supplied, page) : whereIs(w, top, page);
      if (node !== NONE) counts[node]!++;
    }
  }
  return counts;
}

/** Kernel ports of the tasks and their threads that a migration server on the node answers on. */
export function residualRelays(w: MigrationWorld, tasks: readonly Task[], node: number): number {
  const ids = new Set(tasks.map((task) => task.id));
  return select(w.relays, (relay) => relay.node === node && ids.has(taskOf(w, relay))).length;
}

/** The object of a migration server that is the pager of this one, or null. */
function suppliedBy(w: MigrationWorld, { pager }: VmObject): OmsObject | null {
  const port = pager === NONE ? null : principalOf(w, at(w.ports, pager));
  return port === null ? null : objectOn(w, port.receiver, port.receiverName);
}

/** Where the server finds a page that it is asked for, or NONE: nobody has written it. */
function inServer(w: MigrationWorld, { server, own, pages }: OmsObject, page: number): number {
  const region = pages.includes(page) ? regionNamed(w, at(w.tasks, server), own) : null;
  return region === null ? NONE : whereIs(w, at(w.objects, region.object), page);
}

/** Row of the task that the relay stands for, or that the thread is of; NONE if it is gone. */
function taskOf(w: MigrationWorld, { server, target }: Relay): number {
  const entry = lookup(at(w.tasks, server).space, target);
  const port = entry === null || entry.port === NONE ? null : principalOf(w, at(w.ports, entry.port));
  if (port?.objectKind === 'task') return port.object;
  return port?.objectKind === 'thread' ? at(w.threads, port.object).task : NONE;
}
