/**
 * Making a pipe. The root file server is asked, as for every path, and sends the request on to the server of the caller's
 * node, if there is one: bytes between neighbours then stay on their node. Whoever has an end has a right to a file server,
 * never to a PMA, so a pipe asks nothing of a migration that a file does not [P6, P10].
 */
import { NONE } from '../../base/table.ts';
import { finish, routine, step } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { fileServerOf, type FileServer } from '../file-server/file.ts';
import { handOut } from '../file-server/hand-out.ts';
import { FILE_READ, FILE_WRITE } from '../file-server/open.ts';
import { channelOf } from '../file-server/waiting.ts';
import { forward } from '../forward.ts';
import type { OsfWorld } from '../world.ts';
import { pipeAllocate } from './pipe.ts';

/** Body of `pipe.open` and of `socket.open`: the caller's node. A right to its per-process port comes along for each end. */
export interface AtNode {
  readonly node: number;
}

export const pipeOpen = routine<OsfWorld, Request>('pipe.open', 'makes a pipe', [
  step('make its buffer', (w, t, f) => {
    const server = fileServerOf(w, t);
    const holder = holderOn(w, server, f.body as AtNode);
    if (holder !== server) return forward(w, t, server.peers[holder.id]!, 'file.forwarded', NONE, f);
    const file = pipeAllocate(w, server.id);
    const end = (name: string, index: number, flags: number) => {
      return { file: file.id, flags, client: f.names[index] ?? NONE, name: `${channelOf(file)}.${name}` };
    };
    handOut(t, f.reply, [end('read', 0, FILE_READ), end('write', 1, FILE_WRITE)]);
  }),
  step('leave the answer to it', (_w, t) => finish(t, null)),
]);

/** The server of the caller's node, or the one that was asked. */
export function holderOn(w: OsfWorld, asked: FileServer, { node }: AtNode): FileServer {
  return w.fileServers.rows.find((each) => each.live && each.node === node) ?? asked;
}
