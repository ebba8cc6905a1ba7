/**
 * The end of an object whose pages others may still need [mechanisms 3.1, M-call terminate]: of an import, other kernels;
 * of what a task's pager has, whoever maps it next.
 *
 * Nobody uses the object here any more. What was asked for arrives first: it may be a page that is nowhere else. Then what
 * differs from what its home or its pager has is given back, page by page; a home is told that this kernel is gone, and the
 * object is forgotten. What is temporary owes nothing.
 */
import { NONE, at } from '../../base/table.ts';
import { rpcToPort } from '../ipc/mach-msg.ts';
import { call, finish, goTo, routine, step } from '../routine.ts';
import { threadCreate, threadStart, type Thread } from '../thread.ts';
import { threadsOf } from '../task-threads.ts';
import { tell, type MachWorld } from '../world.ts';
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
  if (isReturning(w, object)) return;
  const t = threadCreate(w, kernel, nameOf(object));
  call(t, terminateRoutine, { object: object.id, page: 0 } satisfies Terminating);
  threadStart(w, t);
}

/** Whether a thread of the kernel gives the object back, and will forget it if nobody uses it by then. */
export function isReturning(w: MachWorld, object: VmObject): boolean {
  if (object.kernel === NONE && object.kind !== 'pager') return false;
  const kernel = at(w.tasks, at(w.nodes, object.node).kernelTask);
  return threadsOf(w, kernel).some((t) => isEnding(t, object));
}

function isEnding({ name, top }: Thread, object: VmObject): boolean {
  return name === nameOf(object) && top !== null;
}

function nameOf(object: VmObject): string {
  return `end of ${object.label}/${object.id}`;
}

export const terminateRoutine = routine<MachWorld, Terminating>('vm.terminate', 'gives back what was written', [
  step('let the pages arrive that were asked for', (w, t, f) => {
    const object = at(w.objects, f.object);
    if (object.requests.length > 0 && !object.lost) waitForTurn(w, t, object);
  }),
  step('give a page back', (w, t, f) => {
    const object = at(w.objects, f.object);
    if (object.references > 0 || object.control !== NONE) return finish(t);
    while (f.page < object.size && !oweBack(object, f.page)) f.page++;
    const { page } = f;
    const { kernel } = object;
    const pager = at(w.ports, object.pager);
    if (page < object.size && !object.lost) {
      if (kernel === NONE) tell(w, 'data return', object.node, pager, NONE, `page ${page} of ${object.label}`);
      const body: DataReturn = { page, version: pageOf(object, page), ...(kernel === NONE ? {} : { kernel }) };
      return rpcToPort(w, t, pager, 'memory_object_data_return', { body, pages: 1 });
    }
    f.page = object.size;
    if (kernel !== NONE) return rpcToPort(w, t, pager, 'memory_object_terminate', { body: { kernel } });
    goTo(w, t, 'go on');
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
