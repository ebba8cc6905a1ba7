/**
 * memory_object_copy: a copy of memory that several kernels share is made by its home (copy-call) [mechanisms 3.3].
 *
 *   home      a new copy object between the object and its older copy (or that one, if nothing has been pushed into it);
 *             every page owes a push; every kernel is told, one after the other, and answers once its pages are
 *             write-protected; nobody is given write access meanwhile, so the copy is of one moment
 *   import    the home is asked, and what it has made is imported in front of this kernel's import of the original
 */
import { NONE, at } from '../base/table.ts';
import { rpcToPort } from '../mach/ipc/mach-msg.ts';
import { kernelPort } from '../mach/ipc/port.ts';
import { portDestroy } from '../mach/ipc/port-death.ts';
import { takeHand, type KernelAnswer, type KernelRequest } from '../mach/kernel-call.ts';
import type { SlowCopy } from '../mach/vm/slow-copy.ts';
import { sendRight } from '../mach/kernel-services/objects.ts';
import { again, finish, goTo, routine, step } from '../mach/routine.ts';
import { blockOn, type Thread } from '../mach/thread.ts';
import { copyObjectOf } from '../mach/vm/copy.ts';
import { memoryCreate } from '../mach/vm/memory.ts';
import { EMPTY, dropReference, pageOf, shadows, type VmObject } from '../mach/vm/object.ts';
import { arrivedRight, importObject, introduce, type ObjectInfo } from './import-object.ts';
import { writeProtect } from './lock-request.ts';
import { NEEDS_COPY, kernelNamed, memoryObjectOf } from './memory-object.ts';
import { copyMade, copyingChannel } from './page-turn.ts';
import type { XmmWorld } from './world.ts';

interface Copying extends KernelRequest {
  /** Asked on this node for one of its objects, or through the memory object port by an importing kernel. */
  readonly body: { readonly object?: number };
  object?: number;
  /** Home: the copy object, kept by a reference until whoever asked for it has it. */
  copy?: number;
  /** Import: control port for the import of the copy. In hand is that of the kernel that asks. */
  control?: number;
  left?: number[];
}

export const copyCall = routine<XmmWorld, Copying>('memory_object_copy', 'copies shared memory', [
  step('find the object', (w, t, f) => {
    const port = w.ports.rows[f.port];
    const id = f.body.object ?? (port?.objectKind === 'memory' ? port.object : NONE);
    const object = w.objects.rows[id];
    if (object?.live !== true) return finish(t, { code: 'KERN_INVALID_ARGUMENT' } satisfies KernelAnswer);
    f.object = id;
    if (object.kind === 'import') return goTo(w, t, 'ask the home');
    if (!memoryObjectOf(w, object).copying) return begin(w, f, object);
    blockOn(w, t, copyingChannel(object));
    goTo(w, t, 'begin when the other copy is made');
  }),
  step('go on', (w, t) => goTo(w, t, 'tell a kernel')),
  step('begin when the other copy is made', (w, t, f) => {
    const object = at(w.objects, f.object!);
    if (!memoryObjectOf(w, object).copying) return begin(w, f, object);
    blockOn(w, t, copyingChannel(object));
    again(t);
  }),
  step('tell a kernel', (w, t, f) => {
    const object = at(w.objects, f.object!);
    const m = memoryObjectOf(w, object);
    const next = f.left!.shift();
    const entry = next === undefined ? null : kernelNamed(m, next);
    if (entry === null) return;
    writeProtect(entry.access);
    const body = { sequence: ++entry.sequence };
    rpcToPort(w, t, at(w.ports, entry.control), 'memory_object_create_copy', { body });
  }),
  step('tell the next one', (w, t, f) => {
    if (f.left!.length > 0) return goTo(w, t, 'tell a kernel');
    const object = at(w.objects, f.object!);
    copyMade(w, object, memoryObjectOf(w, object));
    finish(t, made(w, t, f, object));
  }),
  step('ask the home', (w, t, f) => {
    const object = at(w.objects, f.object!);
    const control = kernelPort(w, object.node, `${object.label}.control`, 'pager', NONE);
    const right = sendRight(control);
    f.control = control.id;
    rpcToPort(w, t, at(w.ports, object.pager), 'memory_object_copy', { body: {} }, right);
  }),
  step('import what it has made', (w, t, f) => {
    const object = w.objects.rows[f.object!];
    const control = at(w.ports, f.control!);
    const arrived = arrivedRight(w, t, 0);
    if (t.code !== 'KERN_SUCCESS' || arrived === NONE || object?.live !== true) {
      portDestroy(w, control);
      return finish(t, { code: t.code } satisfies KernelAnswer);
    }
    const { info, memory } = t.body as { readonly info: ObjectInfo; readonly memory: number };
    const copy = importObject(w, object.node, info, arrived, control);
    shadows(copy, object);
    if (f.body.object !== undefined) {
      copy.references++;
      return finish(t, {
        body: { object: copy.id, memory, needsCopy: true } satisfies SlowCopy,
      } satisfies KernelAnswer);
    }
    finish(t, handOut(w, t, copy, memory));
  }),
]);

function begin(w: XmmWorld, f: Copying, object: VmObject): void {
  const m = memoryObjectOf(w, object);
  const copy = copyObjectOf(w, object);
  for (let page = 0; page < object.size; page++) if (pageOf(copy, page) === EMPTY) m.flags[page]! |= NEEDS_COPY;
  f.copy = copy.id;
  copy.references++;
  m.copying = true;
  writeProtect(object.access);
  f.left = m.kernels.map(({ kernel }) => kernel);
}

/** The copy is of this moment: that is what its readers will find. */
function made(w: XmmWorld, t: Thread, f: Copying, object: VmObject): KernelAnswer {
  const copy = at(w.objects, f.copy!);
  const memory = memoryCreate(w, at(w.memories, object.memory).written.slice()).id;
  if (f.body.object !== undefined) {
    return { body: { object: copy.id, memory, needsCopy: true } satisfies SlowCopy };
  }
  const answer = handOut(w, t, copy, memory);
  dropReference(w, copy);
  return answer;
}

function handOut(w: XmmWorld, t: Thread, copy: VmObject, memory: number): KernelAnswer {
  const { info, right } = introduce(w, copy, takeHand(t)[1]!);
  return { body: { info, memory }, rights: right };
}
