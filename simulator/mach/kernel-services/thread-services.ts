/**
 * Kernel calls on a thread port [mechanisms 1.13]: stopping it, interrupting it, reading and writing its state, ending it.
 *
 * An abort waits until the kernel is done with what it does for the thread (a transfer, a kernel call), but not until
 * there is room for its message on another node: that is taken back (dipc/interrupt.ts);
 * thread_abort_safely says KERN_FAILURE instead, and also where the program would notice.
 */
import { INTERRUPT_SEND } from '../../base/event.ts';
import { NONE, at } from '../../base/table.ts';
import { kernelPortAdopt, kernelPortRelease } from '../ipc/mqueue.ts';
import { portDestroy } from '../ipc/port-death.ts';
import { beingSent } from '../ipc/senders.ts';
import { RECEIVE } from '../ipc/space.ts';
import { kernelService, takeHand, type KernelAnswer, type KernelRequest } from '../kernel-call.ts';
import { finish, routine, step, type Routine } from '../routine.ts';
import {
  canAbortSafely,
  isInKernel,
  threadAbort,
  threadResume,
  threadSuspend,
  threadTerminate,
  unpark,
} from '../thread-control.ts';
import { THREAD_MACHINE_STATE, isFlavor, setThreadState, threadStateOf, type ThreadState } from '../thread-state.ts';
import { runAt, type Thread } from '../thread.ts';
import { emit, type MachWorld } from '../world.ts';
import { failure, invalidArgument, success, threadOfPort, threadPort } from './objects.ts';

/** Registers and flags of a 386, as they travel. [7.4: 0.125 KB] */
const THREAD_STATE_BYTES = 128;

type ThreadCall = (w: MachWorld, target: Thread, request: KernelRequest, t: Thread) => KernelAnswer;

/** A call on a thread port, which fails if the port stands for no thread (any more). */
export function threadService(name: string, story: string, perform: ThreadCall): Routine {
  return kernelService(name, story, (w: MachWorld, t, request) => {
    const target = threadOfPort(w, request);
    return target === null ? invalidArgument : perform(w, target, request, t);
  });
}

/** An abort that waits: the send that it found the thread in, by its serial number. */
interface ThreadAbort extends KernelRequest {
  send?: number;
}

/** The message that the thread is sending, by its serial number, or NONE. */
function sendOf(w: MachWorld, t: Thread): number {
  return beingSent(w, t)?.serial ?? NONE;
}

export const threadServices: readonly Routine[] = [
  threadService('thread_suspend', 'stop a thread', (w, target) => {
    threadSuspend(w, target);
    return success;
  }),
  threadService('thread_resume', 'let a thread run', (w, target) => (threadResume(w, target) ? success : failure)),
  routine<MachWorld, ThreadAbort>('thread_abort', 'brings a thread to a clean point', [
    step('wait until the kernel is done with it', (w, t, request) => {
      const target = threadOfPort(w, request);
      if (target === null || target.id === t.id) return finish(t, invalidArgument);
      if (isInKernel(w, target)) {
        const send = sendOf(w, target);
        if (send !== NONE) {
          request.send ??= send;
          // It was interrupted, and the thread, which is not suspended, has begun it again.
          if (request.send !== send) return finish(t, success);
          emit(w, INTERRUPT_SEND, target.id, target.identity);
        }
        // Its RUN event will park it: look again when it has.
        runAt(w, t, w.time + w.setup.prices.kernel_call);
        t.top!.step = 0;
        return;
      }
      threadAbort(w, target);
      finish(t, success);
    }),
  ]),
  threadService('thread_abort_safely', 'bring a thread to a clean point, if nobody notices', (w, target, _r, t) => {
    if (target.id === t.id) return invalidArgument;
    if (!canAbortSafely(w, target)) return failure;
    threadAbort(w, target);
    return success;
  }),
  threadService('thread_get_state', 'read the registers of a thread', (_w, target, { body }, t) => {
    const { flavor = THREAD_MACHINE_STATE } = (body ?? {}) as { flavor?: number };
    if (!isFlavor(flavor) || target.id === t.id) return invalidArgument;
    return { body: threadStateOf(target, flavor), bytes: THREAD_STATE_BYTES };
  }),
  threadService('thread_set_state', 'write the registers of a thread, which stops for it', (w, target, { body }, t) => {
    if (target.id === t.id) return invalidArgument;
    threadSuspend(w, target);
    target.suspendCount--;
    setThreadState(target, body as Partial<ThreadState>);
    unpark(w, target);
    return success;
  }),
  threadService('thread_extract_kernel_port', 'take the receive right of the kernel port', (w, target) => {
    const port = threadPort(w, target);
    kernelPortRelease(w, port);
    // What is left ends with its task; should anybody ask for a port of it meanwhile, it gets another one.
    target.self = NONE;
    // Who stops or resumes it from here on does so to the new one.
    return { body: { suspendCount: target.suspendCount }, rights: [RECEIVE, port.id] };
  }),
  threadService('thread_take_kernel_port', 'answer on a kernel port that came from elsewhere', (w, target, _r, t) => {
    const [type, id] = takeHand(t);
    if (type !== RECEIVE || id === undefined) return invalidArgument;
    if (target.self !== NONE) portDestroy(w, at(w.ports, target.self));
    kernelPortAdopt(w, at(w.ports, id), 'thread', target.id);
    target.self = id;
    return success;
  }),
  threadService('thread_terminate', 'end a thread', (w, target) => {
    threadTerminate(w, target);
    return success;
  }),
];
