/**
 * What a PMA does for the tokens of its processes' open files [paper 3.2, mechanisms 5.1, 7.5].
 *
 * A PMA shares a page of memory with the emulator of each of its processes, and in it is what the emulator holds. So the
 * PMA can give a token back at any time, whatever the process is doing: it may be blocked in a call, stopped, or frozen. It
 * needs nobody's help for it, so nobody who waits for a token waits for ever.
 *
 *   recall   the file server wants one token back
 *   yield    the process ends, or its task is moved alone, away from the page: all that it holds goes back
 */
import { NONE } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { finish, goTo, routine, step } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { Task } from '../../mach/task.ts';
import { emulatorOf, type EmulatorState } from '../emulator/state.ts';
import { bytesIn, forgetTokens, returned, takeToken, type Returned } from '../emulator/tokens.ts';
import type { TokenRequest } from '../file-server/hand-over.ts';
import type { Recall, Recalled } from '../file-server/token.ts';
import { procOf } from '../proc.ts';
import type { OsfWorld } from '../world.ts';
import { pmaOf, procByPort } from './pma.ts';

/** The emulator of a process whose task is on the node, or null. */
export function emulatorHere(w: OsfWorld, node: number, pid: number): EmulatorState | null {
  const isIt = ({ live, kind, node: on, pid: of, emulator }: Task): boolean =>
    live && kind === 'process' && on === node && of === pid && emulator !== null;
  const task = pid === NONE ? undefined : w.tasks.rows.find(isIt);
  return task === undefined ? null : emulatorOf(task);
}

export const tokenRecall = routine<OsfWorld, Request>('token.recall', 'gives a token of a process back', [
  step('take it out of the emulator', (w, t, f) => {
    const pid = procByPort(w, pmaOf(w, t), f.arrivedOn)?.pid ?? NONE;
    const emulator = emulatorHere(w, t.node, pid);
    const { open, serial } = f.body as Recall;
    const token = emulator === null ? null : takeToken(emulator, open, serial);
    const body: Recalled = { returned: token };
    finish(t, { body, bytes: bytesIn(token?.pieces ?? []) } satisfies Payload);
  }),
]);

/** A token that goes back: its name in the task's space, and what goes with it. */
export interface Yielded {
  readonly token: number;
  readonly returned: Returned;
}

/** What the emulator holds; a file that nobody else has had, and in which nothing was written, may keep its token. */
export function heldBy(emulator: EmulatorState | null, all: boolean): Yielded[] {
  const held: Yielded[] = [];
  for (const each of emulator?.tokens ?? []) {
    const file = emulator!.files.find((open) => open?.capability === each.capability);
    if (file === null || file === undefined) continue;
    if (all || file.shared || each.dirty.length > 0) held.push({ token: file.token, returned: returned(each) });
  }
  return held;
}

export interface YieldTokens {
  readonly pid: number;
  readonly held: readonly Yielded[];
  done: number;
  /** Name of the right to the token, in this PMA's space. */
  name: number;
}

/** Gives back what an emulator holds. Until the server has it, it can still be wanted back: whichever comes first is taken. */
export const yieldTokens = routine<OsfWorld, YieldTokens>('pma.yield_tokens', 'gives back what an emulator holds', [
  step('take a right to the next token', (w, t, f) => {
    const next = f.held[f.done];
    if (next === undefined) return goTo(w, t, 'nothing is held any more');
    const { task } = procOf(w, t.node, f.pid)!.names;
    kernelCall(w, t, task, 'mach_port_extract_right', { body: { name: next.token, disposition: COPY_SEND } });
  }),
  step('return it', (w, t, f) => {
    const next = f.held[f.done++]!;
    if (t.code !== 'KERN_SUCCESS') return goTo(w, t, 'take a right to the next token');
    f.name = t.names[0]!;
    const body: TokenRequest = { node: t.node, returned: next.returned };
    rpc(w, t, f.name, 'token.return', { body, bytes: bytesIn(next.returned.pieces) });
  }),
  step('give up the right', (w, t, f) => {
    kernelCall(w, t, pmaOf(w, t).self, 'mach_port_deallocate', { body: { name: f.name } });
  }),
  step('go on', (w, t) => goTo(w, t, 'take a right to the next token')),
  step('nothing is held any more', (w, t, f) => {
    const emulator = emulatorHere(w, t.node, f.pid);
    if (emulator !== null) forgetTokens(emulator);
    finish(t);
  }),
]);

export function everythingIn(pid: number, held: readonly Yielded[]): YieldTokens {
  return { pid, held, done: 0, name: NONE };
}
