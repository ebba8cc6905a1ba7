/**
 * Kernel calls about the ports that the kernel keeps for tasks and threads [mechanisms 1.12]: the special ports
 * (a task's and a thread's own port as they get it, and the bootstrap port), the three ports that a task registers, and
 * the exception ports.
 *
 * Setting the kernel port changes only what the task or thread gets for itself (sself): the port that the kernel
 * answers on stays what it is. That is how somebody places himself between a task and its kernel.
 */
import { NONE, at } from '../../base/table.ts';
import {
  EXCEPTION_DEFAULT,
  EXCEPTION_STATE_IDENTITY,
  EXC_MASK_ALL,
  actionsIn,
  setAction,
  type ExceptionAction,
  hasActions,
} from '../exception-ports.ts';
import { discard } from '../ipc/release.ts';
import { type Right } from '../ipc/right.ts';
import { DEAD_NAME, SEND } from '../ipc/space.ts';
import {
  BOOTSTRAP,
  REGISTERED,
  REGISTERED_MAX,
  keepSelf,
  noRight,
  setSpecial,
  specialOf,
  sselfOf,
  type Holder,
} from '../kept.ts';
import { kernelService, takeHand, type KernelAnswer, type KernelRequest } from '../kernel-call.ts';
import type { Routine } from '../routine.ts';
import { taskSelf, type Task } from '../task.ts';
import type { Thread } from '../thread.ts';
import type { MachWorld } from '../world.ts';
import { invalidArgument, sendRight, success, taskOf, threadOfPort, threadSelf } from './objects.ts';

/** What `which_port` says; a thread has only the first. */
export const TASK_KERNEL_PORT = 1;
export const TASK_BOOTSTRAP_PORT = 4;
export const THREAD_KERNEL_PORT = 1;

interface WhichPort {
  readonly whichPort: number;
}

/** What `..._set_exception_ports` is told besides the port. */
export interface SetExceptionPorts {
  readonly exceptionMask: number;
  readonly behavior: number;
  readonly flavor: number;
}

/** What `..._get_exception_ports` answers besides the ports: of each, for which types and how it is told. */
export interface ExceptionPorts {
  readonly masks: readonly number[];
  readonly behaviors: readonly number[];
  readonly flavors: readonly number[];
}

export const specialPortServices: readonly Routine[] = [
  kernelService('task_get_special_port', 'get a port that the kernel keeps for a task', (w, _t, request) => {
    const task = taskOf(w, request);
    const { whichPort } = request.body as WhichPort;
    if (task === null) return invalidArgument;
    if (whichPort === TASK_KERNEL_PORT) return { rights: sendRight(taskSelf(w, task)) };
    return whichPort === TASK_BOOTSTRAP_PORT ? { rights: kept(w, [specialOf(task)[BOOTSTRAP]!]) } : invalidArgument;
  }),
  kernelService('task_set_special_port', 'set a port that the kernel keeps for a task', (w, t, request) => {
    const task = taskOf(w, request);
    const { whichPort } = request.body as WhichPort;
    if (task === null || !isSendOrNone(t)) return invalidArgument;
    if (whichPort === TASK_KERNEL_PORT) keepSelf(w, task, takeRight(t));
    else if (whichPort === TASK_BOOTSTRAP_PORT) setSpecial(w, task, BOOTSTRAP, takeRight(t));
    else return invalidArgument;
    return success;
  }),
  kernelService('thread_get_special_port', 'get a port that the kernel keeps for a thread', (w, _t, request) => {
    const t = threadOfPort(w, request);
    if (t === null || (request.body as WhichPort).whichPort !== THREAD_KERNEL_PORT) return invalidArgument;
    return { rights: sendRight(threadSelf(w, t)) };
  }),
  kernelService('thread_set_special_port', 'set a port that the kernel keeps for a thread', (w, t, request) => {
    const target = threadOfPort(w, request);
    if (target === null || !isSendOrNone(t)) return invalidArgument;
    if ((request.body as WhichPort).whichPort !== THREAD_KERNEL_PORT) return invalidArgument;
    keepSelf(w, target, takeRight(t));
    return success;
  }),
  kernelService('mach_ports_register', 'register ports that children will find', (w, t, request) => {
    const task = taskOf(w, request);
    if (task === null || t.hand.length > 2 * REGISTERED_MAX) return invalidArgument;
    for (let i = 0; i < t.hand.length; i += 2)
      if (t.hand[i] !== SEND && t.hand[i] !== DEAD_NAME) return invalidArgument;
    const hand = takeHand(t);
    for (let i = 0; i < REGISTERED_MAX; i++) {
      const right = 2 * i < hand.length ? { type: hand[2 * i]!, port: hand[2 * i + 1]! } : noRight;
      setSpecial(w, task, REGISTERED + i, right);
    }
    return success;
  }),
  kernelService('mach_ports_lookup', 'get the registered ports', (w, _t, request) => {
    const task = taskOf(w, request);
    return task === null ? invalidArgument : { rights: kept(w, specialOf(task).slice(REGISTERED)) };
  }),
  getExceptionPorts('task_get_exception_ports', taskOf),
  setExceptionPorts('task_set_exception_ports', taskOf),
  swapExceptionPorts('task_swap_exception_ports', taskOf),
  getExceptionPorts('thread_get_exception_ports', threadOfPort),
  setExceptionPorts('thread_set_exception_ports', threadOfPort),
  swapExceptionPorts('thread_swap_exception_ports', threadOfPort),
  kernelService('thread_get_special_ports', 'get all ports that the kernel keeps for a thread', (w, _t, request) => {
    const t = threadOfPort(w, request);
    if (t === null) return invalidArgument;
    const own = hasActions(t);
    const answer = report(w, actionsIn(own ? t : at(w.tasks, t.task), EXC_MASK_ALL));
    const body: ThreadSpecialPorts = { ...(answer.body as ExceptionPorts), own, interposed: sselfOf(t) !== NONE };
    return { body, rights: [...sendRight(threadSelf(w, t)), ...answer.rights!] };
  }),
];

