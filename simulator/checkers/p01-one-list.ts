/**
 * At every moment one PMA and no other has a process: it is on the active list there, or on the migrating list of the node
 * that it is leaving, where it would go on if the other one did not take it.
 *
 *   at the source          at the destination     until
 *   active                 -                      step 5
 *   migrating              -                      step 9
 *   migrating              attaching              step 14: from here on what the source has is left over
 *   migrating, left over   active                 step 16
 *
 * What is left over may still be there when the process has moved on, or has ended. If the source has failed the process is
 * the destination's, which attaches it or gives it up [5.6]. And no process that the PM Master calls alive is nobody's: it has a
 * PMA from when that PMA is registered, unless a node has failed that it was on, or on its way from or to.
 */
import { NONE } from '../base/table.ts';
import type { Migration } from '../migration/record.ts';
import type { MasterEntry } from '../osf1/pm-master/entry.ts';
import type { Proc } from '../osf1/proc.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const oneList: Checker = {
  rule: 'P1',
  story: 'a process is one PMA’s: active there, or leaving it, and attaching nowhere but where it goes',
  check(w) {
    for (const proc of w.procs.rows) {
      if (!proc.live) continue;
      if (proc.list === 'free') broken('P1', `process ${proc.pid} has a proc on no list of node ${proc.node}`);
      if (isFirst(w, proc)) oneOwner(w, proc.pid);
    }
    for (const entry of w.masterEntries.rows) {
      if (entry.live && entry.state === 'alive' && entry.capability >= 0) isSomebodys(w, entry);
    }
    checkFreeLists(w);
  },
};

/** Each process is looked at once. */
function isFirst(w: CheckedWorld, { id, pid }: Proc): boolean {
  const { rows } = w.procs;
  for (let i = 0; i < id; i++) if (rows[i]!.live && rows[i]!.pid === pid) return false;
  return true;
}

function oneOwner(w: CheckedWorld, pid: number): void {
  let owner: Proc | null = null;
  let attaching: Proc | null = null;
  for (const proc of w.procs.rows) {
    if (!proc.live || proc.pid !== pid) continue;
    for (const other of w.procs.rows) {
      if (other.live && other.pid === pid && other.node === proc.node && other.id < proc.id)
        broken('P1', `node ${proc.node} has two procs of process ${pid}`);
    }
    if (proc.list === 'migrating' && proc.state === 'attaching') {
      if (attaching !== null) broken('P1', `process ${pid} is attaching at nodes ${attaching.node} and ${proc.node}`);
      attaching = proc;
    } else if (proc.list === 'active' || !isLeftOver(w, proc)) {
      if (owner !== null) broken('P1', `process ${pid} is ${inWords(owner)} and ${inWords(proc)}`);
      owner = proc;
    }
  }
  if (attaching === null) return;
  const m = migrationTo(w, attaching);
  if (m === null)
    return broken('P1', `process ${pid} is attaching at node ${attaching.node}, and nobody moves it there`);
  if (owner === null) {
    if (w.nodes.rows[m.from]!.failedAt < m.stamps.decision)
      broken('P1', `process ${pid} is attaching at node ${m.to}, and node ${m.from} does not have it any more`);
  } else if (owner.list === 'active' || owner.node !== m.from) {
    broken('P1', `process ${pid} is attaching at node ${m.to} and ${inWords(owner)}`);
  }
}

const inWords = ({ list, node }: Proc): string => `${list === 'active' ? 'active at' : 'leaving'} node ${node}`;

/** It is active at the destination already, or was. */
function isLeftOver(w: CheckedWorld, { pid, node }: Proc): boolean {
  for (const m of w.migrations.rows) {
    if (m.pid !== pid || m.from !== node || m.by !== 'process' || m.outcome === 'done') continue;
    if (m.step >= 14 && m.step <= 16) return true;
  }
  return false;
}

/** The migration by which the process comes to this node, even if it was given up with its source. */
function migrationTo(w: CheckedWorld, { pid, node }: Proc): Migration | null {
  for (let i = w.migrations.rows.length - 1; i >= 0; i--) {
    const m = w.migrations.rows[i]!;
    if (m.pid === pid && m.to === node && m.by === 'process' && m.stamps.installed !== NONE) return m;
  }
  return null;
}

function isSomebodys(w: CheckedWorld, { pid, node, owner }: MasterEntry): void {
  const master = w.pmMasters.rows[owner];
  if (master?.live !== true || master.recovering || w.nodes.rows[node]!.failedAt !== NONE) return;
  for (const proc of w.procs.rows) if (proc.live && proc.pid === pid) return;
  for (const m of w.migrations.rows) {
    const { from, to, stamps } = m;
    const failed = Math.max(w.nodes.rows[from]?.failedAt ?? NONE, w.nodes.rows[to]?.failedAt ?? NONE);
    if (m.pid === pid && failed >= stamps.decision) return;
  }
  for (const { live, untold } of w.pmas.rows) if (live && untold.some((each) => each.pid === pid)) return;
  broken('P1', `process ${pid} is alive, and no PMA has it`);
}

/** A row of a proc that means nothing is on the free list of one PMA, or no PMA's. */
function checkFreeLists({ pmas, procs }: CheckedWorld): void {
  const free = new Set<number>();
  const check = (row: number): void => {
    if (procs.rows[row]?.live !== false) broken('P1', `proc ${row} is on a free list, and in use`);
    if (free.has(row)) broken('P1', `proc ${row} is on two free lists`);
    free.add(row);
  };
  procs.free.forEach(check);
  for (const pma of pmas.rows) if (pma.live) pma.free.forEach(check);
  for (const { id, live } of procs.rows) if (!live && !free.has(id)) broken('P1', `proc ${id} is on no list`);
}
