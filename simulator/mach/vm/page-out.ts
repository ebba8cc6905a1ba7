/**
 * Page-out: when more pages are resident than the node has memory for, some leave [mechanisms 3.2, data_return].
 *
 * Which one leaves next the node's queues say (page-queues.ts): one that nobody has touched for long. A page that its pager
 * has as it is, is forgotten; zeros that were never written are too. What an import has written goes back to its home, what
 * a task's pager manages to that pager, and anonymous memory to the node's default pager, which makes a paging object for it
 * first. One thread of the kernel does it, as long as memory is short.
 */
import { NONE, at } from '../../base/table.ts';
import { rpcToPort } from '../ipc/mach-msg.ts';
import { discard } from '../ipc/release.ts';
import { MOVE_SEND, copyin } from '../ipc/right.ts';
import type { Node } from '../node.ts';
import { call, finish, goTo, routine, step } from '../routine.ts';
import { threadCreate, threadStart, wakeOne, type Thread } from '../thread.ts';
import { tell, type MachWorld } from '../world.ts';
import { defaultPagerOf } from './default-pager.ts';
import {
  ABSENT,
  BYTES_PER_PAGE,
  EMPTY,
  NO_ACCESS,
  READ_ACCESS,
  isDirty,
  isHome,
  objectSince,
  pageOf,
  setPage,
  setPager,
  type VmObject,
} from './object.ts';
import { nextToLeave, queuesOf } from './page-queues.ts';
import { isTurn, pageChannel, turnDone, waitForTurn } from './page-in.ts';

/** Body of `memory_object_data_return`: a page goes back to its pager. */
export interface DataReturn {
  readonly page: number;
  readonly version: number;
  /** The importing kernel that gives it back. */
  readonly kernel?: number;
}

/** A home numbers its answer like everything that it says to a kernel. */
export interface DataReturned {
  readonly sequence?: number;
}

/** Begins to page out if the node is short of memory. */
export function relieve(w: MachWorld, id: number): void {
  const node = at(w.nodes, id);
  if (node.pageOut !== NONE || !isShort(node)) return;
  const t = threadCreate(w, at(w.tasks, node.kernelTask), `pageout@${node.name}`);
  node.pageOut = t.identity;
  call(t, pageOutRoutine, { object: NONE, since: 0, page: 0, version: 0 } satisfies PageOut);
  threadStart(w, t);
}

function isShort(node: Node): boolean {
  return node.residentPages * BYTES_PER_PAGE > node.memory;
}

/** Whether the page must be given back before the object may forget it. */
export function oweBack(object: VmObject, page: number): boolean {
  return pageOf(object, page) >= 0 && isDirty(object, page);
}

interface PageOut {
  object: number;
  /** Event in which the page was chosen. */
  since: number;
  page: number;
  version: number;
  sequence?: number | undefined;
}

export const pageOutRoutine = routine<MachWorld, PageOut>('vm.page out', 'makes room in memory', [
  step('choose a page', (w, t, f) => {
    const node = at(w.nodes, t.node);
    while (isShort(node) && nextPage(w, node, f)) {
      const object = at(w.objects, f.object);
      f.since = w.events;
      if (oweBack(object, f.page)) return;
      drop(w, object, f.page);
    }
    node.pageOut = NONE;
    finish(t);
  }),
  step('have a paging object made', (w, t, f) => {
    const object = objectSince(w, f.object, f.since);
    if (object === null) return goTo(w, t, 'choose a page');
    if (object.pager !== NONE) return goTo(w, t, 'give the page back');
    rpcToPort(w, t, defaultPagerOf(w, t.node), 'default_pager_object_create', { body: { size: object.size } });
  }),
  step('page to it', (w, t, f) => {
    const name = t.names[0];
    const right = name === undefined ? null : copyin(w, at(w.tasks, t.task), name, MOVE_SEND);
    const object = objectSince(w, f.object, f.since);
    if (right !== null && object === null) discard(w, right);
    if (right === null || object === null) return stop(w, t);
    setPager(w, object, right.port);
    object.backing = new Int32Array(object.size);
  }),
  step('give the page back', (w, t, f) => {
    const object = objectSince(w, f.object, f.since);
    if (object === null || !oweBack(object, f.page)) return goTo(w, t, 'choose a page');
    const { page } = f;
    f.version = pageOf(object, page);
    const kernel = object.kernel === NONE ? {} : { kernel: object.kernel };
    if (object.kernel !== NONE) hold(object, page);
    tell(w, 'page out', object.node, null, NONE, `page ${page} of ${object.label}`);
    const body: DataReturn = { page, version: f.version, ...kernel };
    rpcToPort(w, t, at(w.ports, object.pager), 'memory_object_data_return', { body, pages: 1 });
  }),
  step('it is there', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return goTo(w, t, 'give up');
    f.sequence = (t.body as DataReturned | null)?.sequence;
  }),
  step('forget it', (w, t, f) => {
    const object = objectSince(w, f.object, f.since);
    if (object === null) return goTo(w, t, 'choose a page');
    if (!isTurn(object, f.sequence)) return waitForTurn(w, t, object);
    object.backing![f.page] = f.version;
    if (pageOf(object, f.page) === f.version) drop(w, object, f.page);
    release(w, object, f.page);
    turnDone(w, object, f.sequence);
    goTo(w, t, 'choose a page');
  }),
  step('give up', (w, t, f) => {
    const object = objectSince(w, f.object, f.since);
    if (object !== null) {
      release(w, object, f.page);
      turnDone(w, object, undefined);
    }
    stop(w, t);
  }),
]);

function stop(w: MachWorld, t: Thread): void {
  at(w.nodes, t.node).pageOut = NONE;
  finish(t);
}

/** Chooses the page that leaves next; false if none can. */
function nextPage(w: MachWorld, node: Node, f: PageOut): boolean {
  const q = queuesOf(w, node);
  const frame = nextToLeave(q, (object, page) => {
    const of = at(w.objects, object);
    return canLeave(of) && !of.requests.some((each) => each.page === page);
  });
  if (frame === NONE) return false;
  f.object = q.object[frame]!;
  f.page = q.page[frame]!;
  return true;
}

/** Not what other nodes import in turn from an import: their home decides about it. */
function canLeave(object: VmObject): boolean {
  return !object.lost && (object.kernel === NONE || !isHome(object));
}

/** The page is not here any more; it can be asked for again, unless it was zeros that nobody keeps. */
function drop(w: MachWorld, object: VmObject, page: number): void {
  setPage(w, object, page, object.pager === NONE ? EMPTY : ABSENT);
  if (object.pager !== NONE && object.access !== null) object.access[page] = NO_ACCESS;
}

/** Nobody writes the page while it is on its way back: who wants to, waits as for a page that was asked for. */
function hold(object: VmObject, page: number): void {
  if (object.access !== null) object.access[page] = Math.min(object.access[page]!, READ_ACCESS);
  object.requests = [...object.requests, { page, access: NO_ACCESS, waiters: [] }];
}

function release(w: MachWorld, object: VmObject, page: number): void {
  const held = object.requests.find((each) => each.page === page && each.access === NO_ACCESS);
  if (held === undefined) return;
  object.requests = object.requests.filter((each) => each !== held);
  for (const waiter of held.waiters) wakeOne(w, waiter, pageChannel(object, page));
}
