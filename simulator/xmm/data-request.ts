/**
 * memory_object_data_request at the home of an object: a kernel needs a page, or more access to one that it has
 * [mechanisms 3.2, 3.5].
 *
 *   read      a kernel that writes the page returns its data and goes on as a reader; else the home, another reader or
 *             the pager has it. The home remains a reader, if anybody uses the object there; if not, the page *moves*:
 *             the one kernel that has it may write it without asking again, and the home has its memory back
 *   write     every other kernel is flushed, one of them returning the data if the asking kernel lacks it; the page is
 *             pushed into the copy object, if it owes that
 *
 * The steps are the states of the engine: wait for the turn (X5), ask the kernels, ask the pager, look in the shadows (for
 * a kernel that got a right to this object alone, and so cannot do it itself), push, supply. The home's own kernel asks by
 * calling the same routine, without a message.
 */
import { NONE, at } from '../base/table.ts';
import { rpcToPort } from '../mach/ipc/mach-msg.ts';
import type { KernelAnswer, KernelRequest } from '../mach/kernel-call.ts';
import { call, finish, goTo, routine, step } from '../mach/routine.ts';
import type { Thread } from '../mach/thread.ts';
import { memorySupplied } from '../mach/vm/memory.ts';
import {
  ABSENT,
  EMPTY,
  LOST,
  NO_ACCESS,
  READ_ACCESS,
  WRITE_ACCESS,
  mayAccess,
  pageOf,
  setPage,
  type VmObject,
} from '../mach/vm/object.ts';
import {
  isTurn,
  pageIn,
  turnDone,
  waitForTurn,
  wakeWaiters,
  type DataRequest,
  type DataSupply,
} from '../mach/vm/page-in.ts';
import { tell } from '../mach/world.ts';
import type { LockRequest, PageData } from './lock-request.ts';
import {
  BLANK,
  DIRTY,
  NEEDS_COPY,
  grantedAccess,
  kernelNamed,
  losePage,
  memoryObjectOf,
  type MemoryObject,
  type UsingKernel,
} from './memory-object.ts';
import { askInTurn, copyingChannel, endRequest, enterPhase, requestPage } from './page-turn.ts';
import { blockOn } from '../mach/thread.ts';
import type { XmmWorld } from './world.ts';

interface Requested extends KernelRequest {
  readonly body: DataRequest;
  /** Vm object. */
  object?: number;
  /** What the asking kernel will be allowed to do. */
  give?: number;
  /** The page in hand: a version, EMPTY, LOST, or NONE while nobody has supplied it. */
  data?: number;
  /** Importing kernel that was asked last. */
  asked?: number;
  /** What the manager above has answered. */
  answer?: { readonly code: string; readonly body: DataSupply | null };
}

const invalid: KernelAnswer = { code: 'KERN_INVALID_ARGUMENT' };

