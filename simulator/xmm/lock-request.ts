/**
 * What a home asks of the kernels that import its object, on their control ports [mechanisms 3.1, 3.2]: to give up
 * access to a page (memory_object_lock_request), and to write-protect all of them because a copy was made
 * (memory_object_create_copy).
 *
 * The messages of a home are numbered, and a kernel acts on them in order: a page that was supplied before it was taken
 * away again must be installed before it is taken away. A kernel from which others import in turn passes on to them what
 * it is asked.
 */
import { NONE, at } from '../base/table.ts';
import { rpcToPort } from '../mach/ipc/mach-msg.ts';
import { isStillUp } from '../mach/node.ts';
import type { KernelAnswer, KernelRequest } from '../mach/kernel-call.ts';
import { finish, goTo, routine, step, type Routine } from '../mach/routine.ts';
import { ABSENT, NO_ACCESS, READ_ACCESS, WRITE_ACCESS, pageOf, setPage, type VmObject } from '../mach/vm/object.ts';
import { isTurn, turnDone, waitForTurn } from '../mach/vm/page-in.ts';
import { tell } from '../mach/world.ts';
import { MANAGER, kernelNamed, losePage, type MemoryObject } from './memory-object.ts';
import { askInTurn, copyMade, endRequest, requestPage } from './page-turn.ts';
import type { XmmWorld } from './world.ts';

/** Body of `memory_object_lock_request`: what the kernel may still do, and whether the page itself must come back. */
export interface LockRequest {
  readonly page: number;
  readonly access: number;
  readonly data: boolean;
  readonly sequence: number;
}

/** The answer: the version of the page, EMPTY if the kernel knew that there is none, NONE if it had nothing. */
export interface PageData {
  readonly version: number;
}

interface Locking extends KernelRequest {
  readonly body: LockRequest;
  object?: number;
  version?: number;
  asked?: number;
}

/** The import that the control port stands for, or null: it has ended, or was never mapped. */
function importOf(w: XmmWorld, request: KernelRequest): VmObject | null {
  const port = w.ports.rows[request.port];
  const object = port?.objectKind === 'pager' ? w.objects.rows[port.object] : undefined;
  return object?.live === true ? object : null;
}

const lockRequest = routine<XmmWorld, Locking>('memory_object_lock_request', 'gives up access to a page', [
  step('wait for the turn', (w, t, f) => {
    const object = importOf(w, f);
    if (object === null) return finish(t, { body: { version: NONE } satisfies PageData } satisfies KernelAnswer);
    if (!isTurn(object, f.body.sequence)) return waitForTurn(w, t, object);
    f.object = object.id;
    f.version = pageOf(object, f.body.page);
    if (object.manager === NONE) {
      lower(w, object, f.body.page, f.body.access);
      return goTo(w, t, 'answer');
    }
    const m = at(w.memoryObjects, object.manager);
    requestPage(m, f.body.page, MANAGER, f.body.access, t.identity);
    askInTurn(w, t, m, f.body.page);
  }),
  step('ask the kernels that import it from here', (w, t, f) => {
    const object = at(w.objects, f.object!);
    const m = at(w.memoryObjects, object.manager);
    const { page, access, data } = f.body;
    const next = m.kernels.find((each) => each.access[page]! > access || (data && lacks(f) && each.access[page]! > 0));
    if (f.version === ABSENT) f.version = pageOf(object, page);
    if (next === undefined || (next.kernel === f.asked && next.access[page]! <= access)) {
      lower(w, object, page, access);
      if (m.granted !== null) m.granted[page] = Math.min(m.granted[page]!, access);
      endRequest(w, m, page, t);
      return goTo(w, t, 'answer');
    }
    f.asked = next.kernel;
    const body: LockRequest = { page, access, data: data && lacks(f), sequence: ++next.sequence };
    tell(w, 'lock request', object.node, at(w.ports, object.control), t.identity, `page ${page} of ${object.label}`);
    rpcToPort(w, t, at(w.ports, next.control), 'memory_object_lock_request', { body });
  }),
  step('it has let go', (w, t, f) => {
    const object = at(w.objects, f.object!);
    const m = at(w.memoryObjects, object.manager);
    letGo(w, t.code, (t.body as PageData | null)?.version ?? NONE, m, object, f);
    goTo(w, t, 'ask the kernels that import it from here');
  }),
  step('answer', (w, t, f) => {
    const object = at(w.objects, f.object!);
    turnDone(w, object, f.body.sequence);
    const version = f.version === ABSENT ? NONE : f.version!;
    const pages = f.body.data && version >= 0 ? 1 : 0;
    const text = `page ${f.body.page} of ${object.label}`;
    if (pages > 0) tell(w, 'data return', object.node, at(w.ports, f.port), t.identity, text);
    finish(t, { body: { version } satisfies PageData, pages } satisfies KernelAnswer);
  }),
]);

