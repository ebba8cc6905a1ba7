/**
 * Asking the manager of an object for a page: a task that is a pager, the kernel of the object's home, or, at the home
 * itself, the page states of all kernels that use the object [mechanisms 3.2, 3.5].
 *
 * One thread of the kernel asks for one page of one object at a time; whoever else needs the page waits for the same
 * answer, and touches the page again. What a home says to a kernel is numbered, and acted on in order [3.1].
 */
import type { KernelEvent } from '../../base/kernel-events.ts';
import { NONE, at } from '../../base/table.ts';
import { rpcToPort } from '../ipc/mach-msg.ts';
import type { KernelAnswer, KernelRequest } from '../kernel-call.ts';
import { again, call, finish, routine, step } from '../routine.ts';
import { blockOn, threadCreate, threadStart, wakeOnNode, wakeOne, type Thread } from '../thread.ts';
import { tell, type MachWorld } from '../world.ts';
import { memorySupplied } from './memory.ts';
import { relieve } from './page-out.ts';
import { EMPTY, LOST, WRITE_ACCESS, isHome, isManaged, objectSince, setPage, type VmObject } from './object.ts';

/** Body of `memory_object_data_request`. A pager may ignore all but the page. */
export interface DataRequest {
  readonly page: number;
  readonly access: 'read' | 'write';
  /** Only the access is missing: the asking kernel has the page. */
  readonly resident?: boolean;
  /** Who asks: the name of the importing kernel, or NONE for the home's own. */
  readonly kernel?: number;
}

/** What a pager answers: a page of this version. Kernels say more to each other. */
export interface DataSupply {
  /** NONE: only access is granted. */
  readonly version: number;
  readonly access?: number;
  readonly sequence?: number;
  /** Nobody else has the page: it must be given back, even if it is never written. */
  readonly precious?: boolean;
}

/** The kernel asks for the page, unless it is doing so already; the thread waits. */
export function pageIn(w: MachWorld, t: Thread, object: VmObject, page: number, access: number): void {
  blockOn(w, t, pageChannel(object, page));
  const asked = object.requests.find((each) => each.page === page);
  if (asked !== undefined) {
    asked.waiters.push(t.identity);
    return;
  }
  object.requests = [...object.requests, { page, access, waiters: [t.identity] }];
  tell(w, 'page fault', object.node, null, t.identity, `page ${page} of ${object.label}`);
  const kernel = at(w.tasks, at(w.nodes, object.node).kernelTask);
  const asker = threadCreate(w, kernel, t.channel);
  asker.activity = t.activity;
  asker.serves = t.identity;
  t.servedBy = asker.identity;
  call(asker, pageInRoutine, { object: object.id, since: w.events, page, access, answer: null } satisfies PageIn);
  threadStart(w, asker);
}

export function pageChannel(object: VmObject, page: number): string {
  return `page ${page} of ${object.label}/${object.id}`;
}

interface PageIn {
  readonly object: number;
  /** Event in which the page was missed. */
  readonly since: number;
  readonly page: number;
  readonly access: number;
  /** `own`: from the account that is kept here. */
  answer: { readonly own: boolean; readonly code: string; readonly body: DataSupply | null } | null;
}

