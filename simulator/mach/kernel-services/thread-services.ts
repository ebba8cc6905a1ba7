/**
 * Kernel calls on a thread port [mechanisms 1.13]. The state of a thread is its frames: what registers and stack hold.
 *
 * Frames of the kernel (a page fault that is being served) are not part of the state: the thread performs the
 * interrupted step again wherever it goes on.
 */
import { copy } from '../../base/plain.ts';
import { NONE, at } from '../../base/table.ts';
import { kernelService, takeHand } from '../kernel-call.ts';
import { finish, routine, step, type Routine } from '../routine.ts';
import { isInKernel, threadAbort, threadResume, threadSuspend, threadTerminate } from '../thread-control.ts';
import { runAt, type Thread } from '../thread.ts';
import type { KernelRequest } from '../kernel-call.ts';
import type { MachWorld } from '../world.ts';
import { kernelPort } from '../ipc/port.ts';
import { kernelPortAdopt, kernelPortRelease } from '../ipc/mqueue.ts';
import { portDestroy } from '../ipc/port-death.ts';
import { RECEIVE } from '../ipc/space.ts';
import { invalidArgument, sendRight, success, threadOfPort, threadPort } from './objects.ts';

/** What `thread_get_state` answers and `thread_set_state` is told: the parts of a thread that are its own. */
const registers = [
  'frames',
  'result',
  'retry',
  'suspendCount',
  'remaining',
  'replyName',
  'receiveName',
  'expectsReply',
  'servedBy',
  'serves',
  'operation',
  'code',
  'body',
  'reply',
  'names',
  'arrivedOn',
] as const satisfies readonly (keyof Thread)[];

export type ThreadState = Pick<Thread, (typeof registers)[number] | 'name' | 'identity'>;

/** Registers and flags of a 386, as they travel. [7.4: 0.125 KB] */
const THREAD_STATE_BYTES = 128;

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
    const { name, identity } = t;
    const body: Record<string, unknown> = { name, identity };
    for (const register of registers) body[register] = copy(t[register]);
    return { body, bytes: THREAD_STATE_BYTES };
  }),
  kernelService('thread_set_state', 'write the registers of a suspended thread', (w, _t, request) => {
    const t = threadOfPort(w, request);
    if (t === null) return invalidArgument;
    const state = request.body as Partial<ThreadState>;
    const given = registers.filter((register) => register in state);
    Object.assign(t, Object.fromEntries(given.map((register) => [register, copy(state[register])])));
    return success;
  }),
  kernelService('thread_extract_kernel_port', 'take the receive right of the kernel port', (w, _t, request) => {
    const t = threadOfPort(w, request);
    if (t === null) return invalidArgument;
    const port = threadPort(w, t);
    kernelPortRelease(w, port);
    const husk = kernelPort(w, t.node, `${t.name}.husk`, 'thread', t.id);
    t.self = husk.id;
    return { rights: [RECEIVE, port.id, ...sendRight(husk)] };
  }),
  kernelService('thread_take_kernel_port', 'answer on a kernel port that came from elsewhere', (w, t, request) => {
    const target = threadOfPort(w, request);
    const [type, id] = takeHand(t);
    if (target === null || type !== RECEIVE || id === undefined) return invalidArgument;
    if (target.self !== NONE) portDestroy(w, at(w.ports, target.self));
    kernelPortAdopt(w, at(w.ports, id), 'thread', target.id);
    target.self = id;
    return success;
  }),
  kernelService('thread_terminate', 'end a thread', (w, _t, request) => {
    const t = threadOfPort(w, request);
    if (t === null) return invalidArgument;
    threadTerminate(w, t);
    return success;
  }),
];
