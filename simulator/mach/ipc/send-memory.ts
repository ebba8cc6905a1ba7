/**
 * A send whose memory cannot be taken in a moment: memory that several kernels share is copied by its home, and what is
 * copied physically, or from the middle of a region, page by page [mechanisms 1.11, 3.3].
 *
 * The copies are made first, one after the other, and stand in the kernel's map, where the frame knows them by name; then
 * the message is sent as any other. A thread that goes on elsewhere meanwhile finds none of them there, and begins again.
 */
import { NONE, at } from '../../base/table.ts';
import type { KernelAnswer } from '../kernel-call.ts';
import { copySlowly, type SlowCopy } from '../vm/slow-copy.ts';
import { call, finish, framesOf, goTo, routine, step } from '../routine.ts';
import type { Thread } from '../thread.ts';
import { dropReference } from '../vm/object.ts';
import { regionAdd, regionNamed, regionRemove } from '../vm/region.ts';
import type { MachWorld } from '../world.ts';
import { answerNow, rpcNow, sendNow, type Payload } from './mach-msg.ts';
import { kernelMap, sentMemory, slowCopyOf, takesLong } from './out-of-line.ts';

export interface Sending {
  readonly how: 'send' | 'rpc' | 'answer';
  readonly to: number;
  readonly operation: string;
  readonly payload: Payload;
  /** Node where the copies are. */
  node: number;
  /** By descriptor: name of the copy in the kernel's map, or empty: it needs none, or has none yet. */
  readonly made: string[];
  /** Index of the descriptor that is being copied. */
  next: number;
}

/** Makes the copies first, if any of the memory needs that; false: it can be sent at once. */
export function copyFirst(
  w: MachWorld,
  t: Thread,
  how: Sending['how'],
  to: number,
  operation: string,
  payload: Payload,
): boolean {
  const made = payload.memory!.map(() => '');
  if (nextSlow(w, t, payload, made) === NONE) return false;
  call(t, sendMemory, { how, to, operation, payload, node: t.node, made, next: NONE } satisfies Sending);
  return true;
}

/** Index of the first descriptor whose copy takes long and is not made yet, or NONE. */
function nextSlow(w: MachWorld, t: Thread, payload: Payload, made: readonly string[]): number {
  const task = at(w.tasks, t.task);
  const index = payload.memory!.findIndex((carried, i) => {
    const sent = sentMemory(w, task, carried);
    return sent !== null && takesLong(w, carried, sent) && !isMade(w, t.node, made[i]!);
  });
  return index;
}

function isMade(w: MachWorld, node: number, name: string): boolean {
  return name !== '' && regionNamed(w, kernelMap(w, node), name) !== null;
}

export const sendMemory = routine<MachWorld, Sending>('mach_msg', 'copies memory and sends it', [
  step('copy what takes longer than a moment', (w, t, f) => {
    f.node = t.node;
    f.next = nextSlow(w, t, f.payload, f.made);
    if (f.next === NONE) return goTo(w, t, 'send the message');
    const carried = f.payload.memory![f.next]!;
    const sent = sentMemory(w, at(w.tasks, t.task), carried)!;
    const { region, first, pages } = sent;
    copySlowly(w, t, { operation: 'mach_msg', body: null, port: NONE }, region.object, slowCopyOf(w, carried, sent), {
      region: region.id,
      first,
      pages,
    });
  }),
  step('keep the copy', (w, t, f) => {
    const { code, body } = t.result as KernelAnswer;
    if (t.node !== f.node) return goTo(w, t, 'copy what takes longer than a moment');
    if (code !== undefined) return goTo(w, t, 'give up');
    const { object, memory, needsCopy } = body as SlowCopy;
    const { region, pages: wanted } = f.payload.memory![f.next]!;
    const copy = at(w.objects, object);
    const pages = wanted ?? copy.size;
    const name = `${region} sent by thread ${t.identity} at event ${w.events}`;
    const fields = { name, pages, protection: 'rw-', inheritance: 'copy', needsCopy, memory } as const;
    f.made[f.next] = regionAdd(w, kernelMap(w, t.node), copy, fields).name;
    dropReference(w, copy);
    goTo(w, t, 'copy what takes longer than a moment');
  }),
  step('give up', (w, t, f) => {
    forgetMade(w, t, f);
    t.code = 'MACH_SEND_INVALID_MEMORY';
    finish(t);
  }),
  step('send the message', (w, t, f) => {
    if (nextSlow(w, t, f.payload, f.made) !== NONE) return goTo(w, t, 'copy what takes longer than a moment');
    t.code = 'KERN_SUCCESS';
    if (f.how === 'send') sendNow(w, t, f.to, f.operation, f.payload, f.made);
    else if (f.how === 'rpc') rpcNow(w, t, f.to, f.operation, f.payload, f.made);
    else answerNow(w, t, f.to, f.payload, f.made);
  }),
  step('it is sent', (w, t, f) => {
    forgetMade(w, t, f);
    finish(t);
  }),
]);

/** Copies that no message has taken. */
function forgetMade(w: MachWorld, { node }: Thread, f: Sending): void {
  const kernel = kernelMap(w, node);
  for (const name of f.made) {
    const region = name === '' ? null : regionNamed(w, kernel, name);
    if (region !== null) regionRemove(w, kernel, region);
  }
  f.made.fill('');
}

/** The thread ends: what it had copied for a message is given up. */
export function forgetCopies(w: MachWorld, t: Thread): void {
  for (const { routine: index, data } of framesOf(t)) {
    if (index === sendMemory.index) forgetMade(w, t, data as Sending);
  }
}
