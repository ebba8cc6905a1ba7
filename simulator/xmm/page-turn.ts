/**
 * Whose turn it is at a page of a memory object [mechanisms 3.2, X5].
 *
 * One request per page is active. Others queue; two of the same kernel that both wait are one as far as access goes (the
 * greater of the two), so that the second is satisfied already when its turn comes. A request that waits for the manager
 * above this node does not hold up that manager: what it takes away meanwhile it will have to supply again.
 */
import { again } from '../mach/routine.ts';
import { blockOn, wakeOnNode, wakeOne, type Thread } from '../mach/thread.ts';
import type { VmObject } from '../mach/vm/object.ts';
import { MANAGER, lookForUsers, type ActiveRequest, type MemoryObject, type Phase } from './memory-object.ts';
import type { XmmWorld } from './world.ts';

/** The thread's request stands in the queue of the page, if it does not yet. */
export function requestPage(m: MemoryObject, page: number, kernel: number, access: number, thread: number): void {
  if (m.requests.some((each) => each.thread === thread && each.page === page)) return;
  const waiting = m.requests.find((each) => {
    return each.page === page && each.kernel === kernel && each.phase === 'queued';
  });
  if (waiting !== undefined) waiting.access = Math.max(waiting.access, access);
  m.requests.push({ page, kernel, access, phase: 'queued', thread });
}

/** Makes the thread's request the active one if it is its turn; otherwise the thread waits and performs the step again. */
export function askInTurn(w: XmmWorld, t: Thread, m: MemoryObject, page: number): boolean {
  const mine = requestOf(m, page, t);
  if (mine.phase === 'queued' && !isTurnOf(m, mine)) {
    blockOn(w, t, pageTurnChannel(m, page));
    again(t);
    return false;
  }
  mine.phase = 'kernels';
  return true;
}

function isTurnOf(m: MemoryObject, mine: ActiveRequest): boolean {
  for (const each of m.requests) {
    if (each.page !== mine.page || each === mine) continue;
    if (each.phase === 'queued') {
      if (mine.kernel !== MANAGER && m.requests.indexOf(each) < m.requests.indexOf(mine)) return false;
    } else if (mine.kernel !== MANAGER || each.phase !== 'pager') return false;
  }
  return true;
}

export function enterPhase(w: XmmWorld, m: MemoryObject, page: number, t: Thread, phase: Phase): void {
  requestOf(m, page, t).phase = phase;
  if (phase === 'pager') wakeQueue(w, m, page);
}

export function endRequest(w: XmmWorld, m: MemoryObject, page: number, t: Thread): void {
  const mine = requestOf(m, page, t);
  m.requests = m.requests.filter((each) => each !== mine);
  wakeQueue(w, m, page);
  lookForUsers(w, m);
}

function requestOf(m: MemoryObject, page: number, t: Thread): ActiveRequest {
  return m.requests.find((each) => each.page === page && each.thread === t.identity)!;
}

/** Whoever waits for the page looks again whether it is his turn. */
function wakeQueue(w: XmmWorld, m: MemoryObject, page: number): void {
  const channel = pageTurnChannel(m, page);
  for (const each of m.requests) if (each.page === page && each.phase === 'queued') wakeOne(w, each.thread, channel);
}

function pageTurnChannel(m: MemoryObject, page: number): string {
  return `turn at page ${page} of memory object ${m.id}`;
}

export function copyingChannel(object: VmObject): string {
  return `copy of ${object.label}/${object.id}`;
}

/** The copy is made: those who wait to write go on. */
export function copyMade(w: XmmWorld, object: VmObject, m: MemoryObject): void {
  m.copying = false;
  wakeOnNode(w, object.node, copyingChannel(object));
  lookForUsers(w, m);
}
