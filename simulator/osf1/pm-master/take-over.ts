/**
 * Where there is a PM Master on each node, and one fails, the broker takes over its blocks: it is the PM Master of those who
 * were created there and live elsewhere, also when the node has booted again, with a new PM Master that begins with a new
 * block [mechanisms 5.6; docs/decisions/0064-a-pm-master-of-several-fails.md]. If it was the broker itself that failed, the
 * next one is the broker, and does this; and so does the broker when its node has booted again, for what is still nobody's.
 *
 *   pmm.own_blocks   every other PM Master says which blocks are its own                      1 RPC each
 *   pma.report       every PMA says whom it has of all other blocks, and which ends it kept    1 RPC each
 *   pmm.living       every other PM Master hears who of them lives: the rest is nobody's parent; and says in
 *                    which groups its own are of whose children it has heard                      1 RPC each
 *
 * Until the last PMA has answered, requests to the broker wait, as they do for the only PM Master that comes back (recover.ts).
 */
import { NONE, at } from '../../base/table.ts';
import { answer, rpc } from '../../mach/ipc/mach-msg.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, call, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { threadCreate, threadStart, wakeAll } from '../../mach/thread.ts';
import { tell } from '../../mach/world.ts';
import type { PmaReport, ReportWanted } from '../pma/report.ts';
import type { OsfWorld } from '../world.ts';
import { blockOf, noteOwner } from './blocks.ts';
import { INIT, masterEntryOf, masterOf, ownEntries, type PmMaster } from './entry.ts';
import { callParents, type CallBacks } from './exit.ts';
import { noteParent, type ParentMoved } from './groups.ts';
import { leaveOrphans, makeOrphan, orphans } from './orphans.ts';
import { isBroker, otherMasters, type OwnBlocks } from './owner.ts';
import { RECOVERED, livingIn, rebuild, rightToPma, type Reports } from './recover.ts';

interface TakeOver extends Reports {
  readonly nodes: number[];
  masters: number[] | null;
  /** Blocks that are somebody's, this one's among them. */
  but: number[];
  /** Groups that have lost a tie. */
  readonly groups: number[];
}

/** The broker begins to ask; if it is asking already it does so once more afterwards. */
export function beginTakeOver(w: OsfWorld, master: PmMaster): void {
  master.lost++;
  if (master.recovering) return;
  master.recovering = true;
  const task = at(w.tasks, master.task);
  const t = threadCreate(w, task, task.name);
  tell(w, 'master recovers', master.node, null, t.identity, 'what another one had is asked for');
  call(t, takeOver, { nodes: [], masters: null, but: [], reports: [], surplus: [], groups: [] } satisfies TakeOver);
  threadStart(w, t);
}

