/**
 * killpg reaches every process that is a member of the group and alive from its beginning to its end, exactly once, although
 * members move meanwhile [mechanisms 5.3, 5.8]. Who joins, leaves, exits or is created meanwhile may be reached or not, but
 * nobody twice.
 *
 * A call is known by the thread that performs it. A call whose node fails is over, without an end.
 */
import { NONE } from '../../base/table.ts';
import { broken, type CheckedWorld } from '../checker.ts';
import type { Monitor } from './monitor.ts';

interface Killpg {
  readonly node: string;
  readonly group: number;
  /** The members at its beginning that have been in the group, alive, ever since. */
  readonly members: Set<number>;
  readonly reached: Set<number>;
}

export const everyMemberOnce: Monitor = {
  rule: 'P8',
  story: 'killpg reaches every member that is alive throughout exactly once',
  begin() {
    const calls = new Map<number, Killpg>();
    return (w) => {
      for (const notice of w.notices) {
        if (notice.kind !== 'protocol') continue;
        const { event, thread, node, text } = notice;
        if (event === 'killpg') {
          const group = numberIn(text, /to group (\d+)/);
          calls.set(thread, { node, group, members: membersOf(w, group), reached: new Set() });
        } else if (event === 'signal') accepted(calls, text);
        else if (event === 'killpg done') {
          ended(w, calls.get(thread), text);
          calls.delete(thread);
        }
      }
      for (const [thread, { node, group, members }] of calls) {
        if (w.nodes.rows.find((each) => each.name === node)?.up !== true) calls.delete(thread);
        const now = membersOf(w, group);
        for (const pid of members) if (!now.has(pid)) members.delete(pid);
      }
    };
  },
};

function accepted(calls: ReadonlyMap<number, Killpg>, text: string): void {
  const call = calls.get(numberIn(text, /of killpg (\d+)/));
  if (call === undefined) return;
  const pid = numberIn(text, /for (\d+)/);
  if (call.reached.has(pid)) broken('P8', `killpg to group ${call.group} reaches process ${pid} a second time`);
  call.reached.add(pid);
}

/** Without permission for one of them, or without the PM Master, nobody need be reached. */
function ended(w: CheckedWorld, call: Killpg | undefined, code: string): void {
  if (call === undefined || code !== 'KERN_SUCCESS') return;
  const now = membersOf(w, call.group);
  for (const pid of call.members) {
    if (!now.has(pid) || call.reached.has(pid) || !isOfUser(w, pid)) continue;
    broken('P8', `killpg to group ${call.group} has not reached process ${pid}, which was a member all the time`);
  }
}

/** Those whom the PM Master has in the group, and a PMA has alive. */
function membersOf(w: CheckedWorld, group: number): Set<number> {
  const inGroup = w.masterEntries.rows.filter((each) => each.live && each.state === 'alive' && each.group === group);
  return new Set(inGroup.map(({ pid }) => pid).filter((pid) => isAlive(w, pid)));
}

function isAlive(w: CheckedWorld, pid: number): boolean {
  const procs = w.procs.rows.filter((each) => each.live && each.pid === pid);
  return procs.length > 0 && procs.every(({ state }) => state !== 'exiting' && state !== 'creating');
}

/** Whether all processes are one user's: otherwise permission decides, too. */
function isOfUser(w: CheckedWorld, pid: number): boolean {
  const users = w.procs.rows.filter((each) => each.live && (each.pid === pid || each.list === 'active'));
  return new Set(users.map(({ realUid }) => realUid).filter((uid) => uid !== 0)).size === 1;
}

const numberIn = (text: string, pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? NONE);
