/**
 * The end of a process, as the PM Master sees it: it becomes a zombie, its children get init as their parent, and the
 * PMAs of those who may be waiting are called back [mechanisms 5.3].
 *
 * The PMA that reports the exit is answered before anybody is called back. A call-back that finds the parent gone from
 * its PMA is tried again at the place that this table then says [5.2].
 */
import { NONE, at } from '../../base/table.ts';
import { answer, rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { call, finish, goTo, routine, step } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { threadCreate, threadStart } from '../../mach/thread.ts';
import { lostWithNode, type Ended } from '../ended.ts';
import { announce, exitChannel } from '../announce.ts';
import type { ChildReport } from '../pma/wait.ts';
import type { OsfWorld } from '../world.ts';
import { groupsAround, hangUp, owedAfter, type Owed } from './hang-up.ts';
import { INIT, masterEntryOf, type MasterEntry, type PmMaster } from './entry.ts';

interface ExitReport {
  readonly pid: number;
  readonly node: number;
  readonly ended: Ended;
  readonly usage: number;
  readonly migrations: number;
  readonly delivered: number;
}

/** Of what the parents are told. */
export interface CallBacks {
  readonly children: number[];
  readonly how: 'exited' | 'changed';
  tries: number;
}

const MAXIMUM_TRIES = 8;

export const masterExit = routine<OsfWorld, Request>('pmm.exit', 'makes a process a zombie', [
  step('mark it and answer', (w, t, f) => {
    const report = f.body as ExitReport;
    const entry = masterEntryOf(w, report.pid);
    if (entry?.state !== 'alive') return finish(t, { code: 'ESRCH' } satisfies Payload);
    const { usage, migrations, delivered } = report;
    Object.assign(entry, { usage, migrations, delivered });
    const { told: children, owed } = ends(w, entry, report.ended);
    call(t, hangUp, { owed, tries: 0 });
    call(t, callParents, { children, how: 'exited', tries: 0 } satisfies CallBacks);
    answer(w, t, f.reply, {});
  }),
  step('be done', (_w, t) => finish(t, null)),
]);

/** Pids whose parents have to be told: its own, and zombies that it leaves; and signals that are owed to others. */
interface Ending {
  readonly told: number[];
  readonly owed: Owed[];
}

/** The process is a zombie now. */
function ends(w: OsfWorld, entry: MasterEntry, { status, signal, lost }: Ended): Ending {
  const groups = groupsAround(w, entry);
  entry.state = 'zombie';
  entry.stopped = 0;
  entry.unreported = false;
  Object.assign(entry, { status, signal, lost });
  const { pid } = entry;
  w.notices.push({ kind: 'exited', pid, node: w.nodes.rows[entry.node]?.name ?? '', status, signal, lost });
  announce(w, exitChannel(pid));
  const told = [pid];
  for (const child of w.masterEntries.rows) {
    if (!child.live || child.parent !== pid) continue;
    child.parent = INIT;
    if (child.state === 'zombie') told.push(child.pid);
  }
  return { told, owed: owedAfter(w, entry, groups) };
}

export const callParents = routine<OsfWorld, CallBacks>('pmm.call_back', 'tells parents what became of a child', [
  step('call the PMA of the parent', (w, t, f) => {
    const child = masterEntryOf(w, f.children[0] ?? NONE);
    if (child === null) return finish(t, null);
    const parent = masterEntryOf(w, child.parent);
    t.code = 'KERN_SUCCESS';
    const stale = f.how === 'exited' ? child.state !== 'zombie' : !child.unreported;
    if (stale || parent === null || parent.capability === NONE) return;
    const how = f.how === 'exited' ? 'exited' : child.stopped === 0 ? 'continued' : 'stopped';
    const body: ChildReport = { pid: child.parent, child: child.pid, how };
    rpc(w, t, parent.capability, 'vproc.child_exit', { body });
  }),
  step('go on with the next one', (w, t, f) => {
    if (t.code === 'KERN_SUCCESS' || ++f.tries >= MAXIMUM_TRIES) {
      f.children.shift();
      f.tries = 0;
    }
    goTo(w, t, 'call the PMA of the parent');
  }),
]);

/** A node has failed: every process there has died with it [mechanisms 5.6]. */
export function masterNodeDown(w: OsfWorld, master: PmMaster, node: number): void {
  const children: number[] = [];
  const owed: Owed[] = [];
  for (const entry of w.masterEntries.rows) {
    if (!entry.live || entry.state !== 'alive' || entry.node !== node) continue;
    const ending = ends(w, entry, lostWithNode());
    children.push(...ending.told);
    owed.push(...ending.owed);
  }
  const task = at(w.tasks, master.task);
  const t = threadCreate(w, task, task.name);
  call(t, hangUp, { owed, tries: 0 });
  call(t, callParents, { children, how: 'exited', tries: 0 } satisfies CallBacks);
  threadStart(w, t);
}
