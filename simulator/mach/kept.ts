/**
 * Send rights that the kernel keeps for a task or a thread [mechanisms 1.12]: the port that it gets for itself (`sself`), the
 * special ports of a task (bootstrap and three registered ones), and the exception ports (exception-ports.ts). Each
 * counts on its port like a right in a space [I4].
 *
 * They are one flat list: sself, the special ports, and then three numbers for each type of exception. Most holders have none
 * and share the empty list, and a list is no longer than it must be. It is replaced, never changed.
 */
import { NONE, at } from '../base/table.ts';
import { kernelReleases } from './ipc/release.ts';
import { type Right } from './ipc/right.ts';
import { DEAD_NAME, SEND } from './ipc/space.ts';
import type { MachWorld } from './world.ts';

/** A task or a thread. */
export interface Holder {
  /** Port copies on its node, or NONE, in the order given above; what is missing at the end is NONE. */
  kept: readonly number[];
}

export const nothingKept: readonly number[] = [];

const SSELF = 0;
const FIRST_SPECIAL = 1;
/** Index of a special port of a task. */
export const BOOTSTRAP = 0;
export const REGISTERED = 1;
/** How many ports a task can register. */
export const REGISTERED_MAX = 3;
export const FIRST_EXCEPTION = FIRST_SPECIAL + REGISTERED + REGISTERED_MAX;
/** Port, behaviour and flavour of a type of exception. */
export const NUMBERS_PER_EXCEPTION = 3;

/** No right in hand: keeping it means to keep nothing. */
export const noRight: Right = { type: DEAD_NAME, port: NONE };

/** The port that the holder gets for itself, if it is not the one that the kernel answers on for it; NONE means that it is. */
export function sselfOf({ kept }: Holder): number {
  return kept[SSELF] ?? NONE;
}

/** Bootstrap and registered ports; NONE where unset. */
export function specialOf({ kept }: Holder): number[] {
  const special: number[] = [];
  for (let place = FIRST_SPECIAL; place < FIRST_EXCEPTION; place++) special.push(kept[place] ?? NONE);
  return special;
}

/** Keeps a send right in hand as the port that the holder gets for itself; its own port is what it gets anyhow. */
export function keepSelf(w: MachWorld, holder: Holder & { readonly self: number }, right: Right): void {
  keep(w, holder, SSELF, right);
  if (sselfOf(holder) !== NONE && sselfOf(holder) === holder.self) keep(w, holder, SSELF, noRight);
}

/** Keeps a send right in hand as a special port of the task; the one kept before is given up. */
export function setSpecial(w: MachWorld, task: Holder, which: number, right: Right): void {
  keep(w, task, FIRST_SPECIAL + which, right);
}

/** Keeps the right in hand at this place, and gives up the one kept before. False if there is none now. */
export function keep(w: MachWorld, holder: Holder, place: number, right: Right): boolean {
  const before = holder.kept[place] ?? NONE;
  const after = right.type === SEND ? right.port : NONE;
  if (after !== NONE) at(w.ports, after).kernelSends++;
  note(holder, place, after);
  if (before !== NONE) kernelReleases(w, at(w.ports, before));
  return after !== NONE;
}

/** The number stands at this place of the list from now on. */
export function note(holder: Holder, place: number, value: number): void {
  if ((holder.kept[place] ?? NONE) === value) return;
  const kept = [...holder.kept];
  while (kept.length <= place) kept.push(NONE);
  kept[place] = value;
  while (kept.at(-1) === NONE) kept.pop();
  holder.kept = kept.length === 0 ? nothingKept : kept;
}

/** A right in hand to what is kept, or none. */
export function copyOf(w: MachWorld, kept: number): Right {
  if (kept === NONE) return noRight;
  at(w.ports, kept).srights++;
  return { type: SEND, port: kept };
}

/** All ports that the kernel keeps for the task or thread. */
export function keptPorts({ kept }: Holder): readonly number[] {
  if (kept.length <= FIRST_EXCEPTION) return kept;
  return kept.filter((_, place) => place < FIRST_EXCEPTION || (place - FIRST_EXCEPTION) % NUMBERS_PER_EXCEPTION === 0);
}
