/**
 * Kernel calls: what a thread asks of a kernel, through a right to a port that the kernel owns.
 *
 * If the object is on the caller's node the call is a trap: the caller pays for a kernel call and performs the service
 * itself. If it is on another node the call is an RPC that a kernel thread there serves, at the price of the messages
 * alone [mechanisms 2.5, 7.4]. Either way the caller finds `t.code`, `t.body` and `t.names` afterwards.
 *
 * A service is a routine that is called with a KernelRequest and finishes with a KernelAnswer; the rights that came
 * with the call are in the thread's hand, and the rights of the answer are rights in hand too: the kernel has no names.
 */
import { KERNEL_CALLS, LOCAL_RIGHTS, bookWork } from '../base/ledger.ts';
import { assert } from '../base/assert.ts';
import { copy } from '../base/plain.ts';
import { NONE, at } from '../base/table.ts';
import { nodeCreate, type Node } from './node.ts';
import { answerWith, carriedBy, receive, rpc, rpcToPort, type Payload } from './ipc/mach-msg.ts';
import { KERNEL, type Port } from './ipc/port.ts';
import { broughtBy, kernelPortOf } from './ipc/receivers.ts';
import { discard } from './ipc/release.ts';
import { copyin, copyout, destinationOf, portAllocate } from './ipc/right.ts';
import { lookup } from './ipc/space.ts';
import { charge, occupyFor } from './processor.ts';
import { call, finish, routine, step, unknownOperation, type Routine } from './routine.ts';
import { growPool } from './pool.ts';
import { taskCreate, type Task } from './task.ts';
import { emptyHand, noNames, nothingBrought, runAt, threadCreate, threadStart, type Thread } from './thread.ts';
import type { MachWorld } from './world.ts';

export interface KernelRequest {
  readonly operation: string;
  readonly body: unknown;
  /** The kernel-owned port that the call was made on. */
  readonly port: number;
}

export interface KernelAnswer {
  readonly code?: string;
  readonly body?: unknown;
  readonly bytes?: number;
  /** Pages of 4 KB sent out of line. */
  readonly pages?: number;
  /** Rights in hand: type, port, type, port ... */
  readonly rights?: number[];
}

/** A service that is one step: it looks, acts and answers at once. */
export function kernelService<W extends MachWorld>(
  name: string,
  story: string,
  perform: (w: W, t: Thread, request: KernelRequest) => KernelAnswer,
): Routine {
  return routine<W, KernelRequest>(name, story, [step(story, (w, t, f) => finish(t, perform(w, t, f)))]);
}

/** Calls the kernel that owns the port under the name. */
export function kernelCall(w: MachWorld, t: Thread, on: number, operation: string, payload: Payload = {}): void {
  const task = at(w.tasks, t.task);
  const dest = destinationOf(w, task, on);
  const port = dest === NONE ? null : at(w.ports, dest);
  if (port === null || port.proxy || port.receiver !== KERNEL) {
    rpc(w, t, on, operation, payload);
    return;
  }
  const hand: number[] = [];
  for (const carried of carriedBy(payload)) {
    const right = copyin(w, task, carried.name, carried.disposition);
    if (right === null) {
      for (let i = 0; i < hand.length; i += 2) discard(w, { type: hand[i]!, port: hand[i + 1]! });
      Object.assign(t, {
        code: 'MACH_SEND_INVALID_RIGHT',
        body: null,
        reply: NONE,
        names: noNames,
        brought: nothingBrought,
      });
      return;
    }
    hand.push(right.type, right.port);
  }
  t.hand = hand;
  call(t, trap, { operation, body: copy(payload.body ?? null), port: port.id, on } satisfies Trap);
}

/** A kernel call on no port: what a thread asks of its own kernel for itself (mach_task_self, thread_switch ...). */
export function kernelTrap(t: Thread, operation: string, body: unknown = null): void {
  call(t, trap, { operation, body: copy(body), port: NONE, on: NONE } satisfies Trap);
}

interface Trap extends KernelRequest {
  /** The name that it was called under. */
  readonly on: number;
}

