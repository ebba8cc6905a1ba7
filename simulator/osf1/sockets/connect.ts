/**
 * Connecting and accepting. A connection begins when there is room for it in the queue of the socket that listens: both
 * ends are there at once, and the one that has connected may write before the other one is accepted, as in UNIX.
 *
 *   connect   waits for room in the queue; ECONNREFUSED if nobody listens under the name
 *   accept    waits for a connection, and hands its other end out
 */
import { NONE, at } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { send } from '../../mach/ipc/mach-msg.ts';
import { again, finish, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { tell } from '../../mach/world.ts';
import type { Interrupt } from '../file-server/data.ts';
import { handOut } from '../file-server/hand-out.ts';
import { holderOf, nameOf } from '../file-server/name.ts';
import { fileServerOf } from '../file-server/file.ts';
import { channelOf, isAbandoned, mayWait, waitFor, wakeFile, type Waiting } from '../file-server/waiting.ts';
import { forward } from '../forward.ts';
import { noteInterrupt, type Interruptible } from '../interrupt.ts';
import type { OsfWorld } from '../world.ts';
import { socketEnd, type AtPath } from './open.ts';
import { socketPair } from './socket.ts';

const failure = (code: string): Payload => ({ code });

export const socketConnect = routine<OsfWorld, Waiting>('socket.connect', 'connects to the socket that has a name', [
  step('queue up, or wait', (w, t, f) => {
    const { path, flags } = f.body as AtPath;
    const server = fileServerOf(w, t);
    const holder = holderOf(w, server, path);
    if (holder === null) return finish(t, failure('ENOENT'));
    if (holder.id !== server.id) return forward(w, t, server.peers[holder.id]!, 'file.forwarded', NONE, f);
    if (isAbandoned(w, t, f)) return finish(t, failure('EINTR'));
    const name = nameOf(w, server.id, path);
    if (name === null) return finish(t, failure('ENOENT'));
    const listener = at(w.files, name.file);
    if (listener.kind !== 'socket') return finish(t, failure('ENOTSOCK'));
    if (listener.socket?.state !== 'listening') return finish(t, failure('ECONNREFUSED'));
    const { queue, backlog } = listener.socket;
    if (queue.length >= backlog) return waitFor(w, t, f, listener, flags, server.interrupts);
    const [mine, other] = socketPair(w, server.id);
    queue.push(other.id);
    wakeFile(w, listener);
    const ends = `${channelOf(mine)} and ${channelOf(other)}`;
    if (w.setup.watched) tell(w, 'connection made', t.node, null, t.serves, `${ends}, to ${path}`);
    handOut(t, f.reply, [socketEnd(mine, flags)]);
  }),
  step('leave the answer to it', (_w, t) => finish(t, null)),
]);

const socketAccept = mayWait<Interruptible>('socket.accept', 'accepts a connection', (w, t, f, file) => {
  const { socket } = file;
  if (socket === null) return failure('ENOTSOCK');
  if (socket.state !== 'listening') return failure('EINVAL');
  const end = socket.queue.shift();
  if (end === undefined) return null;
  wakeFile(w, file);
  const ends = `${channelOf(at(w.files, end))}, of ${channelOf(file)}`;
  if (w.setup.watched) tell(w, 'connection accepted', t.node, null, t.serves, ends);
  handOut(t, f.reply, [socketEnd(at(w.files, end))]);
  return null;
});

interface Spread extends Request {
  /** The file server that is told next. */
  next?: number;
}

/**
 * A signal interrupts a connect that waits for room. The root server was asked to connect, and does not know any more which
 * server has the path: all are told, and it means something to one.
 */
const connectInterrupt = routine<OsfWorld, Spread>('socket.interrupt', 'ends a connect that waits', [
  step('end it if it waits here', (w, t, f) => {
    const server = fileServerOf(w, t);
    noteInterrupt(server.interrupts, (f.body as Interrupt).call);
    for (const file of w.files.rows)
      if (file.live && file.server === server.id && file.socket !== null) wakeFile(w, file);
    if (f.arrivedOn === server.service) finish(t, {} satisfies Payload);
    else f.next = 0;
  }),
  step('tell the other servers', (w, t, f) => {
    const server = fileServerOf(w, t);
    const to = f.next!++;
    if (to >= w.fileServers.rows.length) return finish(t, {} satisfies Payload);
    again(t);
    if (to !== server.id) send(w, t, server.peers[to]!, 'socket.interrupt', { body: f.body });
  }),
]);

export const connectionRoutines: readonly Routine[] = [socketAccept, connectInterrupt];
