/**
 * The PM Master comes back after its node has booted again, with an empty table. It asks each PMA in turn, and until the
 * last one has answered every other request waits [docs/decisions/0050-the-pm-master-comes-back.md].
 *
 *   known again   every process: its place, its parent if that lives (init otherwise), group and session as its PMA knows them
 *   told late     ends that nobody could be told of: zombies, with their statuses
 *   lost          how those ended that had told the former PM Master, and were not waited for: their parents learn that
 *                 they are lost; so do those whose children were on the node itself
 *
 * A process that two PMAs report is on its way: it is where it runs, or where it would go on if its migration failed.
 */
import { NONE, at } from '../../base/table.ts';
import { bootRight } from '../../dipc/boot.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { MAKE_SEND } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { isInTouch } from '../../mach/node.ts';
import { again, call, finish, goTo, routine, step } from '../../mach/routine.ts';
import { threadCreate, threadStart, wakeAll } from '../../mach/thread.ts';
import { tell } from '../../mach/world.ts';
import { portUnder } from '../boot-task.ts';
import { lostWithNode } from '../ended.ts';
import { pmaAt } from '../pma/pma.ts';
import type { PmaReport, ReportWanted, Reported } from '../pma/report.ts';
import type { OsfWorld } from '../world.ts';
import { blockOf } from './blocks.ts';
import { INIT, masterEntryOf, masterOf, ownEntries, reenter, type PmMaster } from './entry.ts';
import { SIGSTOP } from '../signal-numbers.ts';
import { callParents, ends, type CallBacks } from './exit.ts';
import { membersOf } from './groups.ts';
import { leaveOrphans, orphans } from './orphans.ts';

/** What the PMAs have said, and what is left of it to give up. */
export interface Reports {
  readonly reports: (PmaReport & { readonly names: readonly number[] })[];
  readonly surplus: number[];
}

interface Recover extends Reports {
  readonly nodes: number[];
}

/** Channel on which requests wait until the table is whole. */
export const RECOVERED = 'recovery of the PM Master';

/** The PM Master of a node that has booted again begins to ask. */
export function beginRecovery(w: OsfWorld, master: PmMaster): void {
  master.recovering = true;
  const task = at(w.tasks, master.task);
  const t = threadCreate(w, task, task.name);
  const nodes = w.nodes.rows.map(({ id }) => id);
  tell(w, 'master recovers', master.node, null, t.identity, 'its table is empty');
  call(t, recover, { nodes, reports: [], surplus: [] } satisfies Recover);
  threadStart(w, t);
}