/**
 * What `thread_get_special_ports` answers besides its ports: the thread's own port as it gets it, and where its
 * exceptions go; whether the first is somebody else's, and the others are the thread's own and not its task's.
 */
export interface ThreadSpecialPorts extends ExceptionPorts {
  readonly own: boolean;
  readonly interposed: boolean;
}

type HolderOf = (w: MachWorld, request: KernelRequest) => Task | Thread | null;

function getExceptionPorts(name: string, holderOf: HolderOf): Routine {
  return kernelService(name, 'say where exceptions go', (w: MachWorld, _t, request) => {
    const holder = holderOf(w, request);
    const { exceptionMask } = request.body as SetExceptionPorts;
    return holder === null || !isMask(exceptionMask) ? invalidArgument : report(w, actionsIn(holder, exceptionMask));
  });
}

function setExceptionPorts(name: string, holderOf: HolderOf): Routine {
  return kernelService(name, 'say where exceptions shall go', (w: MachWorld, t, request) => {
    const holder = holderOf(w, request);
    const asked = request.body as SetExceptionPorts;
    if (holder === null || !isMask(asked.exceptionMask) || !isSendOrNone(t)) return invalidArgument;
    return change(w, t, holder, asked);
  });
}

function swapExceptionPorts(name: string, holderOf: HolderOf): Routine {
  return kernelService(name, 'say where exceptions shall go, and where they went', (w: MachWorld, t, request) => {
    const holder = holderOf(w, request);
    const asked = request.body as SetExceptionPorts;
    if (holder === null || !isMask(asked.exceptionMask) || !isSendOrNone(t)) return invalidArgument;
    const before = report(w, actionsIn(holder, asked.exceptionMask));
    const after = change(w, t, holder, asked);
    if (after === success) return before;
    for (let i = 0; i < before.rights!.length; i += 2) {
      discard(w, { type: before.rights![i]!, port: before.rights![i + 1]! });
    }
    return after;
  });
}

function change(
  w: MachWorld,
  t: Thread,
  holder: Holder,
  { exceptionMask, behavior, flavor }: SetExceptionPorts,
): KernelAnswer {
  const right = takeRight(t);
  const isBehavior = behavior >= EXCEPTION_DEFAULT && behavior <= EXCEPTION_STATE_IDENTITY;
  const valid = right.type !== SEND || isBehavior;
  if (valid) setAction(w, holder, exceptionMask, right.port, behavior, flavor);
  discard(w, right);
  return valid ? success : invalidArgument;
}

function report(w: MachWorld, actions: readonly ExceptionAction[]): KernelAnswer {
  const body: ExceptionPorts = {
    masks: actions.map(({ mask }) => mask),
    behaviors: actions.map(({ behavior }) => behavior),
    flavors: actions.map(({ flavor }) => flavor),
  };
  return {
    body,
    rights: kept(
      w,
      actions.map(({ port }) => port),
    ),
  };
}

/** Rights in hand to those of the kept ports that are set. */
function kept(w: MachWorld, ports: readonly number[]): number[] {
  return ports.filter((port) => port !== NONE).flatMap((port) => sendRight(at(w.ports, port)));
}

function isMask(mask: number): boolean {
  return (mask & ~EXC_MASK_ALL) === 0;
}

function isSendOrNone({ hand }: Thread): boolean {
  return hand.length === 0 || (hand.length === 2 && (hand[0] === SEND || hand[0] === DEAD_NAME));
}

/** The one right of the call, which the service keeps; none means the null port. */
function takeRight(t: Thread): Right {
  const [type, port] = takeHand(t);
  return type === undefined || port === undefined ? noRight : { type, port };
}
