/**
 * The hand-over of the token of an open file when a process moves [mechanisms 5.1, 7.5]. The token says which PMA is asked
 * about the file's users; it is handed over in three-party steps:
 *
 *   return     the source PMA gives the token back, and with it the position and what its process has written (token.ts)
 *   acquire    the destination PMA takes it, and gets a right to it (1 right)
 *   confirm    the source PMA says that it has nothing outstanding
 *   state      the destination PMA reads position and size, and gets rights to file and token (2 rights)
 *   register   the destination PMA leaves the right to the process's new port (1 right)
 *
 * All are requests on the token's own port.
 */
import { NONE, at } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { MAKE_SEND } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { finish, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { Returned } from '../emulator/tokens.ts';
import type { OsfWorld } from '../world.ts';
import { handleByPort } from './handle.ts';
import { fileServerOf } from './file.ts';
import { operation } from './operation.ts';
import { takeBack } from './token.ts';

/** Body of every token request: the node of the PMA that makes it. */
export interface TokenRequest {
  readonly node: number;
  /** `token.return`: what the process held. */
  readonly returned?: Returned | undefined;
}

const tokenRegister = routine<OsfWorld, Request>('token.register', 'remembers the PMA that is asked about a file', [
  step('give up the right to the old one', (w, t, f) => {
    const server = fileServerOf(w, t);
    const handle = handleByPort(w, server.id, f.arrivedOn);
    if (handle === null) return finish(t, { code: 'EBADF' } satisfies Payload);
    // Somebody else who shares the open file has the token: it is his PMA that is asked for it.
    const surplus = handle.serial === NONE ? handle.client : (f.names[0] ?? NONE);
    if (handle.serial === NONE) handle.client = f.names[0] ?? NONE;
    if (surplus !== NONE) kernelCall(w, t, server.self, 'mach_port_deallocate', { body: { name: surplus } });
  }),
  step('answer', (_w, t) => finish(t, {} satisfies Payload)),
]);

export const handOverRoutines: readonly Routine[] = [
  operation('token.return', 'takes the token back from a PMA', (w, handle, { returned }: TokenRequest, t) => {
    handle.holder = NONE;
    if (returned !== undefined) takeBack(w, t, handle, returned);
    return {};
  }),
  operation('token.acquire', 'gives the token to a PMA', (_w, handle, { node }: TokenRequest) => {
    handle.holder = node;
    return { rights: [{ name: handle.token, disposition: MAKE_SEND }] };
  }),
  operation('token.confirm', 'hears that a PMA has nothing outstanding', () => ({})),
  operation('token.state', 'reports the state of the open file', (w, handle) => {
    const { position, port, token } = handle;
    handle.made++;
    const rights = [port, token].map((name) => ({ name, disposition: MAKE_SEND }));
    return { body: { position, size: at(w.files, handle.file).size }, rights };
  }),
  tokenRegister,
];
