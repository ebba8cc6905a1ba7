/**
 * Files in the emulator: descriptors are its own, and what they stand for is asked of the file server directly, with
 * the capability of the open file, never through the PMA [mechanisms 5.3].
 */
import { at } from '../../base/table.ts';
import { rpc, type Payload } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND } from '../../mach/ipc/right.ts';
import { DEAD_NAME, SEND } from '../../mach/ipc/space.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { call, finish, goTo, routine, step, type Routine } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import type { Open, Opened } from '../file-server/open.ts';
import type { OsfWorld } from '../world.ts';
import { failed } from './errno.ts';
import { mayHaveFiles } from './limits.ts';
import { absolute } from './paths.ts';
import { askPma } from './terminal.ts';
import {
  PROCESS_PORT,
  ROOT_DIRECTORY,
  TASK_SELF,
  TERMINAL_PATH,
  emulatorOf,
  newOpenFile,
  type OpenFile,
} from './state.ts';
import { bytesIn, forgetToken, keepGrant, returned, tokenFor } from './tokens.ts';

/** An open flag that is the emulator's own business. */
export const CLOSE_ON_EXEC = 64;

export interface EmulatorOpen {
  readonly path: string;
  readonly flags: number;
  /** Of a file that is made, but for the mask. */
  readonly mode: number;
  /** How often tokens had been wanted back when the call was made. */
  recalls: number;
}

/** Finishes with the descriptor, the lowest that is free. */
export const emulatorOpen = routine<OsfWorld, EmulatorOpen>('emulator.open', 'opens a file', [
  step('have a terminal, if that is what it is', (w, t, f) => {
    if (isTerminalPath(w, t, f.path)) askPma(t, 'pma.open_terminal');
  }),
  step('call the root file server', (w, t, f) => {
    const { path, flags } = f;
    const code = isTerminalPath(w, t, path) ? (t.result as Payload).code : 'KERN_SUCCESS';
    if (code !== 'KERN_SUCCESS') return finish(t, failed(code));
    if (!mayHaveFiles(w, t, freeDescriptor(w, t) + 1)) return finish(t, failed('EMFILE'));
    const emulator = emulatorOf(at(w.tasks, t.task));
    f.recalls = emulator.recalls;
    rpc(w, t, ROOT_DIRECTORY, 'file.open', {
      body: {
        ...{ path: absolute(emulator, path), flags, uid: emulator.uid, mode: f.mode & ~emulator.umask },
        // Away from its PMA it could not be asked to give a token back.
        asks: !emulator.away,
      } satisfies Open,
      rights: [{ name: PROCESS_PORT, disposition: COPY_SEND }],
    });
  }),
  step('remember it under a descriptor', (w, t, f) => {
    const [capability, token] = t.names;
    if (t.code !== 'KERN_SUCCESS' || capability === undefined || token === undefined) return finish(t, failed(t.code));
    const emulator = emulatorOf(at(w.tasks, t.task));
    const { server, caching, grant } = t.body as Opened;
    const descriptor = freeDescriptor(w, t);
    const file = newOpenFile(absolute(emulator, f.path), capability, token, server);
    file.closeOnExec = (f.flags & CLOSE_ON_EXEC) !== 0;
    file.caching = caching === true;
    emulator.files[descriptor] = file;
    if (grant !== undefined && grant !== null) keepGrant(emulator, file, grant, f.recalls);
    finish(t, descriptor);
  }),
]);

function isTerminalPath(w: OsfWorld, t: Thread, path: string): boolean {
  return absolute(emulatorOf(at(w.tasks, t.task)), path) === TERMINAL_PATH;
}

/** The lowest descriptor that is free. */
export function freeDescriptor(w: OsfWorld, t: Thread): number {
  const { files } = emulatorOf(at(w.tasks, t.task));
  const free = files.indexOf(null);
  return free < 0 ? files.length : free;
}

export interface GiveBack {
  readonly capability: number;
}

/**
 * Gives the token of an open file back, with the position and what was written under it. Finishes with false if the server
 * cannot take it any more. Until it has, the token is here: whoever wants it meanwhile gets the same.
 */
export const giveBack = routine<OsfWorld, GiveBack>('emulator.give_back', 'gives a token back', [
  step('send what was written', (w, t, f) => {
    const held = emulatorOf(at(w.tasks, t.task)).tokens.find(({ capability }) => capability === f.capability);
    if (held === undefined) return finish(t, true);
    const body = returned(held);
    rpc(w, t, f.capability, 'file.give_back', { body, bytes: bytesIn(body.pieces) });
  }),
  step('forget it', (w, t, f) => {
    const emulator = emulatorOf(at(w.tasks, t.task));
    const lost =
      t.code !== 'KERN_SUCCESS' &&
      emulator.tokens.some(({ capability, dirty }) => capability === f.capability && dirty.length > 0);
    forgetToken(emulator, f.capability);
    finish(t, !lost);
  }),
]);

