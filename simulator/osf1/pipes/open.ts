/**
 * Making a pipe. The root file server is asked, as for every path, and sends the request on to the server of the caller's
 * node, if there is one: bytes between neighbours then stay on their node. Whoever has an end has a right to a file server,
 * never to a PMA, so a pipe asks nothing of a migration that a file does not [P6, P10].
 */
import { NONE, at } from '../../base/table.ts';
import { answer } from '../../mach/ipc/mach-msg.ts';
import { MAKE_SEND, MAKE_SEND_ONCE } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { finish, goTo, routine, step } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { FileServer } from '../file-server/file.ts';
import { handleAllocate } from '../file-server/handle.ts';
import { FILE_READ, FILE_WRITE, fileServerOf } from '../file-server/open.ts';
import { forward } from '../forward.ts';
import type { OsfWorld } from '../world.ts';
import { pipeAllocate, pipeChannel } from './pipe.ts';

/** Body of `pipe.open`: the caller's node. A right to its per-process port comes along for each end. */
export interface PipeOpen {
  readonly node: number;
}

/** What it answers; the rights are those to an end and its token, first of the end that is read. */
export interface PipeOpened {
  readonly name: string;
  readonly server: string;
}

interface PipeCall extends Request {
  file?: number;
  /** Receive rights: the end that is read and its token, the end that is written and its token. */
  ports?: number[];
  /** Ends of which a notice has been asked for. */
  asked?: number;
}

const PORTS = ['read', 'read.token', 'write', 'write.token'] as const;

export const pipeOpen = routine<OsfWorld, PipeCall>('pipe.open', 'makes a pipe', [
  step('make its buffer', (w, t, f) => {
    const server = fileServerOf(w, t);
    if (holderOn(w, server, f) !== server) return goTo(w, t, 'send it on to the server of the node');
    f.file = pipeAllocate(w, server.id).id;
    f.ports = [];
    f.asked = 0;
  }),
  step('make a port', (w, t, f) => {
    const of = PORTS[f.ports!.length];
    if (of === undefined) return goTo(w, t, 'hand both ends out');
    const label = `${pipeChannel(at(w.files, f.file!))}.${of}`;
    kernelCall(w, t, fileServerOf(w, t).self, 'mach_port_allocate', { body: { label } });
  }),
  step('receive on it', (w, t, f) => {
    const member = (t.body as { name: number }).name;
    f.ports!.push(member);
    const { self, set } = fileServerOf(w, t);
    kernelCall(w, t, self, 'mach_port_move_member', { body: { member, set } });
  }),
  step('go on', (w, t) => goTo(w, t, 'make a port')),
  step('hand both ends out', (w, t, f) => {
    [FILE_READ, FILE_WRITE].forEach((flags, end) => {
      const handle = handleAllocate(w, f.file!, fileServerOf(w, t).id);
      const [port, token] = f.ports!.slice(2 * end);
      Object.assign(handle, { port, token, flags, client: f.names[end] ?? NONE, made: 1 });
    });
    const body: PipeOpened = { name: pipeChannel(at(w.files, f.file!)), server: at(w.nodes, t.node).name };
    answer(w, t, f.reply, { body, rights: f.ports!.map((name) => ({ name, disposition: MAKE_SEND })) });
  }),
  step('ask to be told when nobody uses an end any more', (w, t, f) => {
    const { self, service } = fileServerOf(w, t);
    kernelCall(w, t, self, 'mach_port_request_notification', {
      body: { name: f.ports![2 * f.asked!++]! },
      rights: [{ name: service, disposition: MAKE_SEND_ONCE }],
    });
  }),
  step('of each', (w, t, f) => {
    if (f.asked === 2) finish(t, null);
    else goTo(w, t, 'ask to be told when nobody uses an end any more');
  }),
  step('send it on to the server of the node', (w, t, f) => {
    const server = fileServerOf(w, t);
    forward(w, t, server.peers[holderOn(w, server, f).id]!, 'file.forwarded', NONE, f);
  }),
  step('leave the answer to it', (_w, t) => finish(t, null)),
]);

/** The server of the caller's node, or the one that was asked. */
function holderOn(w: OsfWorld, asked: FileServer, f: Request): FileServer {
  const { node } = f.body as PipeOpen;
  return w.fileServers.rows.find((each) => each.live && each.node === node) ?? asked;
}
