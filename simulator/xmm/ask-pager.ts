/**
 * memory_object_data_request, second phase: what no kernel has the manager above is asked for, a task's pager or, if this
 * node is itself an importer, its own home; and what that does not have is looked for in what the object shadows, for a
 * kernel that got a right to this object alone [mechanisms 3.2: Pager_Pending; 3.3].
 */
import { NONE, at } from '../base/table.ts';
import { rpcToPort } from '../mach/ipc/mach-msg.ts';
import { goTo, step } from '../mach/routine.ts';
import type { Thread } from '../mach/thread.ts';
import { memorySupplied } from '../mach/vm/memory.ts';
import { ABSENT, EMPTY, LOST, READ_ACCESS, WRITE_ACCESS, pageOf, setPage, type VmObject } from '../mach/vm/object.ts';
import { isTurn, pageIn, turnDone, waitForTurn, type DataSupply } from '../mach/vm/page-in.ts';
import { grantedAccess, kernelNamed, type MemoryObject } from './memory-object.ts';
import { isExclusive, keepAtHome, lacksData, managed, type Requested } from './page-request.ts';
import { endRequest, enterPhase } from './page-turn.ts';
import type { XmmWorld } from './world.ts';

export const askPager = [
  step<XmmWorld, Requested>('ask the pager', (w, t, f) => {
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
    // A page that would move although it is only read is asked of a task's pager as what it is.
    const access = f.give === WRITE_ACCESS && object.kernel !== NONE ? 'write' : f.body.access;
    const asker = object.kernel === NONE ? {} : { kernel: object.kernel, resident: !lacks };
    rpcToPort(w, t, at(w.ports, object.pager), 'memory_object_data_request', { body: { page, access, ...asker } });
  }),
  step<XmmWorld, Requested>('keep what it says', (_w, t, f) => {
    f.answer = { code: t.code, body: t.body as DataSupply | null };
  }),
  step<XmmWorld, Requested>('take the page in', (w, t, f) => {
    const { object, m } = managed(w, f);
    const { code, body } = f.answer!;
    if (!isTurn(object, body?.sequence)) return waitForTurn(w, t, object);
    enterPhase(w, m, f.body.page, t, 'push');
    takeIn(w, object, m, f, code, body);
    turnDone(w, object, body?.sequence);
  }),
  step<XmmWorld, Requested>('look in what the object shadows', (w, t, f) => {
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
] as const;

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
  if (f.body.access === 'read' && grantedAccess(m, page) < WRITE_ACCESS) f.give = READ_ACCESS;
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
export function below(w: XmmWorld, t: Thread, object: VmObject, page: number): number | null {
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
