/**
 * The end of an import that other kernels may still need pages of [mechanisms 3.1, M-call terminate].
 *
 * Nobody uses the object here any more. What was asked for arrives first: it may be a page that is nowhere else. Then what
 * differs from what its home has is given back, page by page; the home is told that this kernel is gone, and the object is
 * forgotten. An import that is temporary owes nothing.
 */
import { NONE, at } from '../../base/table.ts';
import { rpcToPort } from '../ipc/mach-msg.ts';
import { call, finish, goTo, routine, step } from '../routine.ts';
import { threadCreate, threadStart, type Thread } from '../thread.ts';
import { threadsOf } from '../task-threads.ts';
import type { MachWorld } from '../world.ts';
import { objectDestroy, pageOf, type VmObject } from './object.ts';
import { isTurn, turnDone, waitForTurn } from './page-in.ts';
import { oweBack, type DataReturn, type DataReturned } from './page-out.ts';

interface Terminating {
  readonly object: number;
  page: number;
  sequence?: number | undefined;
}

export function returnAndDestroy(w: MachWorld, object: VmObject): void {
  const kernel = at(w.tasks, at(w.nodes, object.node).kernelTask);
  if (threadsOf(w, kernel).some((t) => isEnding(t, object))) return;
  const t = threadCreate(w, kernel, nameOf(object));
  call(t, terminateRoutine, { object: object.id, page: 0 } satisfies Terminating);
  threadStart(w, t);
}

function isEnding({ name, top }: Thread, object: VmObject): boolean {
  return name === nameOf(object) && top !== null;
}

function nameOf(object: VmObject): string {
  return `end of ${object.label}/${object.id}`;
}

export const terminateRoutine = routine<MachWorld, Terminating>('vm.terminate', 'gives an import back to its home', [
  step('let the pages arrive that were asked for', (w, t, f) => {
    const object = at(w.objects, f.object);
    if (object.requests.length > 0 && !object.lost) waitForTurn(w, t, object);
  }),
  step('give a page back', (w, t, f) => {
    const object = at(w.objects, f.object);
    if (object.references > 0 || object.control !== NONE) return finish(t);
    while (f.page < object.size && !oweBack(object, f.page)) f.page++;
    if (f.page === object.size || object.lost) {
      return rpcToPort(w, t, at(w.ports, object.pager), 'memory_object_terminate', { body: { kernel: object.kernel } });
    }
    const { page } = f;
    const body: DataReturn = { page, version: pageOf(object, page), kernel: object.kernel };
    rpcToPort(w, t, at(w.ports, object.pager), 'memory_object_data_return', { body, pages: 1 });
  }),
  step('it is back', (_w, t, f) => {
    f.sequence = (t.body as DataReturned | null)?.sequence;
  }),
  step('go on', (w, t, f) => {
    const object = at(w.objects, f.object);
    if (!isTurn(object, f.sequence)) return waitForTurn(w, t, object);
    turnDone(w, object, f.sequence);
    if (f.page++ < object.size && !object.lost) return goTo(w, t, 'give a page back');
    if (object.references === 0 && object.control === NONE) objectDestroy(w, object);
    finish(t);
  }),
]);