export const takeOver = routine<OsfWorld, TakeOver>('pmm.take_over', 'takes over what a PM Master had that failed', [
  step('ask the next PM Master for its blocks', (w, t, f) => {
    const master = masterOf(w, t);
    if (f.masters === null) master.lost = 0;
    f.masters ??= otherMasters(w, master);
    const other = f.masters.shift();
    if (other === undefined) return goTo(w, t, 'see what is left over');
    rpc(w, t, other, 'pmm.own_blocks');
  }),
  step('note them', (w, t) => {
    goTo(w, t, 'ask the next PM Master for its blocks');
    if (t.code !== 'KERN_SUCCESS') return;
    const { node, blocks } = t.body as OwnBlocks;
    for (const block of blocks) noteOwner(masterOf(w, t), block, node);
  }),
  step('see what is left over', (w, t, f) => {
    const master = masterOf(w, t);
    // Whose turn it was is back, and asks itself.
    if (!isBroker(w, master)) return goTo(w, t, 'serve those who wait');
    f.but = master.blocks.map(({ block }) => block);
    f.nodes.push(...w.nodes.rows.map(({ id }) => id));
  }),
  step('ask the next PMA', (w, t, f) => {
    const node = f.nodes.shift();
    if (node === undefined) return goTo(w, t, 'rebuild the table');
    const name = rightToPma(w, masterOf(w, t), node);
    if (name === NONE) return goTo(w, t, 'ask the next PMA');
    f.surplus.push(name);
    rpc(w, t, name, 'pma.report', { body: { but: [...f.but] } satisfies ReportWanted });
  }),
  step('keep what it says', (w, t, f) => {
    if (t.code === 'KERN_SUCCESS') f.reports.push({ ...(t.body as PmaReport), names: [...t.names] });
    goTo(w, t, 'ask the next PMA');
  }),
  step('rebuild the table', (w, t, f) => {
    const master = masterOf(w, t);
    const others = new Set(f.but);
    const bereft = orphan(w, master, f.but, livingIn(f));
    const { told, groups } = rebuild(w, master, f, others);
    for (const { pid } of ownEntries(w, master)) {
      if (!others.has(blockOf(pid))) noteOwner(master, blockOf(pid), master.node);
    }
    f.masters = otherMasters(w, master);
    serveWaiting(w, master);
    tell(w, 'master recovered', master.node, null, t.identity, `${livingIn(f).size} processes are taken over`);
    f.groups.push(...groups, ...bereft.groups);
    call(t, callParents, { children: [...told, ...bereft.zombies], how: 'exited', tries: 0 } satisfies CallBacks);
  }),
  step('tell the next PM Master who is left', (w, t, f) => {
    const other = f.masters!.shift();
    if (other === undefined) return goTo(w, t, 'see to the groups that have lost a tie');
    rpc(w, t, other, 'pmm.living', { body: { but: [...f.but], living: [...livingIn(f)] } satisfies Living });
  }),
  step('note what it says of parents', (w, t) => {
    goTo(w, t, 'tell the next PM Master who is left');
    if (t.code !== 'KERN_SUCCESS') return;
    for (const said of (t.body as Parents).parents) {
      const child = masterEntryOf(w, said.child);
      if (child?.owner === masterOf(w, t).id) noteParent(child, said);
    }
  }),
  step('see to the groups that have lost a tie', (w, t, f) => {
    goTo(w, t, 'give up the rights that are left');
    call(t, leaveOrphans, orphans([], f.groups));
  }),
  step('serve those who wait', (w, t) => serveWaiting(w, masterOf(w, t))),
  step('give up the rights that are left', (w, t, f) => {
    const name = f.surplus.shift();
    if (name !== undefined) {
      again(t);
      return kernelCall(w, t, masterOf(w, t).self, 'mach_port_deallocate', { body: { name } });
    }
    finish(t);
    const master = masterOf(w, t);
    // Another one has failed meanwhile.
    if (master.lost > 0 && isBroker(w, master)) beginTakeOver(w, master);
  }),
]);

function serveWaiting(w: OsfWorld, master: PmMaster): void {
  master.recovering = false;
  wakeAll(w, at(w.tasks, master.task), RECOVERED);
}

/** Body of `pmm.living`: of all blocks but these, only those processes live. */
interface Living {
  readonly but: readonly number[];
  readonly living: readonly number[];
}

/** Group and session of the parents of those who live. */
interface Parents {
  readonly parents: readonly ParentMoved[];
}

interface Bereft {
  readonly zombies: number[];
  readonly groups: number[];
}

/** Children of those who died with a node and its PM Master are init's. Returns those who have ended, and groups that have lost a tie. */
function orphan(w: OsfWorld, master: PmMaster, but: readonly number[], living: ReadonlySet<number>): Bereft {
  const children = ownEntries(w, master).filter(
    ({ parent, state }) =>
      state !== 'reaped' && parent !== INIT && !but.includes(blockOf(parent)) && !living.has(parent),
  );
  const groups = children.map((entry) => makeOrphan(w, entry)).filter((group) => group !== NONE);
  return { zombies: children.filter(({ state }) => state === 'zombie').map(({ pid }) => pid), groups };
}

const hearWhoLives = routine<OsfWorld, Request>('pmm.living', 'hears who is left of what another one had', [
  step('make orphans of the children of the others, and answer', (w, t, f) => {
    const { but, living } = f.body as Living;
    const master = masterOf(w, t);
    const { zombies, groups } = orphan(w, master, but, new Set(living));
    call(t, leaveOrphans, orphans([], groups));
    call(t, callParents, { children: zombies, how: 'exited', tries: 0 } satisfies CallBacks);
    const parents = ownEntries(w, master)
      .filter(({ state }) => state === 'alive')
      .flatMap(({ group, session, elsewhere }) => elsewhere.map((child) => ({ child, group, session })));
    answer(w, t, f.reply, { body: { parents } satisfies Parents });
  }),
  step('be done', (_w, t) => finish(t, null)),
]);

export const takeOverRoutines: readonly Routine[] = [hearWhoLives];