export const trap = routine<MachWorld, Trap>('kernel call', 'the caller performs a kernel service on its own node', [
  step('enter the kernel', (w, t) => {
    // A thread of the kernel is there already: it calls a procedure.
    if (at(w.tasks, t.task).kind === 'kernel') return;
    const { prices } = w.setup;
    const rights = t.hand.length / 2;
    const cost = rights * prices.local_right;
    const done = occupyFor(w, t, prices.kernel_call + cost);
    bookWork(w, t.activity, KERNEL_CALLS, 1, prices.kernel_call, done - cost - prices.kernel_call);
    if (rights > 0) bookWork(w, t.activity, LOCAL_RIGHTS, rights, cost, done - cost);
    runAt(w, t, done);
  }),
  step('perform the service', (w, t, f) => {
    const elsewhere = hasMoved(w, t, f);
    if (elsewhere !== null) {
      finish(t);
      rpcToPort(w, t, elsewhere, f.operation, { body: f.body }, takeHand(t));
      return;
    }
    const service = w.setup.kernelServices.get(f.operation);
    assert(service !== undefined, 'kernel call', () => `no service ${f.operation}`);
    call(t, service, { operation: f.operation, body: f.body, port: f.port } satisfies KernelRequest);
  }),
  step('return', (w, t) => {
    const result = t.result as KernelAnswer;
    const task = at(w.tasks, t.task);
    t.code = result.code ?? 'KERN_SUCCESS';
    t.body = result.body ?? null;
    t.reply = NONE;
    dropHand(w, t);
    const rights = result.rights ?? [];
    const names: number[] = [];
    for (let i = 0; i < rights.length; i += 2) names.push(copyout(w, task, { type: rights[i]!, port: rights[i + 1]! }));
    t.names = names.length === 0 ? noNames : names;
    t.brought = broughtBy(rights);
    finish(t, null);
    if (names.length > 0 && task.kind !== 'kernel')
      charge(w, t, LOCAL_RIGHTS, names.length, names.length * w.setup.prices.local_right);
  }),
]);

/** The port that was called, if another kernel is about to answer on it since the thread has entered this one. */
function hasMoved(w: MachWorld, t: Thread, { on, port: id }: Trap): Port | null {
  if (on === NONE || destinationOf(w, at(w.tasks, t.task), on) !== id) return null;
  const port = at(w.ports, id);
  return port.active && (port.proxy || port.receiver !== KERNEL) ? port : null;
}

/** Takes the rights out of the thread's hand: the service keeps or uses them. */
export function takeHand(t: Thread): number[] {
  const { hand } = t;
  t.hand = emptyHand;
  return hand;
}

interface KernelLoop {
  readonly on: number;
  reply: number;
}

/** What a kernel thread does: serves requests that came from other nodes. */
export const kernelLoop = routine<MachWorld, KernelLoop>('kernel thread', 'serves calls from other nodes', [
  step('receive a request', (w, t, f) => receive(w, t, f.on)),
  step('perform the service', (w, t, f) => {
    f.reply = t.reply;
    if (t.code === 'MACH_RCV_BODY_ERROR') {
      t.top!.step = 0;
      t.serves = NONE;
      if (f.reply !== NONE) answerWith(w, t, f.reply, { code: t.code }, []);
      return;
    }
    growPool(w, t, f.on, kernelThread);
    const service = w.setup.kernelServices.get(t.operation) ?? unknownOperation;
    call(t, service, { operation: t.operation, body: t.body, port: kernelPortOf(t) } satisfies KernelRequest);
  }),
  step('answer', (w, t, f) => {
    t.top!.step = 0;
    dropHand(w, t);
    const { code, body, bytes, pages, rights } = (t.result ?? {}) as KernelAnswer;
    t.serves = NONE;
    if (f.reply !== NONE) {
      answerWith(
        w,
        t,
        f.reply,
        { code: code ?? 'KERN_SUCCESS', body, bytes: bytes ?? 0, pages: pages ?? 0 },
        rights ?? [],
      );
    }
  }),
]);

/** A node with its kernel. */
export function boot(w: MachWorld, name: string, memory: number): Node {
  const node = nodeCreate(w, name, memory);
  bootKernel(w, node);
  return node;
}

/** The kernel of a node: its task, the port that requests from elsewhere are queued on, and a thread. */
export function bootKernel(w: MachWorld, node: Node): void {
  const { name } = node;
  const task = taskCreate(w, node.id, 'kernel', `kernel@${name}`, 0);
  node.kernelTask = task.id;
  const on = portAllocate(w, task, `kernel@${name}.requests`);
  node.kernelQueue = lookup(task.space, on)!.port;
  kernelThread(w, task, on);
}

function kernelThread(w: MachWorld, task: Task, on: number): void {
  const t = threadCreate(w, task, task.name);
  call(t, kernelLoop, { on, reply: NONE } satisfies KernelLoop);
  threadStart(w, t);
}

/** Gives up what a service did not take. */
function dropHand(w: MachWorld, t: Thread): void {
  const hand = takeHand(t);
  for (let i = 0; i < hand.length; i += 2) discard(w, { type: hand[i]!, port: hand[i + 1]! });
}
