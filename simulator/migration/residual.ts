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
import type { Port } from '../mach/ipc/port.ts';
import { lookup } from '../mach/ipc/space.ts';
import type { Task } from '../mach/task.ts';
import { ABSENT, pageOf, type VmObject } from '../mach/vm/object.ts';
import { regionNamed, type Region } from '../mach/vm/region.ts';
import type { Vproc } from '../osf1/vproc.ts';
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

type Counted = 'pma' | 'forwarders' | 'pages' | 'relay';
type Counts = { readonly node: number } & Record<Counted, number>;

/** What the task depends on, on every node but its own that it depends on. */
export function residualOf(w: MigrationWorld, task: Task): Residual[] {
  return residualsOf(w, [task]).get(task.id)!;
}

/** The same of many tasks, by their rows: every table is walked once, however many they are. */
export function residualsOf(w: MigrationWorld, tasks: readonly Task[]): ReadonlyMap<number, Residual[]> {
  const ledgers = new Map<number, Counts[]>(tasks.map(({ id }) => [id, []]));
  const add = (task: number, node: number, what: Counted, count: number): void => {
    const ledger = ledgers.get(task);
    if (ledger === undefined || count === 0 || node === at(w.tasks, task).node) return;
    let counts = ledger.find((each) => each.node === node);
    if (counts === undefined) ledger.push((counts = { node, pma: 0, forwarders: 0, pages: 0, relay: 0 }));
    counts[what] += count;
  };
  const byPid = new Map<number, Task[]>();
  for (const task of tasks) {
    if (task.pid !== NONE) byPid.set(task.pid, [...(byPid.get(task.pid) ?? []), task]);
    eachPage(w, task, (node) => add(task.id, node, 'pages', 1));
  }
  const addPma = (pid: number, node: number, count: number): void =>
    byPid.get(pid)?.forEach(({ id }) => add(id, node, 'pma', count));
  for (const { pid, node } of select(w.procs, () => true)) addPma(pid, node, 1);
  for (const vproc of select(w.vprocs, () => true)) addPma(vproc.pid, vproc.node, entriesOf(vproc));
  for (const { port } of select(w.distributed, ({ forward }) => forward)) {
    const copy = at(w.ports, port);
    add(receiverBehind(w, copy), copy.node, 'forwarders', 1);
  }
  for (const relay of select(w.relays, () => true)) add(taskOf(w, relay), relay.node, 'relay', 1);
  for (const ledger of ledgers.values()) ledger.sort((a, b) => a.node - b.node);
  return ledgers;
}

/** Procs, local vprocs and kept requests of the process in the PMA of the node. */
export function residualPma(w: MigrationWorld, pid: number, node: number): number {
  let entries = select(w.procs, (proc) => proc.pid === pid && proc.node === node).length;
  for (const vproc of w.vprocs.rows) {
    if (vproc.live && vproc.pid === pid && vproc.node === node) entries += entriesOf(vproc);
  }
  return entries;
}

/** What of a vproc is its process's own: the requests that are kept for it, and itself where its operations are local. */
const entriesOf = ({ pending, operations }: Vproc): number => pending.length + (operations === 'local' ? 1 : 0);

/** Forwarding proxies on the node for ports whose receive right the tasks hold now. */
export function residualForwarders(w: MigrationWorld, of: readonly Task[], node: number): number {
  const tasks = new Set(of.map((task) => task.id));
  return select(w.distributed, (state) => {
    const port = at(w.ports, state.port);
    return state.forward && port.node === node && tasks.has(receiverBehind(w, port));
  }).length;
}

/** Row of the task that receives what is sent to the copy, or NONE. */
function receiverBehind(w: MigrationWorld, copy: Port): number {
  return principalOf(w, copy)?.receiver ?? NONE;
}

/** Pages by node; those that a migration server supplies count where the server itself would find them. */
export function residualPages(w: MigrationWorld, task: Task): number[] {
  const counts = w.nodes.rows.map(() => 0);
  eachPage(w, task, (node) => counts[node]!++);
  return counts;
}

function eachPage(w: MigrationWorld, task: Task, on: (node: number) => void): void {
  for (const id of task.regions) {
    const region = at(w.regions, id);
    const holder = holderOfPages(w, region);
    for (let page = 0; page < region.pages; page++) {
      const node = holder(page);
      if (node !== NONE) on(node);
    }
  }
}

/** The node that has a page of the region, or NONE: nobody has it, or nobody ever filled it. */
export function holderOfPages(w: MigrationWorld, { object }: Region): (page: number) => number {
  const top = at(w.objects, object);
  const supplied = suppliedBy(w, top);
  return (page) => {
    const elsewhere = supplied !== null && pageOf(top, page) === ABSENT;
    return elsewhere ? inServer(w, supplied, page) : whereIs(w, top, page);
  };
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
