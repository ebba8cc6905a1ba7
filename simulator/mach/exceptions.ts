/**
 * Exceptions: a thread has done something wrong, and the kernel asks somebody what to make of it [mechanisms 1.12].
 *
 * The kernel sends a message `exception_raise` to the exception port of the thread, and waits, in the thread's place,
 * for the answer. KERN_SUCCESS means that the matter is settled: the thread goes on (perhaps with the state that the
 * handler has given it by thread_set_state or in its answer). Any other answer, a dead port, or no port at all passes the
 * exception on from the thread's port to its task's; and when that has failed too the task is terminated.
 *
 *   behaviour                  message                         holds
 *   EXCEPTION_DEFAULT          exception_raise                 rights to thread and task; exception, code, subcode
 *   EXCEPTION_STATE            exception_raise_state           exception, code, subcode, flavour and state
 *   EXCEPTION_STATE_IDENTITY   exception_raise_state_identity  all of it
 *
 * The answer to the last two may hold `newState`, which becomes the thread's.
 *
 * What a thread does after the exception its routine decides before: `again(t); raise(w, t, ...)` performs the same step
 * again, as a processor does with the instruction that has failed; without `again` the next step follows, as after a
 * breakpoint. What the thread received before the exception it finds unchanged.
 */
import { TASK_ENDED } from '../base/event.ts';
import { KERNEL_CALLS } from '../base/ledger.ts';
import { at } from '../base/table.ts';
import { EXCEPTION_DEFAULT, EXCEPTION_STATE, actionFor, exceptionNames } from './exception-ports.ts';
import { rpcToPort } from './ipc/mach-msg.ts';
import type { Port } from './ipc/port.ts';
import { sendRight, threadPort } from './kernel-services/objects.ts';
import { charge } from './processor.ts';
import { call, finish, goTo, routine, step } from './routine.ts';
import { taskPort, taskTerminate } from './task.ts';
import { setThreadState, threadStateOf, type ThreadState } from './thread-state.ts';
import type { Thread } from './thread.ts';
import { emit, tell, type MachWorld } from './world.ts';

/** Mach's own word for what is wrong (KERN_INVALID_ADDRESS ...), or the machine's number for it. */
export type ExceptionCode = string | number;

/** Body of the messages. */
export interface ExceptionRaise {
  readonly exception: number;
  readonly code: ExceptionCode;
  readonly subcode: ExceptionCode;
  readonly flavor?: number;
  readonly oldState?: Partial<ThreadState>;
}

/** What the handler may answer to a message that held the state. */
export interface ExceptionAnswer {
  readonly newState?: Partial<ThreadState>;
}

interface Exception extends ExceptionRaise {
  /** Whose port is asked. */
  asked: 'thread' | 'task';
  /** What the last receive had brought: an exception comes at any time, and must not disturb it. */
  readonly before: Pick<
    Thread,
    'operation' | 'code' | 'body' | 'reply' | 'names' | 'brought' | 'arrivedOn' | 'sequence' | 'serves'
  >;
}

/** The thread has done something wrong: it goes on when somebody has settled it, or ends with its task. */
export function raise(
  w: MachWorld,
  t: Thread,
  exception: number,
  code: ExceptionCode,
  subcode: ExceptionCode = 0,
): void {
  const { operation, code: lastCode, body, reply, names, brought, arrivedOn, sequence, serves } = t;
  const before = { operation, code: lastCode, body, reply, names, brought, arrivedOn, sequence, serves };
  call(t, exceptionRoutine, { exception, code, subcode, asked: 'thread', before } satisfies Exception);
  tell(w, 'exception', t.node, null, t.identity, `${exceptionNames[exception]} (${code}, ${subcode}) in ${t.name}`);
}

export const exceptionRoutine = routine<MachWorld, Exception>('exception', 'asks what to make of an exception', [
  step('enter the kernel', (w, t) => charge(w, t, KERNEL_CALLS, 1, w.setup.prices.kernel_call)),
  step('tell the handler', (w, t, f) => {
    const holder = f.asked === 'thread' ? t : at(w.tasks, t.task);
    const action = actionFor(holder, f.exception);
    if (action === null) return pass(w, t, f);
    const port = at(w.ports, action.port);
    if (action.behavior === EXCEPTION_DEFAULT) return tellIdentity(w, t, f, port, 'exception_raise');
    const { flavor } = action;
    const oldState = threadStateOf(t, flavor);
    if (action.behavior === EXCEPTION_STATE) {
      return rpcToPort(w, t, port, 'exception_raise_state', { body: { ...bodyOf(f), flavor, oldState } });
    }
    tellIdentity(w, t, { ...f, flavor, oldState }, port, 'exception_raise_state_identity');
  }),
  step('look at the answer', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return pass(w, t, f);
    const { newState } = (t.body ?? {}) as ExceptionAnswer;
    if (newState !== undefined) setThreadState(t, newState);
    Object.assign(t, f.before);
    finish(t, 'KERN_SUCCESS');
  }),
]);

function tellIdentity(w: MachWorld, t: Thread, f: Exception, port: Port, operation: string): void {
  const rights = [...sendRight(threadPort(w, t)), ...sendRight(taskPort(w, at(w.tasks, t.task)))];
  rpcToPort(w, t, port, operation, { body: bodyOf(f) }, rights);
}

function bodyOf({ exception, code, subcode, flavor, oldState }: Exception): ExceptionRaise {
  return oldState === undefined
    ? { exception, code, subcode }
    : { exception, code, subcode, flavor: flavor ?? 0, oldState };
}

/** Whoever was asked has not settled it: the task is asked after the thread, and then it ends. */
function pass(w: MachWorld, t: Thread, f: Exception): void {
  if (f.asked === 'task') {
    const task = at(w.tasks, t.task);
    const { id, kind } = task;
    taskTerminate(w, task);
    if (kind === 'mach') emit(w, TASK_ENDED, id);
    return;
  }
  f.asked = 'task';
  goTo(w, t, 'tell the handler');
}