export const pageInRoutine = routine<MachWorld, PageIn>('vm.page in', 'fetches a page from its manager', [
  step('ask for the page', (w, t, f) => {
    const object = objectSince(w, f.object, f.since);
    if (object === null) return finish(t);
    const access = f.access === WRITE_ACCESS ? 'write' : 'read';
    if (!isManaged(object)) {
      // The last other kernel has gone meanwhile: what is not here is nowhere.
      answered(w, object, f.page);
      return finish(t);
    }
    if (!isHome(object)) {
      if (object.kernel === NONE) tellOf(w, 'data request', object, t, f.page);
      const body: DataRequest = { page: f.page, access, ...(object.kernel === NONE ? {} : asker(object, f.page)) };
      rpcToPort(w, t, at(w.ports, object.pager), 'memory_object_data_request', { body });
      return;
    }
    const body: DataRequest = { page: f.page, access, kernel: NONE };
    const request = { operation: 'memory_object_data_request', body, port: object.control } satisfies KernelRequest;
    call(t, w.setup.kernelServices.get(request.operation)!, request);
  }),
  step('keep the answer', (_w, t, f) => {
    const own = t.result as KernelAnswer | null;
    if (own === null) f.answer = { own: false, code: t.code, body: t.body as DataSupply | null };
    else f.answer = { own: true, code: own.code ?? 'KERN_SUCCESS', body: (own.body ?? null) as DataSupply | null };
  }),
  step('install the page', (w, t, f) => {
    const object = objectSince(w, f.object, f.since);
    if (object === null) return finish(t);
    const { own, code, body } = f.answer!;
    if (!isTurn(object, body?.sequence)) return waitForTurn(w, t, object);
    if (object.kernel === NONE && !own) tellOf(w, 'data supply', object, t, f.page);
    if (own || isHome(object)) object.lost ||= !answers.includes(code);
    else install(w, object, f.page, code, body);
    answered(w, object, f.page);
    turnDone(w, object, body?.sequence);
    relieve(w, object.node);
    finish(t);
  }),
]);

/** Who waits for the page touches it again. */
export function wakeWaiters(w: MachWorld, object: VmObject, page: number): void {
  const channel = pageChannel(object, page);
  const asked = object.requests.find((each) => each.page === page);
  for (const waiter of asked?.waiters ?? []) wakeOne(w, waiter, channel);
}

function answered(w: MachWorld, object: VmObject, page: number): void {
  wakeWaiters(w, object, page);
  object.requests = object.requests.filter((each) => each.page !== page);
}

/** What a task's pager is asked and answers; of what homes are asked they tell themselves. */
function tellOf(w: MachWorld, event: KernelEvent, object: VmObject, t: Thread, page: number): void {
  tell(w, event, object.node, at(w.ports, object.pager), t.serves, `page ${page} of ${object.label}`);
}

function asker(object: VmObject, page: number): { readonly kernel: number; readonly resident: boolean } {
  return { kernel: object.kernel, resident: object.contents[page]! >= 0 };
}

function install(w: MachWorld, object: VmObject, page: number, code: string, body: DataSupply | null): void {
  if (body?.access !== undefined && object.access !== null) object.access[page] = body.access;
  if (code === 'KERN_SUCCESS') {
    // Even a page that was here already is the only one now, if it is precious.
    if (object.backing !== null && body!.precious === true) object.backing[page] = NONE;
    if (body!.version === NONE) return;
    if (object.backing !== null && body!.precious !== true) object.backing[page] = body!.version;
    setPage(w, object, page, body!.version);
    memorySupplied(w, object.memory, page, body!.version);
  } else if (code === 'KERN_MEMORY_DATA_UNAVAILABLE') setPage(w, object, page, EMPTY);
  else if (code === 'KERN_MEMORY_ERROR') setPage(w, object, page, LOST);
  else object.lost = true;
}

/** What a manager that still exists can answer. */
const answers = ['KERN_SUCCESS', 'KERN_MEMORY_DATA_UNAVAILABLE', 'KERN_MEMORY_ERROR'];

/** A message of the home is acted on when all before it have been. */
export function isTurn(object: VmObject, sequence: number | undefined): boolean {
  return sequence === undefined || sequence <= object.sequence + 1;
}

/** Performs the step again when it may be the message's turn. */
export function waitForTurn(w: MachWorld, t: Thread, object: VmObject): void {
  object.waiting = true;
  blockOn(w, t, turnChannel(object));
  again(t);
}

export function turnDone(w: MachWorld, object: VmObject, sequence: number | undefined): void {
  if (sequence !== undefined) object.sequence = sequence;
  wakeInTurn(w, object);
}

/** Whoever waits for the object, in the kernel or in a trap, looks again whether it is his turn. */
export function wakeInTurn(w: MachWorld, object: VmObject): void {
  if (!object.waiting) return;
  object.waiting = false;
  wakeOnNode(w, object.node, turnChannel(object));
}

function turnChannel(object: VmObject): string {
  return `turn of ${object.label}/${object.id}`;
}