export const dataRequest = routine<XmmWorld, Requested>('memory_object_data_request', 'supplies a page', [
  step('wait for the turn', (w, t, f) => {
    const port = w.ports.rows[f.port];
    if (port?.objectKind !== 'memory') return finish(t, invalid);
    const object = at(w.objects, port.object);
    const m = memoryObjectOf(w, object);
    const { page } = f.body;
    const kernel = f.body.kernel ?? NONE;
    if (page < 0 || page >= object.size || (kernel !== NONE && kernelNamed(m, kernel) === null)) {
      return finish(t, invalid);
    }
    f.object = object.id;
    const access = f.body.access === 'write' ? WRITE_ACCESS : READ_ACCESS;
    requestPage(m, page, kernel, access, t.identity);
    if (!askInTurn(w, t, m, page)) return;
    tell(w, 'data request', object.node, port, t.identity, `page ${page} of ${object.label}, to ${f.body.access}`);
    f.data = NONE;
    f.give = access === READ_ACCESS && isExclusive(m, object, page, kernel) ? WRITE_ACCESS : access;
    if (!holds(object, m, f) || accessOf(object, m, f) < access) return;
    f.give = accessOf(object, m, f);
    goTo(w, t, 'supply');
  }),
  step('ask the kernels', (w, t, f) => {
    const { object, m } = managed(w, f);
    takeFromHome(w, object, m, f);
    const other = nextToAsk(object, m, f);
    if (other === null) return goTo(w, t, 'ask the pager');
    f.asked = other.kernel;
    const { page } = f.body;
    const access = f.give === WRITE_ACCESS && other.kernel !== f.body.kernel ? NO_ACCESS : READ_ACCESS;
    const data = f.data === NONE && lacksData(object, m, f);
    const body: LockRequest = { page, access, data, sequence: ++other.sequence };
    const text = `page ${page} of ${object.label}: ${access === NO_ACCESS ? 'flush' : 'clean'}`;
    tell(w, 'lock request', object.node, at(w.ports, object.control), t.identity, text);
    rpcToPort(w, t, at(w.ports, other.control), 'memory_object_lock_request', { body });
  }),
  step('the kernel has let go', (w, t, f) => {
    if (isGone(w, t, f)) return finish(t, invalid);
    const { object, m } = managed(w, f);
    const other = kernelNamed(m, f.asked!);
    const { page } = f.body;
    if (other !== null && t.code === 'KERN_SUCCESS') {
      const { version } = t.body as PageData;
      if (f.data === NONE && version !== NONE) f.data = version;
      const left = f.give === WRITE_ACCESS && other.kernel !== f.body.kernel ? NO_ACCESS : READ_ACCESS;
      other.access[page] = version === NONE ? NO_ACCESS : Math.min(other.access[page]!, left);
      if (f.give !== WRITE_ACCESS && f.data !== NONE) keepAtHome(w, object, m, page, f.data!);
    } else if (other !== null) {
      if (at(w.nodes, other.node).up) other.access[page] = NO_ACCESS;
      else losePage(w, m, object, other, page);
    }
    goTo(w, t, 'ask the kernels');
  }),
  step('ask the pager', (w, t, f) => {
    const { object, m } = managed(w, f);
    const { page } = f.body;
    if (pageOf(object, page) === LOST && f.data === NONE) f.data = LOST;
    const lacks = f.data === NONE && lacksData(object, m, f);
    if (!lacks && grantedAccess(m, page) >= f.give!) return goTo(w, t, 'look in what the object shadows');
    if (object.pager === NONE) {
      f.data = EMPTY;
      return goTo(w, t, 'look in what the object shadows');
    }
    enterPhase(w, m, page, t, 'pager');
    const access = f.give === WRITE_ACCESS ? 'write' : 'read';
    const asker = object.kernel === NONE ? {} : { kernel: object.kernel, resident: !lacks };
    rpcToPort(w, t, at(w.ports, object.pager), 'memory_object_data_request', { body: { page, access, ...asker } });
  }),
  step('keep what it says', (_w, t, f) => {
    f.answer = { code: t.code, body: t.body as DataSupply | null };
  }),
  step('take the page in', (w, t, f) => {
    if (isGone(w, t, f)) return finish(t, invalid);
    const { object, m } = managed(w, f);
    const { code, body } = f.answer!;
    if (!isTurn(object, body?.sequence)) return waitForTurn(w, t, object);
    enterPhase(w, m, f.body.page, t, 'push');
    takeIn(w, object, m, f, code, body);
    turnDone(w, object, body?.sequence);
  }),
  step('look in what the object shadows', (w, t, f) => {
    const { object, m } = managed(w, f);
    if (f.data !== EMPTY || kernelNamed(m, f.body.kernel ?? NONE)?.whole !== true) return;
    const { page } = f.body;
    const version = below(w, t, object, page);
    if (version !== null) return void (f.data = version);
    // Whoever has that page may be about to push it into this object, and waits for the turn: it is asked for again.
    keepAtHome(w, object, m, page, EMPTY);
    endRequest(w, m, page, t);
    goTo(w, t, 'wait for the turn');
  }),
  step('push into the copy object', (w, t, f) => {
    if (isGone(w, t, f)) return finish(t, invalid);
    const { object, m } = managed(w, f);
    const { page } = f.body;
    if (f.give !== WRITE_ACCESS || f.data === LOST) return goTo(w, t, 'supply');
    if (m.copying) return waitForCopy(w, t, object);
    if (grantedAccess(m, page) < WRITE_ACCESS) return goTo(w, t, 'ask the kernels');
    if ((m.flags[page]! & NEEDS_COPY) === 0) return goTo(w, t, 'supply');
    const copy = object.copyObject === NONE ? null : at(w.objects, object.copyObject);
    if (copy === null || copy.manager === NONE) return;
    const body: DataRequest = { page, access: 'write', kernel: NONE };
    call(t, dataRequest, { operation: f.operation, body, port: copy.control } satisfies KernelRequest);
  }),
  step('the copy object has the page', (w, t, f) => {
    if (isGone(w, t, f)) return finish(t, invalid);
    const { object, m } = managed(w, f);
    const { page } = f.body;
    const copy = object.copyObject === NONE ? null : at(w.objects, object.copyObject);
    if (copy !== null && pageOf(copy, page) === EMPTY) {
      // Somebody may have looked into the copy meanwhile: then the right to fill it must be asked for again.
      if (!mayAccess(copy, page, WRITE_ACCESS)) return goTo(w, t, 'push into the copy object');
      const version = f.data! >= 0 ? f.data! : below(w, t, object, page);
      if (version === null) return goTo(w, t, 'the copy object has the page');
      setPage(w, copy, page, version === EMPTY ? 0 : version);
    }
    m.flags[page]! &= ~NEEDS_COPY;
  }),
  step('supply', (w, t, f) => {
    const { object, m } = managed(w, f);
    const { page } = f.body;
    const kernel = f.body.kernel ?? NONE;
    if (f.give === WRITE_ACCESS && f.data !== LOST && mustWait(m, page)) return goTo(w, t, 'push into the copy object');
    // Whoever waits for the page here touches it before anybody takes it away again.
    if (kernel === NONE) wakeWaiters(w, object, page);
    endRequest(w, m, page, t);
    const give = f.data === LOST ? NO_ACCESS : f.give!;
    if (give === WRITE_ACCESS) m.flags[page] = (m.flags[page]! & ~BLANK) | DIRTY | (f.data === EMPTY ? BLANK : 0);
    const text = `page ${page} of ${object.label}, to ${give === WRITE_ACCESS ? 'write' : 'read'}`;
    tell(w, 'data supply', object.node, at(w.ports, object.control), t.identity, text);
    if (kernel === NONE) return finish(t, supplyHome(w, object, f, give));
    const entry = kernelNamed(m, kernel);
    if (entry === null) {
      if (f.data! >= 0 || f.data === EMPTY) keepAtHome(w, object, m, page, f.data!);
      return finish(t, invalid);
    }
    const resident = f.body.resident === true && entry.access[page] !== NO_ACCESS;
    const precious = give === WRITE_ACCESS;
    entry.access[page] = give;
    if (precious && pageOf(object, page) >= 0) setPage(w, object, page, ABSENT);
    if (precious) object.access![page] = NO_ACCESS;
    finish(t, supplied(resident ? NONE : f.data!, give, ++entry.sequence, precious));
  }),
]);

