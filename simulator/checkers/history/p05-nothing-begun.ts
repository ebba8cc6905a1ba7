/**
 * From the freeze on no handler is begun for a process, and nothing of it changes: what the destination gets is what was frozen
 * [mechanisms 5.5 (a), (b), 5.8].
 *
 *   frozen         only the calls are in progress that were so at the freeze, and what a call that is awaited may depend on:
 *                  signals and the reports of children (admission.ts, mustPass); and the copying of the task meanwhile (prepare.ts)
 *   migrating      none is, and the proc says the same in every field until it is freed here or put back
 *   active there   the proc there says what the frozen one said; what counts moves and nodes is another's business [P7, P3]
 *
 * A handler is known by the frame in which it was admitted, whether the PMA has counted it or not.
 */
import { NONE } from '../../base/table.ts';
import { admission, operations, type Admission } from '../../osf1/pma/admission.ts';
import { procOf, type CallInProgress, type Proc } from '../../osf1/proc.ts';
import type { Vproc } from '../../osf1/vproc.ts';
import { broken, type CheckedWorld } from '../checker.ts';
import type { Monitor } from './monitor.ts';

interface Frozen {
  /** The row, and the proc: a row that is used again is another object. */
  readonly vproc: Vproc;
  readonly proc: Proc;
  readonly pid: number;
  readonly node: number;
  /** Identities of the threads whose calls were in progress at the freeze, or have been let through since. */
  readonly threads: number[];
  /** Calls were awaited when the last event began. */
  awaits: boolean;
  /** What the proc said when it was put on the migrating list; empty before. */
  said: string;
  /** It is active where it went, or was; what is here is left over. */
  arrived: boolean;
}

export const nothingBegun: Monitor = {
  rule: 'P5',
  story: 'nothing is begun for a frozen process, and it arrives as it was frozen',
  begin() {
    const frozen: Frozen[] = [];
    return (w) => {
      for (const vproc of w.vprocs.rows) {
        if (!vproc.live || vproc.state !== 'frozen' || frozen.some((each) => each.vproc === vproc)) continue;
        const proc = w.procs.rows[vproc.proc]!;
        const threads = proc.callsInProgress.map(({ thread }) => thread);
        const { pid, node } = vproc;
        frozen.push({ vproc, proc, pid, node, threads, awaits: awaitsCalls(vproc, proc), said: '', arrived: false });
      }
      for (let i = frozen.length - 1; i >= 0; i--) if (!isStill(w, frozen[i]!)) frozen.splice(i, 1);
    };
  },
};

/** False if there is nothing left to see. */
function isStill(w: CheckedWorld, each: Frozen): boolean {
  const { vproc, proc, pid, node } = each;
  if (each.said !== '' && !each.arrived) each.arrived = isArrived(w, each);
  // It was detached and is gone from here with the node, or has ended.
  if (!proc.live) return each.said !== '' && !each.arrived;
  if (proc.list === 'active' && (each.said !== '' || vproc.state !== 'frozen')) return false;
  for (const call of proc.callsInProgress) {
    if (each.threads.includes(call.thread)) continue;
    if (!mayBegin(each, call)) broken('P5', `${call.request.operation} is begun for process ${pid}, which is frozen`);
    each.threads.push(call.thread);
  }
  onlyCounted(w, each);
  each.awaits = awaitsCalls(vproc, proc);
  if (proc.list !== 'migrating') return true;
  const now = observable(proc);
  if (each.said === '') each.said = now;
  else if (each.said !== now)
    broken('P5', `process ${pid}, frozen at node ${node}, changes: ${difference(each.said, now)}`);
  return true;
}

const awaitsCalls = (vproc: Vproc, proc: Proc): boolean =>
  vproc.awaitsCalls && proc.callsInProgress.some(({ request }) => operations[request.operation]?.waits);

/** The awaited call may depend on it; a process that was lost with a node ends; the task may be copied early. */
function mayBegin({ awaits }: Frozen, { request: { operation, reply, client } }: CallInProgress): boolean {
  if (operation === 'vproc.signal' || operation === 'vproc.child_exit') return awaits;
  return operation === 'migration.prepare' || (operation === 'pma.exit' && reply === NONE && client === NONE);
}

/** Whoever executes a request that concerns the state of the process is one of those that are in progress. */
function onlyCounted(w: CheckedWorld, { pid, node, proc }: Frozen): void {
  const pma = w.pmas.rows.find((each) => each.live && each.node === node);
  for (const t of w.threads.rows) {
    if (!t.live || t.node !== node || t.task !== pma?.task) continue;
    for (let frame = t.top; frame !== null; frame = frame.below) {
      if (frame.routine !== admission.index || frame.step !== 1) continue;
      const { pid: of, operation, refused } = frame.data as Admission;
      if (of !== pid || refused !== undefined || operations[operation]?.counted !== true) continue;
      if (!proc.callsInProgress.some(({ thread }) => thread === t.identity))
        broken('P5', `${operation} is executed for process ${pid}, which is frozen, and is not counted`);
    }
  }
}

/** It is active where it went: as it was. */
function isArrived(w: CheckedWorld, { vproc, node, pid, said }: Frozen): boolean {
  for (const other of w.procs.rows) {
    if (!other.live || other.pid !== pid || other.node === node || other.list !== 'active') continue;
    const now = observable(other);
    if (other.state !== 'exiting' && now !== said)
      broken('P5', `process ${pid}, frozen at node ${vproc.node}, arrives with ${difference(said, now)}`);
    return true;
  }
  return procOf(w, node, pid) === null && !w.procs.rows.some((other) => other.live && other.pid === pid);
}

/** In words: the fields that are not the same in what was said of a proc. */
function difference(before: string, after: string): string {
  const [was, is] = [JSON.parse(before), JSON.parse(after)] as [Record<string, unknown>, Record<string, unknown>];
  const inWords = (value: unknown): string => JSON.stringify(value) ?? 'nothing';
  const changed = Object.keys({ ...was, ...is }).filter((field) => inWords(was[field]) !== inWords(is[field]));
  return changed.map((field) => `${field} ${inWords(is[field])} instead of ${inWords(was[field])}`).join(', ');
}

/** What goes along with the process: neither where it is and what it is called there, nor what is counted by nodes and moves. */
function observable(proc: Proc): string {
  const { id: _id, node: _node, list: _list, names: _names, processPort: _port, usage, ...rest } = proc;
  const { lastMigrated: _last, migrations: _moves, news: _news, callsInProgress: _calls, state, timer, ...same } = rest;
  const children = [usage.children, usage.computed.children];
  return JSON.stringify({ ...same, stopped: state === 'stopped', children, timer: [timer.expires, timer.interval] });
}