function lacks(f: Locking): boolean {
  return f.version! < 0;
}

function letGo(w: XmmWorld, code: string, version: number, m: MemoryObject, object: VmObject, f: Locking): void {
  const other = kernelNamed(m, f.asked!);
  if (other === null) return;
  const { page, access } = f.body;
  if (code !== 'KERN_SUCCESS') {
    if (isStillUp(w, other.node, other.incarnation)) other.access[page] = NO_ACCESS;
    else losePage(w, m, object, other, page);
    return;
  }
  if (version !== NONE && f.version! < 0) f.version = version;
  other.access[page] = version === NONE ? NO_ACCESS : Math.min(other.access[page]!, access);
}

/** This kernel may do no more than `access` with the page. */
function lower(w: XmmWorld, object: VmObject, page: number, access: number): void {
  if (object.access === null) return;
  object.access[page] = Math.min(object.access[page]!, access);
  if (object.access[page] === NO_ACCESS && pageOf(object, page) !== ABSENT) setPage(w, object, page, ABSENT);
  // The home has it as well from now on: it need not be given back.
  if (access === READ_ACCESS && object.backing !== null) object.backing[page] = pageOf(object, page);
}

interface CreatingCopy extends KernelRequest {
  readonly body: { readonly sequence: number };
  object?: number;
  /** Kernels that import the object from here and are still to be told. */
  left?: number[];
}

const createCopy = routine<XmmWorld, CreatingCopy>('memory_object_create_copy', 'write-protects all pages', [
  step('wait for the turn', (w, t, f) => {
    const object = importOf(w, f);
    if (object === null) return finish(t, {} satisfies KernelAnswer);
    if (!isTurn(object, f.body.sequence)) return waitForTurn(w, t, object);
    f.object = object.id;
    writeProtect(object.access);
    tell(w, 'create copy', object.node, at(w.ports, f.port), t.identity, object.label);
    if (object.manager === NONE) return goTo(w, t, 'done');
    const m = at(w.memoryObjects, object.manager);
    m.copying = true;
    f.left = m.kernels.map(({ kernel }) => kernel);
  }),
  step('tell a kernel that imports it from here', (w, t, f) => {
    const object = at(w.objects, f.object!);
    const next = f.left!.shift();
    const entry = next === undefined ? null : kernelNamed(at(w.memoryObjects, object.manager), next);
    if (entry === null) return;
    writeProtect(entry.access);
    const body = { sequence: ++entry.sequence };
    rpcToPort(w, t, at(w.ports, entry.control), 'memory_object_create_copy', { body });
  }),
  step('tell the next one', (w, t, f) => {
    if (f.left!.length > 0) goTo(w, t, 'tell a kernel that imports it from here');
  }),
  step('done', (w, t, f) => {
    const object = at(w.objects, f.object!);
    if (object.manager !== NONE) {
      const m = at(w.memoryObjects, object.manager);
      writeProtect(m.granted);
      copyMade(w, object, m);
    }
    turnDone(w, object, f.body.sequence);
    finish(t, {} satisfies KernelAnswer);
  }),
]);

/** Nobody writes any page without asking. */
export function writeProtect(access: Int32Array | null): void {
  if (access === null) return;
  for (let page = 0; page < access.length; page++) if (access[page] === WRITE_ACCESS) access[page] = READ_ACCESS;
}

export const kernelSideServices: readonly Routine[] = [lockRequest, createCopy];
