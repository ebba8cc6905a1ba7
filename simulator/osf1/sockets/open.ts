/**
 * Making sockets, naming them, and having them listen.
 *
 * `socket` and `socketpair` are made at the server of the caller's node, as pipes are. `bind` and `connect` ask the root
 * server, as every path is: the server that has the path makes the end that is bound or connected, and the emulator has it
 * in the place of the one that it had. So whatever belongs to a connection is at one server. First the server of the socket
 * is asked whether it may be bound, or connected.
 */
import { NONE } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { finish, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { fileServerOf, type File } from '../file-server/file.ts';
import { handOut, type End } from '../file-server/hand-out.ts';
import { entering, enterName, holderOf, nameOf } from '../file-server/name.ts';
import { FILE_READ, FILE_WRITE } from '../file-server/open.ts';
import { operation } from '../file-server/operation.ts';
import { channelOf, wakeFile } from '../file-server/waiting.ts';
import { forward } from '../forward.ts';
import { holderOn, type AtNode } from '../pipes/open.ts';
import type { OsfWorld } from '../world.ts';
import { socketAllocate, socketPair, type Socket } from './socket.ts';

/** Body of `socket.open`: one socket, or two that are connected. */
export interface SocketOpen extends AtNode {
  readonly pair: boolean;
}

/** Body of `socket.bind` and `socket.connect`; `flags` are those of the socket that it is done for. */
export interface AtPath {
  readonly path: string;
  readonly flags: number;
}

/** How a socket is opened: for both directions, and with what else its flags say. */
export const socketEnd = (file: File, flags = 0, client = NONE): End => ({
  file: file.id,
  flags: flags | FILE_READ | FILE_WRITE,
  client,
  name: channelOf(file),
});

export const socketOpen = routine<OsfWorld, Request>('socket.open', 'makes a socket, or two that are connected', [
  step('make it', (w, t, f) => {
    const server = fileServerOf(w, t);
    const body = f.body as SocketOpen;
    const holder = holderOn(w, server, body);
    if (holder !== server) return forward(w, t, server.peers[holder.id]!, 'file.forwarded', NONE, f);
    const files = body.pair ? socketPair(w, server.id) : [socketAllocate(w, server.id)];
    const ends = files.map((file, index) => socketEnd(file, 0, f.names[index]));
    handOut(t, f.reply, ends);
  }),
  step('leave the answer to it', (_w, t) => finish(t, null)),
]);

export const socketBind = routine<OsfWorld, Request>('socket.bind', 'makes a socket with a name', [
  step('enter the name', (w, t, f) => {
    const { path, flags } = f.body as AtPath;
    const server = fileServerOf(w, t);
    const holder = holderOf(w, server, path);
    if (holder === null) return finish(t, { code: 'ENOENT' } satisfies Payload);
    if (holder.id !== server.id) return forward(w, t, server.peers[holder.id]!, 'file.forwarded', NONE, f);
    const code = nameOf(w, server.id, path) === null ? entering(w, server.id, path) : 'EADDRINUSE';
    if (code !== '') return finish(t, { code } satisfies Payload);
    const file = socketAllocate(w, server.id);
    file.socket!.state = 'bound';
    enterName(w, server.id, path, file);
    handOut(t, f.reply, [socketEnd(file, flags)]);
  }),
  step('leave the answer to it', (_w, t) => finish(t, null)),
]);

/** Why a socket in this state may not be bound, or connected; empty if it may. */
const REFUSED = {
  bind: { unbound: '', bound: 'EINVAL', listening: 'EINVAL', connected: 'EINVAL' },
  connect: { unbound: '', bound: '', listening: 'EOPNOTSUPP', connected: 'EISCONN' },
} as const satisfies Record<string, Record<Socket['state'], string>>;

/** Body of `socket.may`: what is going to be done with the socket. It answers with the flags that it was opened with. */
export interface May {
  readonly become: keyof typeof REFUSED;
}

/** How many connections may wait to be accepted, at least and at most. */
const LEAST_BACKLOG = 1;
const MOST_BACKLOG = 128;

export const namingRoutines: readonly Routine[] = [
  operation<May>('socket.may', 'says whether a socket can be bound, or connected', (w, handle, { become }) => {
    const { socket } = w.files.rows[handle.file]!;
    if (socket === null) return { code: 'ENOTSOCK' };
    const code = REFUSED[become][socket.state];
    return code === '' ? { body: { flags: handle.flags } } : { code };
  }),
  operation<{ readonly backlog: number }>('socket.listen', 'lets connections come', (w, handle, { backlog }) => {
    const { socket } = w.files.rows[handle.file]!;
    if (socket === null) return { code: 'ENOTSOCK' };
    if (socket.state === 'unbound') return { code: 'EDESTADDRREQ' };
    if (socket.state === 'connected') return { code: 'EINVAL' };
    socket.state = 'listening';
    socket.backlog = Math.min(Math.max(backlog, LEAST_BACKLOG), MOST_BACKLOG);
    wakeFile(w, w.files.rows[handle.file]!);
    return {};
  }),
  operation<{ readonly how: number }>(
    'socket.shutdown',
    'ends one direction of a connection, or both',
    (w, handle, b) => {
      const file = w.files.rows[handle.file]!;
      const { socket } = file;
      if (socket === null) return { code: 'ENOTSOCK' };
      if (socket.state !== 'connected') return { code: 'ENOTCONN' };
      socket.shut |= b.how;
      if ((b.how & FILE_READ) !== 0) Object.assign(file, { size: 0, blocks: [] });
      wakeFile(w, file);
      return {};
    },
  ),
];
