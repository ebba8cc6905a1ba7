/**
 * Exception ports: whom the kernel tells when a thread does something wrong [mechanisms 1.12].
 *
 * A task has one action for each type of exception, and so has a thread: a port, a behaviour (what the message holds:
 * the identity of thread and task, the state of the thread, or both) and a flavour of state. The thread's action comes
 * first; if it has none the task's is taken; if that has none either nobody is told. A new task inherits the actions of
 * its parent, a new thread has none.
 *
 * They stand behind the other ports that the kernel keeps for the holder (kept.ts): port, behaviour, flavour of type 1, of
 * type 2 ...
 */
import { NONE } from '../base/table.ts';
import { FIRST_EXCEPTION, NUMBERS_PER_EXCEPTION, copyOf, keep, note, type Holder } from './kept.ts';
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

export interface ExceptionAction {
  /** The types that it is for, as a mask: bit 1 << type. */
  mask: number;
  readonly port: number;
  readonly behavior: number;
  readonly flavor: number;
}

/** Whether the holder has an action for any type. */
export function hasActions({ kept }: Holder): boolean {
  return kept.length > FIRST_EXCEPTION;
}

/** What is to be done about exceptions of the type, or null. */
export function actionFor({ kept }: Holder, type: number): ExceptionAction | null {
  const place = placeOf(type);
  const port = kept[place] ?? NONE;
  if (port === NONE) return null;
  return { mask: 1 << type, port, behavior: kept[place + 1] ?? NONE, flavor: kept[place + 2] ?? NONE };
}

function placeOf(type: number): number {
  return FIRST_EXCEPTION + (type - 1) * NUMBERS_PER_EXCEPTION;
}

/** The actions of the types in the mask, each different one once, with the types that it is for. */
export function actionsIn(holder: Holder, mask: number): ExceptionAction[] {
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
  holder: Holder,
  mask: number,
  to: number,
  behavior: number,
  flavor: number,
): void {
  for (let type = 1; type <= EXC_TYPES; type++) {
    if ((mask & (1 << type)) === 0) continue;
    const place = placeOf(type);
    const isSet = keep(w, holder, place, copyOf(w, to));
    note(holder, place + 1, isSet ? behavior : NONE);
    note(holder, place + 2, isSet ? flavor : NONE);
  }
}

/** Its task or thread ends. */
export function forgetExceptionPorts(w: MachWorld, holder: Holder): void {
  if (hasActions(holder)) setAction(w, holder, EXC_MASK_ALL, NONE, NONE, NONE);
}

/** The actions of a new task are its parent's. */
export function inheritExceptionPorts(w: MachWorld, parent: Holder, child: Holder): void {
  for (const { mask, port, behavior, flavor } of actionsIn(parent, EXC_MASK_ALL)) {
    setAction(w, child, mask, port, behavior, flavor);
  }
}
