/**
 * Exception ports: whom the kernel tells when a thread does something wrong [mechanisms 1.12].
 *
 * A task has one action for each type of exception, and so has a thread: a port, a behaviour (what the message holds:
 * the identity of thread and task, the state of the thread, or both) and a flavour of state. The thread's action comes
 * first; if it has none the task's is taken; if that has none either nobody is told. A new task inherits the actions of
 * its parent, a new thread has none.
 *
 * The actions of one holder are one flat list: port, behaviour, flavour of type 1, of type 2 ... Most holders have none
 * and share the empty list. A list is replaced, never changed.
 */
import { NONE } from '../base/table.ts';
import { copyOf, keepInstead } from './kept.ts';
import type { MachWorld } from './world.ts';

export const EXC_BAD_ACCESS = 1;
export const EXC_BAD_INSTRUCTION = 2;
export const EXC_ARITHMETIC = 3;
export const EXC_EMULATION = 4;
export const EXC_SOFTWARE = 5;
export const EXC_BREAKPOINT = 6;
const EXC_TYPES = 6;

/** By type, as people read them. */
export const exceptionNames = [
  '',
  'EXC_BAD_ACCESS',
  'EXC_BAD_INSTRUCTION',
  'EXC_ARITHMETIC',
  'EXC_EMULATION',
  'EXC_SOFTWARE',
  'EXC_BREAKPOINT',
] as const;

/** What an `exception_mask` of all types holds. */
export const EXC_MASK_ALL = ((1 << EXC_TYPES) - 1) << 1;

export const EXCEPTION_DEFAULT = 1;
export const EXCEPTION_STATE = 2;
export const EXCEPTION_STATE_IDENTITY = 3;

export type ExceptionActions = readonly number[];

/** Shared by all holders that have none. */
export const noActions: ExceptionActions = [];

/** A task or a thread. */
export interface ExceptionHolder {
  exceptions: ExceptionActions;
}

export interface ExceptionAction {
  /** The types that it is for, as a mask: bit 1 << type. */
  mask: number;
  readonly port: number;
  readonly behavior: number;
  readonly flavor: number;
}

const stride = 3;

/** What is to be done about exceptions of the type, or null. */
export function actionFor({ exceptions }: ExceptionHolder, type: number): ExceptionAction | null {
  const first = (type - 1) * stride;
  const port = exceptions[first] ?? NONE;
  if (port === NONE) return null;
  return { mask: 1 << type, port, behavior: exceptions[first + 1]!, flavor: exceptions[first + 2]! };
}

/** The actions of the types in the mask, each different one once, with the types that it is for. */
export function actionsIn(holder: ExceptionHolder, mask: number): ExceptionAction[] {
  const found: ExceptionAction[] = [];
  for (let type = 1; type <= EXC_TYPES; type++) {
    const action = (mask & (1 << type)) === 0 ? null : actionFor(holder, type);
    if (action === null) continue;
    const { port, behavior, flavor } = action;
    const same = found.find((each) => each.port === port && each.behavior === behavior && each.flavor === flavor);
    if (same === undefined) found.push(action);
    else same.mask |= action.mask;
  }
  return found;
}

/** Sets the action of every type in the mask, or takes it back (NONE). The kernel makes a right to the port for each. */
export function setAction(
  w: MachWorld,
  holder: ExceptionHolder,
  mask: number,
  to: number,
  behavior: number,
  flavor: number,
): void {
  const after =
    holder.exceptions.length === 0 ? new Array<number>(EXC_TYPES * stride).fill(NONE) : [...holder.exceptions];
  for (let type = 1; type <= EXC_TYPES; type++) {
    if ((mask & (1 << type)) === 0) continue;
    const first = (type - 1) * stride;
    const port = keepInstead(w, after[first]!, copyOf(w, to));
    after.splice(first, stride, port, port === NONE ? NONE : behavior, port === NONE ? NONE : flavor);
  }
  holder.exceptions = after.every((each) => each === NONE) ? noActions : after;
}

/** Ports that the kernel keeps for the task or thread: what it gets for itself, and its exception ports. */
export function keptPorts({ sself, exceptions }: ExceptionHolder & { readonly sself: number }): number[] {
  return [sself, ...exceptions.filter((_, i) => i % stride === 0)];
}

/** Its task or thread ends. */
export function forgetExceptionPorts(w: MachWorld, holder: ExceptionHolder): void {
  if (holder.exceptions.length > 0) setAction(w, holder, EXC_MASK_ALL, NONE, NONE, NONE);
}

/** The actions of a new task are its parent's. */
export function inheritExceptionPorts(w: MachWorld, parent: ExceptionHolder, child: ExceptionHolder): void {
  for (const { mask, port, behavior, flavor } of actionsIn(parent, EXC_MASK_ALL)) {
    setAction(w, child, mask, port, behavior, flavor);
  }
}