export interface EmulatorClose {
  readonly descriptor: number;
  file: OpenFile | null;
  /** What was written and is not at the server cannot get there any more. */
  lost?: boolean;
}

/** Finishes with 0. The server learns of it when the last right to the open file has gone. */
export const emulatorClose = routine<OsfWorld, EmulatorClose>('emulator.close', 'closes an open file', [
  step('give its token back, if somebody else may need what is under it', (w, t, f) => {
    const emulator = emulatorOf(at(w.tasks, t.task));
    const file = fileAt(w, t, f.descriptor);
    f.file = file;
    if (file === null) return finish(t, failed('EBADF'));
    const held = tokenFor(emulator, file);
    const last = emulator.files.every((each, index) => index === f.descriptor || each?.capability !== file.capability);
    if (held === null || !last) return;
    if (file.shared || held.dirty.length > 0) call(t, giveBack, { capability: file.capability } satisfies GiveBack);
    else forgetToken(emulator, file.capability);
  }),
  step('give up its capability', (w, t, f) => {
    f.lost = t.result === false;
    // Another thread was faster.
    if (fileAt(w, t, f.descriptor)?.capability !== f.file!.capability) return finish(t, failed('EBADF'));
    emulatorOf(at(w.tasks, t.task)).files[f.descriptor] = null;
    kernelCall(w, t, TASK_SELF, 'mach_port_deallocate', { body: { name: f.file!.capability } });
  }),
  step('give up its token', (w, t, f) => {
    kernelCall(w, t, TASK_SELF, 'mach_port_deallocate', { body: { name: f.file!.token } });
  }),
  step('return', (_w, t, f) => finish(t, f.lost === true ? failed('EIO') : 0)),
]);

export interface EmulatorDup {
  readonly descriptor: number;
  /** The descriptor to be had; null for the lowest that is free. */
  readonly wanted: number | null;
  file: OpenFile | null;
}

/** dup and dup2: one more descriptor of the same open file, position and all. Finish with it. */
export const emulatorDup = routine<OsfWorld, EmulatorDup>('emulator.dup', 'has one more descriptor of a file', [
  step('close what the wanted one stands for', (w, t, f) => {
    const file = fileAt(w, t, f.descriptor);
    const wanted = f.wanted ?? freeDescriptor(w, t);
    // For dup there is none left; what dup2 wants can be no descriptor at all.
    if (file === null || wanted < 0) return finish(t, failed('EBADF'));
    if (!mayHaveFiles(w, t, wanted + 1)) return finish(t, failed(f.wanted === null ? 'EMFILE' : 'EBADF'));
    if (wanted === f.descriptor) return finish(t, wanted);
    f.file = { ...file };
    if (fileAt(w, t, wanted) !== null)
      call(t, emulatorClose, { descriptor: wanted, file: null } satisfies EmulatorClose);
  }),
  step('refer to its capability once more', (w, t, f) => refer(w, t, f.file!.capability, SEND)),
  step('or to the dead name that it is', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') refer(w, t, f.file!.capability, DEAD_NAME);
  }),
  step('and to its token', (w, t, f) => {
    // Another thread has closed it meanwhile.
    if (t.code !== 'KERN_SUCCESS') return finish(t, failed('EBADF'));
    refer(w, t, f.file!.token, SEND);
  }),
  step('or to that dead name', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') refer(w, t, f.file!.token, DEAD_NAME);
  }),
  step('take the descriptor', (w, t, f) => {
    const { files } = emulatorOf(at(w.tasks, t.task));
    const wanted = f.wanted ?? freeDescriptor(w, t);
    // Another thread has taken it meanwhile.
    if (fileAt(w, t, wanted) !== null) {
      goTo(w, t, 'take the descriptor');
      return call(t, emulatorClose, { descriptor: wanted, file: null } satisfies EmulatorClose);
    }
    while (files.length < wanted) files.push(null);
    const now = fileAt(w, t, f.descriptor);
    files[wanted] = { ...(now?.capability === f.file!.capability ? now : f.file!), closeOnExec: false };
    finish(t, wanted);
  }),
]);

/** One reference more to a right; what died with its server is a dead name. */
function refer(w: OsfWorld, t: Thread, name: number, right: number): void {
  kernelCall(w, t, TASK_SELF, 'mach_port_mod_refs', { body: { name, right, delta: 1 } });
}

export function fileAt(w: OsfWorld, t: Thread, descriptor: number): OpenFile | null {
  return emulatorOf(at(w.tasks, t.task)).files[descriptor] ?? null;
}

export const fileRoutines: readonly Routine[] = [emulatorOpen, emulatorClose, emulatorDup, giveBack];
