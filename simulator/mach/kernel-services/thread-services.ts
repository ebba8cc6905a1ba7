/**
 * Kernel calls on a thread port [mechanisms 1.13]. The state of a thread is its frames: what registers and stack hold.
 *
 * Frames of the kernel (a page fault that is being served) are not part of the state: the thread performs the
 * interrupted step again wherever it goes on.
 */
import { copy } from '../../base/plain.ts';
import { NONE, at } from '../../base/table.ts';
import { kernelService, takeHand } from '../kernel-call.ts';
import { finish, routine, step, type Frame, type Routine } from '../routine.ts';
import { isInKernel, threadAbort, threadResume, threadSuspend, threadTerminate } from '../thread-control.ts';
import { runAt } from '../thread.ts';
import type { KernelRequest } from '../kernel-call.ts';
import type { MachWorld } from '../world.ts';
import { kernelPort, KERNEL } from '../ipc/port.ts';
import { portDestroy } from '../ipc/port-death.ts';
import { RECEIVE } from '../ipc/space.ts';
import { invalidArgument, sendRight, success, threadOfPort } from './objects.ts';

/** What `thread_get_state` answers and `thread_set_state` is told: plain data, 125 bytes of registers. */
export interface ThreadState {
  readonly name: string;
  readonly identity: number;
  readonly frames: readonly Frame[];
  readonly retry: number;
  readonly receiveName: number;
  readonly replyName: number;
  readonly expectsReply: boolean;
  readonly remaining: number;
  readonly suspendCount: number;
  readonly serves: number;
  readonly servedBy: number;
}

export const THREAD_STATE_BYTES = 128;

export const threadServices: readonly Routine[] = [
  kernelService('thread_suspend', 'stop a thread', (w, _t, request) => {
    const t = threadOfPort(w, request);
    if (t === null) return invalidArgument;
    threadSuspend(w, t);
    return success;
  }),
  kernelService('thread_resume', 'let a thread run', (w, _t, request) => {
    const t = threadOfPort(w, request);
    if (t === null) return invalidArgument;
    threadResume(w, t);
    return success;
  }),
  routine<MachWorld, KernelRequest>('thread_abort', 'brings a suspended thread to a clean point', [
    step('wait until the kernel is done with it', (w, t, request) => {
      const target = threadOfPort(w, request);
      if (target === null) return finish(t, invalidArgument);
      if (isInKernel(w, target)) {
        // Its RUN event will park it: look again when it has.
        runAt(w, t, w.time + w.setup.prices.kernel_call);
        t.frames[t.frames.length - 1]!.step = 0;
        return;
      }
      threadAbort(w, target);
      finish(t, success);
    }),
  ]),
  kernelService('thread_get_state', 'read the registers of a thread', (w, _t, request) => {
    const t = threadOfPort(w, request);
    if (t === null) return invalidArgument;
    const body: ThreadState = {
      name: t.name,
      identity: t.identity,
      frames: copy(t.frames),
      retry: t.retry,
      receiveName: t.receiveName,
      replyName: t.replyName,
      expectsReply: t.expectsReply,
      remaining: t.remaining,
      suspendCount: t.suspendCount,
      serves: t.serves,
      servedBy: t.servedBy,
    };
    return { body, bytes: THREAD_STATE_BYTES };
  }),
  kernelService('thread_set_state', 'write the registers of a suspended thread', (w, _t, request) => {
    const t = threadOfPort(w, request);
    if (t === null) return invalidArgument;
    const { frames, suspendCount: _, name: _n, identity: _i, ...registers } = request.body as ThreadState;
    t.frames.length = 0;
    t.frames.push(...copy(frames));
    Object.assign(t, registers);
    return success;
  }),
  kernelService('thread_get_special_ports', 'get the ports that the kernel keeps for a thread', (w, _t, request) => {
    const t = threadOfPort(w, request);
    return t === null ? invalidArgument : { rights: sendRight(at(w.ports, t.self)) };
  }),
  kernelService('thread_extract_kernel_port', 'take the receive right of the kernel port', (w, _t, request) => {
    const t = threadOfPort(w, request);
    if (t === null) return invalidArgument;
    const port = at(w.ports, t.self);
    port.receiver = NONE;
    port.objectKind = '';
    port.object = NONE;
    const husk = kernelPort(w, t.node, `${t.name}.husk`, 'thread', t.id);
    t.self = husk.id;
    return { rights: [RECEIVE, port.id, ...sendRight(husk)] };
  }),
  kernelService('thread_take_kernel_port', 'answer on a kernel port that came from elsewhere', (w, t, request) => {
    const target = threadOfPort(w, request);
    const [type, id] = takeHand(t);
    if (target === null || type !== RECEIVE || id === undefined) return invalidArgument;
    portDestroy(w, at(w.ports, target.self));
    const port = at(w.ports, id);
    port.receiver = KERNEL;
    port.destination = NONE;
    port.objectKind = 'thread';
    port.object = target.id;
    target.self = port.id;
    return success;
  }),
  kernelService('thread_terminate', 'end a thread', (w, _t, request) => {
    const t = threadOfPort(w, request);
    if (t === null) return invalidArgument;
    threadTerminate(w, t);
    return success;
  }),
];
