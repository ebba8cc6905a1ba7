/**
 * Moving a migration group: who asks for one member has asked for all [paper section 4; mechanisms 5.5 start, 5.7].
 *
 * The PMA of the member that was asked for sees to it, in two phases, so that a refusal changes nothing:
 *
 *   ask     the PMAs say who is in the group; the destination gives the group one turn, and says now whether it takes
 *           processes in; each member is promised by its PMA. If one of them cannot move, all promises are taken back: no
 *           process was frozen.
 *   move    the members move one after the other, in the order of their pids, each as if it moved alone. A call in which one
 *           of the others only waits is made again there, whatever was asked for: it may wait for the member that has asked,
 *           which waits for the group. Who has ended meanwhile has ended. At the end the PMAs are asked again: children that
 *           were born meanwhile follow.
 *
 * After the first phase only the failure of a node can stop a group half way; the answer says so, and the members that have
 * not moved go on where they are.
 */
import { NONE } from '../../base/table.ts';
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { finish, goTo, routine, step } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import type { Migrate } from '../../osf1/pma/pcntl.ts';
import { peerOf, pmaAt, pmaOf } from '../../osf1/pma/pma.ts';
import { vprocCall } from '../../osf1/pma/vproc-call.ts';
import { procOf } from '../../osf1/proc.ts';
import { recordOf } from '../process/migrate.ts';
import { askForTurn, giveTurnBack } from '../process/turn.ts';
import { migrationEnd, type MigrationWorld } from '../record.ts';
import { membersOn, type MemberMove, type Promised } from './members.ts';

interface MoveGroup extends Migrate {
  group?: number;
  /** Nodes whose PMAs are still to be asked for members. */
  nodes?: number[];
  /** Members that have still to be asked, that have promised, and that need not be thought of any more. */
  found?: number[];
  promised?: number[];
  seen?: number[];
  /** The destination has given it its turn. */
  held?: boolean;
  code?: string;
  reason?: string;
  /** Account that the caller's request is booked on. */
  caller?: number;
  migration: number;
}

/** A group that gives birth faster than it moves is left at that. */
const MOST_MEMBERS = 256;

/** Finishes with a Payload: success, or why nobody has moved, or not everybody. */
export const moveGroup = routine<MigrationWorld, MoveGroup>('migration.move_group', 'moves a migration group', [
  step('begin', (w, t, f) => {
    f.group = procOf(w, t.node, f.pid)!.migrationGroup;
    f.code = 'KERN_SUCCESS';
    f.reason = '';
    f.seen = [];
    f.promised = [];
    f.caller = t.activity;
    t.activity = recordOf(w, t, procOf(w, t.node, f.pid)!, f).activity;
    if (pmaAt(w, f.node) === null) return refuse(w, t, f, 'ENOSYS', 'no PMA there');
    askForTurn(w, t, f.node, { turn: f.migration, from: t.node, group: true });
  }),
  step('see whether its turn has come', (w, t, f) => {
    if (t.code === 'EAGAIN') return refuse(w, t, f, 'EAGAIN', (t.body as { reason: string }).reason);
    if (t.code !== 'KERN_SUCCESS') return refuse(w, t, f, 'EHOSTDOWN', 'destination is down');
    f.held = true;
  }),
  step('look for members', (w, t, f) => {
    f.found = membersOn(w, t.node, f.group!);
    f.nodes = w.pmas.rows.filter(({ live, node }) => live && node !== t.node).map(({ node }) => node);
  }),
  step('ask the next PMA', (w, t, f) => {
    const node = f.nodes!.shift();
    if (node === undefined) return goTo(w, t, 'put them in order');
    const peer = peerOf(w, pmaOf(w, t), node);
    rpc(w, t, peer, 'migration.members', { body: { group: f.group! } });
  }),
  step('note who they are', (w, t, f) => {
    if (t.code === 'KERN_SUCCESS') f.found!.push(...(t.body as { pids: readonly number[] }).pids);
    goTo(w, t, 'ask the next PMA');
  }),
  step('put them in order', (w, t, f) => {
    const fresh = f.found!.filter((pid, place, all) => !f.seen!.includes(pid) && all.indexOf(pid) === place);
    f.found = fresh.sort((a, b) => a - b).slice(0, MOST_MEMBERS - f.seen!.length);
    // Nobody was born since they were asked last.
    if (f.found.length === 0) goTo(w, t, 'give the turn back');
  }),
  step('ask the next member', (w, t, f) => {
    const pid = f.found!.shift();
    if (pid === undefined) return goTo(w, t, 'move the next member');
    f.seen!.push(pid);
    vprocCall(t, f.pid, 'vproc.promise', promiseOf(t, f, pid));
  }),
  step('see whether it may move', (w, t, f) => {
    const { code = 'KERN_SUCCESS', body } = t.result as Payload;
    const pid = f.seen!.at(-1)!;
    const promised = code === 'KERN_SUCCESS' ? (body as Promised | undefined) : undefined;
    if (promised?.here === false) f.promised!.push(pid);
    // Who has ended, or is there, need not move.
    if (code === 'KERN_SUCCESS' || code === 'ESRCH') return goTo(w, t, 'ask the next member');
    refuse(w, t, f, code, `${pid} of its group: ${code}`);
  }),
  step('move the next member', (w, t, f) => {
    const pid = f.promised!.shift();
    if (pid === undefined) return goTo(w, t, 'look for members');
    const { node, uid, asker, migration } = f;
    const own = pid === f.pid ? migration : NONE;
    const calls = pid === f.pid ? f.calls : 'restart';
    const body: Migrate = { pid, node, uid, asker, calls, migration: own, turn: migration, alone: false };
    vprocCall(t, f.pid, 'vproc.migrate', body);
  }),
  step('see how it went', (w, t, f) => {
    const { code = 'KERN_SUCCESS', body } = t.result as Payload;
    if (code === 'KERN_SUCCESS' || code === 'ESRCH') return goTo(w, t, 'move the next member');
    refuse(w, t, f, code, (body as { reason?: string } | null | undefined)?.reason ?? code);
  }),
  step('take the next promise back', (_w, t, f) => {
    const pid = f.promised!.shift();
    if (pid !== undefined) vprocCall(t, f.pid, 'vproc.unpromise', promiseOf(t, f, pid));
  }),
  step('and the others', (w, t, f) => {
    if (f.promised!.length > 0) goTo(w, t, 'take the next promise back');
  }),
  step('give the turn back', (w, t, f) => {
    if (f.held === true) giveTurnBack(w, t, f.node, f.migration);
  }),
  step('report', (w, t, f) => {
    const { code, reason } = f;
    // The member that was asked for has its outcome, unless it has not moved.
    const failed = code === 'KERN_SUCCESS' || code === 'EHOSTDOWN';
    migrationEnd(w, f.migration, failed ? 'failed' : 'refused', reason === '' ? 'the process has exited' : reason);
    t.activity = f.caller!;
    finish(t, { code: code!, body: { reason } } satisfies Payload);
  }),
]);

const promiseOf = (t: Thread, { node, uid, migration }: MoveGroup, pid: number): MemberMove => ({
  ...{ pid, node, uid },
  turn: migration,
  by: t.node,
});

function refuse(w: MigrationWorld, t: Thread, f: MoveGroup, code: string, reason: string): void {
  f.code = code;
  f.reason = reason;
  goTo(w, t, 'take the next promise back');
}
