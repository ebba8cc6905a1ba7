/**
 * Opening a file: an open file structure is made, and capabilities for it and for its token are handed out [paper 3.1].
 *
 * Every path is looked up by the root server; a file that another server holds is opened there: the request is sent on
 * with its reply right, and the answer goes straight to whoever asked. An image is opened for exec only: it has no
 * token, and its structure goes when it is closed.
 */
import { NONE, at } from '../../base/table.ts';
import { answer, type Payload } from '../../mach/ipc/mach-msg.ts';
import { MAKE_SEND, MAKE_SEND_ONCE } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, finish, goTo, routine, step } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { Thread } from '../../mach/thread.ts';
import type { Grant } from '../emulator/tokens.ts';
import { forward } from '../forward.ts';
import type { OsfWorld } from '../world.ts';
import { fileAllocate, fileServerOf, type Ownership } from './file.ts';
import { handleAllocate } from './handle.ts';
import { entering, enterName, holderOf, nameOf } from './name.ts';
import { callImageIn, noteKeeper } from './kept-images.ts';
import { EXECUTE, READ, WRITE, permits, permitsEntering, setUidOf } from './permission.ts';
import { truncate } from './through.ts';
import { callIn, grantToken, inTheWay, mayCache } from './token.ts';

export const FILE_READ = 1;
export const FILE_WRITE = 2;
const FILE_CREATE = 4;
const FILE_EXCLUSIVE = 8;
const FILE_TRUNCATE = 16;
export const FILE_APPEND = 32;
/** 64, close on exec, is the emulator's own. */
export const FILE_NON_BLOCK = 128;

/**
 * Body of `file.open`. An emulator sends the right to its per-process port along: the token's client. A PMA that is going to
 * keep an image sends that to its service port: it is called back when the file changes.
 */
export interface Open {
  readonly path: string;
  readonly flags: number;
  readonly image?: boolean;
  readonly keep?: boolean;
  /** Who asks; and the mode of a file that is made. */
  readonly uid: number;
  readonly mode?: number;
  /** Whether the caller would like a token. */
  readonly asks?: boolean;
}

/** What an emulator is told about the file that it has opened. */
export interface Opened {
  readonly server: string;
  readonly size: number;
  /** The owner of a set-uid image; NONE otherwise. */
  readonly setUid: number;
  /** The image may be kept: what permission to execute it goes by. */
  readonly kept?: Ownership;
  /** Tokens of it are granted, and this one is. */
  readonly caching?: boolean;
  readonly grant?: Grant | null;
}

interface OpenCall extends Request {
  file?: number;
  refusal?: string;
  port?: number;
  token?: number;
}

