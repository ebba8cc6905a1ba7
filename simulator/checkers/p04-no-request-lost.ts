/**
 * No request that a PMA has accepted is lost: whoever waits for an answer is answered, or told that there will be none.
 *
 * A send-once right brings exactly one message, unless somebody keeps it and forgets what it was for. So every reply right
 * that a PMA holds is that of a request that it has in hand: kept in a queue Q, or with a thread that executes it, sends it on
 * or answers it. And a kept request has its own reply right, if it had one.
 *
 * That none is executed twice takes two moments (history/p04-executed-once.ts).
 */
import { NONE } from '../base/table.ts';
import { DEAD_NAME, SEND_ONCE, entriesOf, lookup, nameAt, typeAt } from '../mach/ipc/space.ts';
import type { Task } from '../mach/task.ts';
import { threadsOf } from '../mach/task-threads.ts';
import { broken, type CheckedWorld, type Checker } from './checker.ts';

export const noRequestLost: Checker = {
  rule: 'P4',
  story: 'every kept request has its reply right, and every reply right its request',
  check(w) {
    for (const vproc of w.vprocs.rows) {
      if (!vproc.live || vproc.pending.length === 0) continue;
      if (!w.pmas.rows.some((each) => each.live && each.node === vproc.node))
        broken('P4', `requests for ${vproc.pid} are kept on a node without a PMA`);
    }
    for (const pma of w.pmas.rows) if (pma.live) repliesAt(w, pma.node, w.tasks.rows[pma.task]!);
  },
};

function repliesAt(w: CheckedWorld, node: number, task: Task): void {
  const { space } = task;
  const kept = new Set<number>();
  for (const { live, node: on, pid, pending } of w.vprocs.rows) {
    if (!live || on !== node) continue;
    for (const { operation, reply } of pending) {
      if (reply === NONE) continue;
      if (kept.has(reply)) broken('P4', `two requests for ${pid} would be answered by one right`);
      const type = lookup(space, reply)?.type;
      if (type !== SEND_ONCE && type !== DEAD_NAME) broken('P4', `${operation} for ${pid} cannot be answered`);
      kept.add(reply);
    }
  }
  for (let index = 0; index < entriesOf(space); index++) {
    if (typeAt(space, index) !== SEND_ONCE) continue;
    const name = nameAt(space, index);
    if (kept.has(name) || isInHand(w, task, name)) continue;
    broken('P4', `nobody at ${task.name} on ${w.nodes.rows[node]!.name} will answer a request (${name})`);
  }
}

/**
 * What a thread that has to do with a request has in a frame, whatever the routine; and what the agent of a task migration has
 * there, which works beside the PMA and holds the requested notifications of a name while it moves [4.3].
 */
interface HasRequest {
  readonly reply?: number;
  readonly lifted?: readonly { readonly right: number }[];
  readonly request?: unknown;
  readonly saved?: unknown;
  readonly sent?: unknown;
}

function isInHand(w: CheckedWorld, task: Task, name: number): boolean {
  return threadsOf(w, task).some((t) => {
    if (t.reply === name || t.names.includes(name)) return true;
    for (let frame = t.top; frame !== null; frame = frame.below) {
      const { reply, lifted, request, saved, sent } = frame.data as HasRequest;
      if (reply === name || lifted?.some(({ right }) => right === name) === true) return true;
      for (const each of [request, saved, sent])
        if ((each as HasRequest | null | undefined)?.reply === name) return true;
    }
    return false;
  });
}
