/**
 * The token service: who may keep what of an open file, and how it comes back [mechanisms 5.1].
 *
 *   position token   of an open file; one emulator has it, of all that share the open file
 *   file token       of a file: many emulators may read what they keep of it, or one may read and write
 *
 * Both are granted together, to the emulator that opens the file, or that reads or writes with nobody else's token in the
 * way. Whoever needs what is granted to another waits until that is back: the server asks the PMA of the holder, whose port
 * it has had since open, register, or the request that the grant was made for. The holder may be blocked, stopped or frozen:
 * its PMA answers (pma/tokens.ts), and has no need of anybody. If the PMA cannot be reached any more the token is taken
 * away, and with it goes what its holder had written and not given back.
 *
 * A file whose tokens are wanted back again and again is shared in earnest: until everybody has closed it all requests are
 * executed here, and nothing is granted.
 */
import { NONE, at } from '../../base/table.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { call, finish, routine, step } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { Thread } from '../../mach/thread.ts';
import { tell } from '../../mach/world.ts';
import type { Grant, Piece, Returned } from '../emulator/tokens.ts';
import { clusterOf, isCentralised } from '../configuration.ts';
import type { OsfWorld } from '../world.ts';
import { writeBytes } from './bytes.ts';
import { fileServerOf, type File } from './file.ts';
import type { FileAccess, FileHandle } from './handle.ts';

/** Body of `token.recall`. */
export interface Recall {
  readonly open: number;
  readonly serial: number;
}

/** What a PMA answers; null if there is nothing any more, or not yet. */
export interface Recalled {
  readonly returned: Returned | null;
}

/** What whoever asks says of his token. */
export interface Asking {
  /** The grant that he has, and the position that goes with it. */
  readonly serial?: number;
  readonly position?: number;
  /** He has none and would like one; the right to his per-process port comes along. */
  readonly asks?: boolean;
}

/** Of so many recalls a file is no longer cached by anybody. */
const MOST_RECALLS = 3;

/** With centralised process management there is no PMA beside a process that could give its tokens back. */
export function fileCaching(w: OsfWorld): boolean {
  return clusterOf(w).fileCaching && !isCentralised(w);
}

/** Whether the caller's token is the one that is granted: then the position is his to say. */
export function isHolder(handle: FileHandle, { serial }: Asking): boolean {
  return serial !== undefined && serial !== NONE && handle.serial === serial;
}

/** An open file whose token has to come home before somebody else has the access to the file, or null. */
export function inTheWay(
  w: OsfWorld,
  file: File,
  access: FileAccess,
  own: FileHandle | null = null,
): FileHandle | null {
  if (access === 'none') return null;
  for (const each of w.fileHandles.rows) {
    if (!each.live || each.file !== file.id || each === own) continue;
    if (each.access === 'write' || (each.access === 'read' && access === 'write')) return each;
  }
  return null;
}

/** The same for an operation on an open file, which needs its position. */
export function handleInTheWay(w: OsfWorld, handle: FileHandle, access: FileAccess, asking: Asking): FileHandle | null {
  const own = isHolder(handle, asking) ? handle : null;
  if (own === null && handle.serial !== NONE) return handle;
  return inTheWay(w, at(w.files, handle.file), access, own);
}

/** Whether tokens of the file are granted at all. */
export function mayCache(w: OsfWorld, file: File): boolean {
  const kept = file.memoryObject !== NONE || file.mapped !== null || file.keepers.length > 0;
  return file.kind === 'file' && !kept && file.recalls < MOST_RECALLS && fileCaching(w);
}

/** Grants the tokens to the caller if nothing speaks against it; nobody else's is in the way. */
export function grantToken(
  w: OsfWorld,
  t: Thread,
  handle: FileHandle,
  access: FileAccess,
  asking: Asking,
): Grant | null {
  const file = at(w.files, handle.file);
  const holds = isHolder(handle, asking);
  // What the holder had is over in any case: if it is on its way back, it says a position that is not the last one any more.
  if (holds) handle.serial = NONE;
  if (!mayCache(w, file) || (!holds && asking.asks !== true)) {
    if (holds) handle.access = 'none';
    return null;
  }
  handle.serial = w.events;
  if (handle.access !== 'write') handle.access = access === 'none' ? handle.access : access;
  const { id: open, serial, position, flags } = handle;
  tellOf(w, t, 'token grant', handle, handle.access === 'none' ? 'position' : `position and ${handle.access}`);
  return { open, serial, access: handle.access, position, size: file.size, flags };
}

/** What the holder gives back; of a grant that is over nothing is taken. */
export function takeBack(w: OsfWorld, t: Thread, handle: FileHandle, { serial, position, pieces }: Returned): void {
  if (!handle.live || handle.serial !== serial) return;
  handle.position = position;
  takeIn(w, at(w.files, handle.file), pieces);
  handle.serial = NONE;
  handle.access = 'none';
  tellOf(w, t, 'token return', handle, `position ${position}, ${pieces.length} pieces`);
}

export function takeIn(w: OsfWorld, file: File, pieces: readonly Piece[]): void {
  for (const { position, size, bytes } of pieces) {
    writeBytes(file.blocks, position, bytes, size);
    file.size = Math.max(file.size, position + size);
    file.modified = w.time;
  }
}

interface Taking {
  readonly handle: number;
  readonly serial: number;
}

/** Calls for the token of an open file, which is in somebody's way; he looks again when it finishes. */
export function callIn(t: Thread, { id, serial }: FileHandle): void {
  call(t, takeHome, { handle: id, serial } satisfies Taking);
}

export const takeHome = routine<OsfWorld, Taking>('token.take_home', 'wants a token back', [
  step('ask the PMA of whoever holds it', (w, t, f) => {
    const handle = w.fileHandles.rows[f.handle]!;
    if (!handle.live || handle.serial !== f.serial) return finish(t);
    tellOf(w, t, 'token recall', handle, 'somebody else needs it');
    rpc(w, t, handle.client, 'token.recall', { body: { open: f.handle, serial: f.serial } satisfies Recall });
  }),
  step('take it back', (w, t, f) => {
    const handle = w.fileHandles.rows[f.handle]!;
    if (!handle.live || handle.serial !== f.serial) return finish(t);
    const came = t.code === 'KERN_SUCCESS';
    const { position, serial } = handle;
    if (came) at(w.files, handle.file).recalls++;
    // Whoever had it is out of reach: what it had written and not given back is lost.
    takeBack(w, t, handle, (came ? (t.body as Recalled).returned : null) ?? { serial, position, pieces: [] });
    finish(t);
  }),
]);

/** The caller's right to its per-process port becomes the one that is asked for the token, or is one too many. */
export function keepClient(w: OsfWorld, t: Thread, f: Request, handle: FileHandle | null, granted: boolean): boolean {
  const [name] = f.names;
  if (name === undefined) return false;
  let surplus = name;
  if (granted && handle !== null && handle.client !== name) {
    surplus = handle.client;
    handle.client = name;
  }
  if (surplus === NONE) return false;
  kernelCall(w, t, fileServerOf(w, t).self, 'mach_port_deallocate', { body: { name: surplus } });
  return true;
}

function tellOf(
  w: OsfWorld,
  t: Thread,
  event: 'token grant' | 'token recall' | 'token return',
  handle: FileHandle,
  text: string,
): void {
  if (w.setup.watched) tell(w, event, t.node, null, t.serves, `open file ${handle.id}: ${text}`);
}