export const fileOpen = routine<OsfWorld, OpenCall>('file.open', 'opens a file', [
  step('look the path up', (w, t, f) => {
    const { path, flags, uid, mode } = f.body as Open;
    const server = fileServerOf(w, t);
    const holder = holderOf(w, server, path);
    if (holder === null) return refuse(w, t, f, 'ENOENT');
    if (holder.id !== server.id) return goTo(w, t, 'send it on to the server that holds it');
    const name = nameOf(w, server.id, path);
    if (name === null) {
      if ((flags & FILE_CREATE) === 0) return refuse(w, t, f, 'ENOENT');
      const code = entering(w, server.id, path);
      if (code !== '') return refuse(w, t, f, code);
      if (!permitsEntering(w, server.id, path, uid)) return refuse(w, t, f, 'EACCES');
      const file = fileAllocate(w, server.id, 'file', 0, { owner: uid, mode: mode ?? 0o666 });
      enterName(w, server.id, path, file);
      f.file = file.id;
      return;
    }
    if ((flags & FILE_CREATE) !== 0 && (flags & FILE_EXCLUSIVE) !== 0) return refuse(w, t, f, 'EEXIST');
    const file = at(w.files, name.file);
    if (file.kind === 'directory') return refuse(w, t, f, 'EISDIR');
    if (file.kind === 'socket') return refuse(w, t, f, 'EOPNOTSUPP');
    if (!permits(file, uid, wanted(f.body as Open))) return refuse(w, t, f, 'EACCES');
    f.file = file.id;
    if ((flags & FILE_TRUNCATE) === 0 || (flags & FILE_WRITE) === 0) return;
    if (file.keepers.length > 0) {
      again(t);
      return callImageIn(t, file);
    }
    const granted = inTheWay(w, file, 'write');
    if (granted === null) return void truncate(w, t, file, 0);
    again(t);
    callIn(t, granted);
  }),
  step('make the open file structure', (w, t, f) => {
    const { path } = f.body as Open;
    kernelCall(w, t, fileServerOf(w, t).self, 'mach_port_allocate', { body: { label: path } });
  }),
  step('receive on its port', (w, t, f) => {
    f.port = (t.body as { name: number }).name;
    const { self, set } = fileServerOf(w, t);
    kernelCall(w, t, self, 'mach_port_move_member', { body: { member: f.port, set } });
  }),
  step('hand an image out', (w, t, f) => {
    const { path, flags, image, keep } = f.body as Open;
    if (image !== true) {
      return kernelCall(w, t, fileServerOf(w, t).self, 'mach_port_allocate', { body: { label: `${path}.token` } });
    }
    const handle = handleAllocate(w, f.file!, fileServerOf(w, t).id);
    handle.port = f.port!;
    handle.flags = flags;
    const [client] = f.names;
    goTo(w, t, 'describe the image');
    if (client === undefined) return;
    const name = keep === true ? noteKeeper(w, at(w.files, f.file!), path, client) : client;
    if (name !== NONE) kernelCall(w, t, fileServerOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
  step('receive on the port of its token', (w, t, f) => {
    f.token = (t.body as { name: number }).name;
    const { self, set } = fileServerOf(w, t);
    kernelCall(w, t, self, 'mach_port_move_member', { body: { member: f.token, set } });
  }),
  step('hand it out', (w, t, f) => {
    const handle = handleAllocate(w, f.file!, fileServerOf(w, t).id);
    handle.port = f.port!;
    handle.token = f.token!;
    handle.flags = (f.body as Open).flags;
    handle.client = f.names[0] ?? NONE;
    handle.made = 1;
    const rights = [f.port!, f.token!].map((name) => ({ name, disposition: MAKE_SEND }));
    const grant = grantToken(w, t, handle, 'none', { asks: (f.body as Open).asks === true });
    const tokens = mayCache(w, at(w.files, handle.file)) ? { caching: true, grant } : {};
    answer(w, t, f.reply, { body: { ...described(w, t, f), ...tokens } satisfies Opened, rights });
  }),
  step('ask to be told when nobody uses it any more', (w, t, f) => {
    const { self, service } = fileServerOf(w, t);
    kernelCall(w, t, self, 'mach_port_request_notification', {
      body: { name: f.port! },
      rights: [{ name: service, disposition: MAKE_SEND_ONCE }],
    });
  }),
  step('be done', (_w, t) => finish(t, null)),
  step('describe the image', (w, t, f) => {
    const { owner, mode } = at(w.files, f.file!);
    const kept = (f.body as Open).keep === true ? { kept: { owner, mode } } : {};
    const rights = [{ name: f.port!, disposition: MAKE_SEND }];
    finish(t, { body: { ...described(w, t, f), ...kept }, rights } satisfies Payload);
  }),
  step('send it on to the server that holds it', (w, t, f) => {
    const server = fileServerOf(w, t);
    const body = f.body as Open;
    const holder = holderOf(w, server, body.path)!;
    // What this server's own table says may change without the other one's knowing.
    const keep = body.keep === true && nameOf(w, server.id, body.path) === null;
    const request = body.keep === true && !keep ? { ...f, body: { ...body, keep } } : f;
    forward(w, t, server.peers[holder.id]!, 'file.forwarded', NONE, request);
  }),
  step('leave the answer to it', (_w, t) => finish(t, null)),
  step('refuse it', (w, t, f) => {
    const [name] = f.names;
    if (name !== undefined) kernelCall(w, t, fileServerOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
  step('say why', (_w, t, f) => finish(t, { code: f.refusal! } satisfies Payload)),
]);

function refuse(w: OsfWorld, t: Thread, f: OpenCall, code: string): void {
  f.refusal = code;
  goTo(w, t, 'refuse it');
}

/** Which permissions an open needs. */
function wanted({ flags, image }: Open): number {
  if (image === true) return EXECUTE;
  return ((flags & FILE_READ) === 0 ? 0 : READ) | ((flags & FILE_WRITE) === 0 ? 0 : WRITE);
}

function described(w: OsfWorld, t: Thread, f: OpenCall): Opened {
  const file = at(w.files, f.file!);
  return { server: at(w.nodes, t.node).name, size: file.size, setUid: setUidOf(file) };
}