/** While somebody was asked, the last kernel that used the object has failed: it is forgotten, and its row may be another's. */
function isGone(w: XmmWorld, t: Thread, f: Requested): boolean {
  const object = w.objects.rows[f.object!];
  if (object?.live !== true || object.manager === NONE) return true;
  return !memoryObjectOf(w, object).requests.some((each) => each.thread === t.identity && each.page === f.body.page);
}

function managed(w: XmmWorld, f: Requested): { readonly object: VmObject; readonly m: MemoryObject } {
  const object = at(w.objects, f.object!);
  return { object, m: memoryObjectOf(w, object) };
}

/** Nobody uses the object at home, and no kernel but the asking one has the page: it may have it for itself. */
function isExclusive(m: MemoryObject, object: VmObject, page: number, kernel: number): boolean {
  if (kernel === NONE || object.references > 0 || grantedAccess(m, page) < WRITE_ACCESS) return false;
  if (m.copying || (m.flags[page]! & NEEDS_COPY) !== 0) return false;
  return m.kernels.every((each) => each.kernel === kernel || each.access[page] === NO_ACCESS);
}

/** Nobody may write it yet: a copy is being made, or owed the page, or the manager above has taken the right back. */
function mustWait(m: MemoryObject, page: number): boolean {
  return m.copying || (m.flags[page]! & NEEDS_COPY) !== 0 || grantedAccess(m, page) < WRITE_ACCESS;
}

function accessOf(object: VmObject, m: MemoryObject, f: Requested): number {
  const kernel = f.body.kernel ?? NONE;
  if (kernel === NONE) return object.access![f.body.page]!;
  return kernelNamed(m, kernel)?.access[f.body.page] ?? NO_ACCESS;
}

/** Whether the asking kernel has the page already: only access is missing. */
function holds(object: VmObject, m: MemoryObject, f: Requested): boolean {
  if (accessOf(object, m, f) === NO_ACCESS) return false;
  const { kernel, page, resident } = f.body;
  return kernel === undefined || kernel === NONE ? pageOf(object, page) !== ABSENT : resident === true;
}

function lacksData(object: VmObject, m: MemoryObject, f: Requested): boolean {
  return !holds(object, m, f) || (m.flags[f.body.page]! & NEEDS_COPY) !== 0;
}

/** The home's own kernel needs no message: it gives its data, and goes on as a reader or not at all. */
function takeFromHome(w: XmmWorld, object: VmObject, m: MemoryObject, f: Requested): void {
  const { page } = f.body;
  const version = pageOf(object, page);
  if (f.data === NONE && version !== ABSENT && (version === LOST || object.access![page] !== NO_ACCESS))
    f.data = version;
  if ((f.body.kernel ?? NONE) === NONE || version === LOST) return;
  if (f.give !== WRITE_ACCESS) {
    object.access![page] = Math.min(object.access![page]!, READ_ACCESS);
    return;
  }
  if (f.data === NONE && version === ABSENT) return;
  // What is not here any more is in hand from now on.
  if ((m.flags[page]! & NEEDS_COPY) !== 0 && version >= 0) return;
  setPage(w, object, page, ABSENT);
  object.access![page] = NO_ACCESS;
}

