/**
 * The end of a process, as the PM Master sees it: it becomes a zombie, its children get init as their parent, and the
 * PMAs of those who may be waiting are called back [mechanisms 5.3].
 *
 * The PMA that reports the exit is answered before anybody is called back. A call-back that finds the parent gone from
 * its PMA is tried again at the place that this table then says [5.2]. If the parent is another PM Master's, that one is
 * asked to call back. What becomes of those who are left behind is in orphans.ts and hang-up.ts.
 */
import { NONE, at } from '../../base/table.ts';
import { answer, rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { call, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { threadCreate, threadStart, wakeAll, type Thread } from '../../mach/thread.ts';
import { lostWithNode, type Ended } from '../ended.ts';
import { announce, exitChannel } from '../announce.ts';
import type { ChildReport } from '../pma/wait.ts';
import { ABSENT } from '../pma/admission.ts';
import { isStale } from '../pma/vproc-call.ts';
import { numbered, type Asker, type Numbered } from '../request-number.ts';
import type { OsfWorld } from '../world.ts';
import { hangUp, hangUpForeground, hangUpHere, type HangUp } from './hang-up.ts';
import { INIT, masterOf, ownEntries, ownEntryOf, type MasterEntry, type PmMaster } from './entry.ts';
import { forgetOwner } from './blocks.ts';
import { NOTICED, findOwner, isBroker, isOnly, type Owner } from './owner.ts';
import { leaveOrphans, makeOrphan, orphans, tiesOf } from './orphans.ts';
import { beginTakeOver } from './take-over.ts';

/** Body of `pmm.exit`: name and parent are for a PM Master that has forgotten them. */
export interface ExitReport {
  readonly pid: number;
  readonly name: string;
  readonly parent: number;
  readonly node: number;
  readonly ended: Ended;
  readonly usage: number;
  /** Of that, computation. */
  readonly computed: number;
  readonly migrations: number;
  readonly delivered: number;
  /** Children that have not been waited for. */
  readonly children: readonly number[];
}

/** Of what the parents are told. */
export interface CallBacks extends Asker {
  readonly children: number[];
  readonly how: 'exited' | 'changed';
  /** What has been said last. */
  report?: ChildReport;
  tries: number;
}

const MAXIMUM_TRIES = 8;

const masterExit = routine<OsfWorld, Request>('pmm.exit', 'makes a process a zombie', [
  step('mark it and answer', (w, t, f) => {
    const report = f.body as ExitReport;
    const entry = ownEntryOf(w, t, report.pid);
    if (entry?.state !== 'alive') return finish(t, { code: 'ESRCH' } satisfies Payload);
    const { usage, computed, migrations, delivered } = report;
    Object.assign(entry, { usage, computed, migrations, delivered });
    entry.elsewhere = entry.elsewhere.filter((child) => report.children.includes(child));
    leave(t, [ends(w, masterOf(w, t), entry, report.ended)]);
    answer(w, t, f.reply, {});
  }),
  step('be done', (_w, t) => finish(t, null)),
]);

/** Whom the end of a process concerns. */
interface Ending {
  /** Whose parents are to be told: the process itself, and zombies that it leaves. */
  readonly told: readonly number[];
  /** The group in the foreground of the terminal of its session. */
  readonly foreground: HangUp | null;
  /** Its children whose entries other PM Masters own, and groups that have lost a tie. */
  readonly elsewhere: readonly number[];
  readonly groups: readonly number[];
}

/** The thread tells all of them: parents first, then those who are left behind. */
export function leave(t: Thread, endings: readonly Ending[]): void {
  const all = <T>(of: (ending: Ending) => readonly T[]): T[] => endings.flatMap(of);
  call(
    t,
    leaveOrphans,
    orphans(
      all(({ elsewhere }) => elsewhere),
      all(({ groups }) => groups),
    ),
  );
  for (const { foreground } of endings) if (foreground !== null) call(t, hangUp, foreground);
  call(t, callParents, { children: all(({ told }) => told), how: 'exited', tries: 0 } satisfies CallBacks);
}

/** The process is a zombie now. */
export function ends(w: OsfWorld, master: PmMaster, entry: MasterEntry, { status, signal, lost }: Ended): Ending {
  const groups = tiesOf(w, entry);
  entry.state = 'zombie';
  entry.stopped = 0;
  entry.unreported = false;
  Object.assign(entry, { status, signal, lost });
  const { pid } = entry;
  w.notices.push({ kind: 'exited', pid, node: w.nodes.rows[entry.node]?.name ?? '', status, signal, lost });
  announce(w, exitChannel(pid));
  const told = [pid];
  for (const child of ownEntries(w, master)) {
    if (child.parent !== pid) continue;
    makeOrphan(w, child);
    if (child.state === 'zombie') told.push(child.pid);
  }
  return { told, groups, elsewhere: entry.elsewhere.splice(0), foreground: hangUpForeground(w, entry) };
}

export const callParents = routine<OsfWorld, CallBacks>('pmm.call_back', 'tells parents what became of a child', [
  step('call the PMA of the parent', (w, t, f) => {
    const pid = f.children[0];
    if (pid === undefined) return finish(t, null);
    const child = ownEntryOf(w, t, pid);
    t.code = 'KERN_SUCCESS';
    const stale = f.how === 'exited' ? child?.state !== 'zombie' : child?.unreported !== true;
    if (child === null || stale) return goTo(w, t, 'go on with the next one');
    const parent = ownEntryOf(w, t, child.parent);
    const body = numberedReport(w, f, child);
    if (parent === null) {
      // Another PM Master's process has made it here, and is here still, as a rule.
      const near = child.node === t.node && child.capability !== NONE;
      t.code = ABSENT;
      return near ? rpc(w, t, child.capability, 'vproc.child_exit', { body }) : undefined;
    }
    goTo(w, t, 'go on with the next one');
    if (parent.capability !== NONE) rpc(w, t, parent.capability, 'vproc.child_exit', { body });
  }),
  step('find the PM Master of the parent', (w, t, f) => {
    if (t.code === 'KERN_SUCCESS') return goTo(w, t, 'go on with the next one');
    const child = ownEntryOf(w, t, f.children[0]!)!;
    call(t, findOwner, { pid: child.parent });
  }),
  step('ask the PM Master of the parent to do it', (w, t, f) => {
    const owner = t.result as Owner;
    const child = ownEntryOf(w, t, f.children[0]!)!;
    t.code = owner.own ? 'ESRCH' : 'KERN_SUCCESS';
    if (owner.own || owner.name === NONE) return;
    rpc(w, t, owner.name, 'pmm.child_exit', { body: numberedReport(w, f, child) });
  }),
  step('see whether there still is a parent', (w, t, f) => {
    const child = ownEntryOf(w, t, f.children[0]!);
    if (t.code === 'ESRCH' && child !== null) child.parent = INIT;
  }),
  step('go on with the next one', (w, t, f) => {
    if (t.code === 'KERN_SUCCESS' || ++f.tries >= MAXIMUM_TRIES) {
      f.children.shift();
      f.tries = 0;
      f.request = undefined;
    }
    goTo(w, t, 'call the PMA of the parent');
  }),
]);

/** Said again to the same parent it is the same request; to another parent it is another, whoever has executed the first [P4]. */
function numberedReport(w: OsfWorld, f: CallBacks, child: MasterEntry): ChildReport & Numbered {
  const report = reportOf(child, f.how);
  if (report.pid !== f.report?.pid || report.how !== f.report.how) f.request = undefined;
  f.report = report;
  return numbered(w, f, report);
}

function reportOf(child: MasterEntry, how: CallBacks['how']): ChildReport {
  const change = how === 'exited' ? 'exited' : child.stopped === 0 ? 'continued' : 'stopped';
  return { pid: child.parent, child: child.pid, how: change };
}

interface ChildExit extends Request, Asker {
  tries?: number;
}

/** Another PM Master has a child of a process of this one; ESRCH: the parent has ended. */
const childExit = routine<OsfWorld, ChildExit>('pmm.child_exit', 'has a parent told what became of a child', [
  step('call the PMA of the parent', (w, t, f) => {
    const body = f.body as ChildReport & Numbered;
    f.request ??= body.request;
    const parent = ownEntryOf(w, t, body.pid);
    if (parent?.state !== 'alive') return finish(t, { code: 'ESRCH' } satisfies Payload);
    if (parent.capability === NONE) return finish(t, {} satisfies Payload);
    rpc(w, t, parent.capability, 'vproc.child_exit', { body: numbered(w, f, body) });
  }),
  step('answer', (w, t, f) => {
    f.tries = (f.tries ?? 0) + 1;
    if (isStale(t.code) && f.tries < MAXIMUM_TRIES) return goTo(w, t, 'call the PMA of the parent');
    finish(t, {} satisfies Payload);
  }),
]);

export const exitRoutines: readonly Routine[] = [masterExit, childExit, hangUpHere];

/**
 * A node has failed: every process there has died with it [mechanisms 5.6]. If there was a PM Master the broker takes over
 * what that one had.
 */
export function masterNodeDown(w: OsfWorld, master: PmMaster, node: number): void {
  const lost = ownEntries(w, master).filter((entry) => entry.state === 'alive' && entry.node === node);
  const task = at(w.tasks, master.task);
  const t = threadCreate(w, task, task.name);
  leave(
    t,
    lost.map((entry) => ends(w, master, entry, lostWithNode())),
  );
  threadStart(w, t);
  if (isOnly(w)) return;
  forgetOwner(master, node);
  wakeAll(w, task, NOTICED);
  if (isBroker(w, master)) beginTakeOver(w, master);
}