export const recover = routine<OsfWorld, Recover>('pmm.recover', 'asks the PMAs what there is', [
  step('ask the next PMA', (w, t, f) => {
    const master = masterOf(w, t);
    const node = f.nodes.shift();
    if (node === undefined) return goTo(w, t, 'rebuild the table');
    const name = rightToPma(w, master, node);
    if (name === NONE) return goTo(w, t, 'ask the next PMA');
    f.surplus.push(name);
    const body: ReportWanted = { but: [] };
    rpc(w, t, name, 'pma.report', { body, rights: [{ name: master.service, disposition: MAKE_SEND }] });
  }),
  step('keep what it says', (w, t, f) => {
    if (t.code === 'KERN_SUCCESS') f.reports.push({ ...(t.body as PmaReport), names: [...t.names] });
    goTo(w, t, 'ask the next PMA');
  }),
  step('rebuild the table', (w, t, f) => {
    const master = masterOf(w, t);
    const { told, groups } = rebuild(w, master, f, new Set());
    master.recovering = false;
    wakeAll(w, at(w.tasks, master.task), RECOVERED);
    const alive = ownEntries(w, master).filter(({ state }) => state === 'alive').length;
    tell(w, 'master recovered', master.node, null, t.identity, `${alive} processes live`);
    call(t, leaveOrphans, orphans([], groups));
    call(t, callParents, { children: told, how: 'exited', tries: 0 } satisfies CallBacks);
  }),
  step('give up the rights that are left', (w, t, f) => {
    const name = f.surplus.shift();
    if (name === undefined) return finish(t);
    again(t);
    kernelCall(w, t, masterOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
]);

/** Name of a right to the PMA of the node, to be given up; NONE if there is none in reach. */
export function rightToPma(w: OsfWorld, master: PmMaster, node: number): number {
  const pma = isInTouch(w, master.node, node) ? pmaAt(w, node) : null;
  if (pma === null) return NONE;
  return bootRight(w, portUnder(w, at(w.tasks, pma.task), pma.service), at(w.tasks, master.task));
}

/** The pids of the processes that the PMAs have. */
export function livingIn({ reports }: Reports): Set<number> {
  return new Set(reports.flatMap(({ processes }) => processes.map(({ pid }) => pid)));
}

/**
 * Enters what the PMAs have said. `others` are the blocks that belong to other PM Masters. Returns the children whose parents
 * are to be told of their ends, and the groups that have lost a tie. Ties that are not known any more are those of who leads a group
 * that is not its session's: its parent was in another one. What else the former PM Master knew of a parent is lost with it.
 */
export function rebuild(w: OsfWorld, master: PmMaster, f: Reports, others: ReadonlySet<number>): Rebuilt {
  const told: number[] = [];
  const groups: number[] = [];
  const living = livingIn(f);
  const isLeft = (pid: number): boolean => {
    const known = masterEntryOf(w, pid);
    return living.has(pid) || (known?.owner === master.id ? known.state === 'alive' : others.has(blockOf(pid)));
  };
  const parentOf = (pid: number): number => (isLeft(pid) ? pid : INIT);
  const place = new Map<number, number>();
  for (const { node, processes, names } of f.reports) {
    if (!isInTouch(w, master.node, node)) continue;
    processes.forEach((each, index) => {
      const known = place.get(each.pid) ?? 0;
      const name = names[index]!;
      if (known >= certainty(each)) return f.surplus.push(name);
      place.set(each.pid, certainty(each));
      const entry = reenter(w, master, each.pid, each.name);
      if (entry.capability !== NONE) f.surplus.push(entry.capability);
      const { group, session, parent } = each.relations;
      const { migrations } = each;
      const relations = { group, session, parent: parentOf(parent) };
      if (relations.parent !== parent && group === each.pid && session !== group) groups.push(group);
      entry.stopped = each.state === 'stopped' ? entry.stopped || SIGSTOP : 0;
      entry.elsewhere = each.children.filter((child) => others.has(blockOf(child)));
      return Object.assign(entry, { ...relations, migrations, state: 'alive', node, capability: name });
    });
  }
  for (const { ends: untold, node } of f.reports) {
    for (const { pid, name, parent, ended, usage, migrations, delivered } of untold) {
      const entry = reenter(w, master, pid, name);
      Object.assign(entry, { parent: parentOf(parent), node, usage, migrations, delivered });
      told.push(...ends(w, master, entry, ended).told);
    }
  }
  const parents = f.reports.flatMap(({ processes, parents: more }) => [...processes, ...more]);
  for (const { pid: parent, children, leaving } of parents) {
    if (leaving) continue;
    for (const child of children.filter((each) => !others.has(blockOf(each)))) {
      if (masterEntryOf(w, child)?.owner === master.id) continue;
      const entry = reenter(w, master, child, '');
      entry.parent = parent;
      if (parent !== INIT) groups.push(child);
      if (entry.state === 'alive') told.push(...ends(w, master, entry, lostWithNode()).told);
      else told.push(child);
      Object.assign(entry, { state: 'zombie' }, lostWithNode());
    }
  }
  // For the record: whom nobody reports has ended with the node.
  for (const entry of w.masterEntries.rows) {
    const unknown = w.pmMasters.rows[entry.owner]?.live !== true && entry.state === 'alive';
    if (entry.live && unknown) ends(w, master, entry, lostWithNode());
  }
  // Who has led a session had no tie to it.
  const isSession = (group: number): boolean => membersOf(w, master.id, group).some(({ session }) => session === group);
  return { told, groups: groups.filter((group) => !isSession(group)) };
}

interface Rebuilt {
  readonly told: number[];
  readonly groups: number[];
}

/** Who has it most: it runs there; it would go on there; it is being installed there. */
function certainty({ state, leaving }: Reported): number {
  if (state === 'attaching') return 1;
  return leaving ? 2 : 3;
}