/** The next kernel that must let go, or that has the data. */
function nextToAsk(object: VmObject, m: MemoryObject, f: Requested): UsingKernel | null {
  const { page } = f.body;
  const others = m.kernels.filter((each) => each.kernel !== f.body.kernel && each.access[page] !== NO_ACCESS);
  const writer = others.find((each) => each.access[page] === WRITE_ACCESS);
  if (writer !== undefined) return writer;
  if (f.give === WRITE_ACCESS && others[0] !== undefined) return others[0];
  if (f.data !== NONE || !lacksData(object, m, f) || (m.flags[page]! & DIRTY) === 0) return null;
  if (others[0] !== undefined) return others[0];
  // What must be pushed may be nowhere but with the kernel that asks for more access to it.
  const asker = kernelNamed(m, f.body.kernel ?? NONE);
  return asker !== null && asker.access[page] !== NO_ACCESS && f.asked !== asker.kernel ? asker : null;
}

/** A page that several kernels read is at home too. */
function keepAtHome(w: XmmWorld, object: VmObject, m: MemoryObject, page: number, version: number): void {
  if (pageOf(object, page) !== ABSENT || m.granted !== null) return;
  setPage(w, object, page, version);
  object.access![page] = READ_ACCESS;
}

/** What the pager, or the home of which this node is an importer, has answered. */
function takeIn(
  w: XmmWorld,
  object: VmObject,
  m: MemoryObject,
  f: Requested,
  code: string,
  body: DataSupply | null,
): void {
  const { page } = f.body;
  const imported = object.kernel !== NONE;
  if (body?.access !== undefined) {
    m.granted ??= new Int32Array(object.size).fill(WRITE_ACCESS);
    m.granted[page] = body.access;
  } else if (m.granted !== null && !imported) m.granted[page] = WRITE_ACCESS;
  if (code === 'KERN_SUCCESS') {
    if (object.backing !== null && body!.precious === true) object.backing[page] = NONE;
    if (body!.version === NONE) return;
    f.data = body!.version;
    if (object.backing !== null && body!.precious !== true) object.backing[page] = f.data;
    if (!imported) memorySupplied(w, object.memory, page, body!.version);
  } else if (code === 'KERN_MEMORY_DATA_UNAVAILABLE') f.data = EMPTY;
  else {
    if (code !== 'KERN_MEMORY_ERROR') object.lost = true;
    f.data = LOST;
    return;
  }
  if (isExclusive(m, object, page, f.body.kernel ?? NONE)) f.give = WRITE_ACCESS;
  if (f.give !== WRITE_ACCESS || (f.body.kernel ?? NONE) === NONE) {
    setPage(w, object, page, f.data);
    object.access![page] = READ_ACCESS;
  }
}

/** What is seen through the object, which has no page of its own: a version, EMPTY, LOST; null if it must be fetched. */
function below(w: XmmWorld, t: Thread, object: VmObject, page: number): number | null {
  for (let each = object; each.shadow !== NONE;) {
    each = at(w.objects, each.shadow);
    const version = pageOf(each, page);
    if (version >= 0 || version === LOST) return version;
    if (version === ABSENT) {
      if (each.lost) return LOST;
      pageIn(w, t, each, page, READ_ACCESS);
      return null;
    }
  }
  return EMPTY;
}

function waitForCopy(w: XmmWorld, t: Thread, object: VmObject): void {
  blockOn(w, t, copyingChannel(object));
  goTo(w, t, 'push into the copy object');
}

function supplyHome(w: XmmWorld, object: VmObject, f: Requested, give: number): KernelAnswer {
  const { page } = f.body;
  object.access![page] = give;
  if (pageOf(object, page) === ABSENT || f.data === LOST) setPage(w, object, page, f.data!);
  return f.data === LOST ? { code: 'KERN_MEMORY_ERROR' } : {};
}

function supplied(data: number, access: number, sequence: number, precious: boolean): KernelAnswer {
  const body: DataSupply = { version: data >= 0 ? data : NONE, access, sequence, precious };
  if (data === EMPTY) return { code: 'KERN_MEMORY_DATA_UNAVAILABLE', body };
  if (data === LOST) return { code: 'KERN_MEMORY_ERROR', body };
  return data === NONE ? { body } : { body, pages: 1 };
}
