/**
 * Handing out the ends of a pipe or of sockets: an open file structure is made for each, with a port and a token of its
 * own like that of any open file, and whoever asked gets the rights to both [paper 3.1]. The last step of a request:
 * its handler goes on here when it has decided.
 */
import { at } from '../../base/table.ts';
import { answer } from '../../mach/ipc/mach-msg.ts';
import { MAKE_SEND, MAKE_SEND_ONCE } from '../../mach/ipc/right.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { finish, goTo, replace, routine, step } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import type { OsfWorld } from '../world.ts';
import { handleAllocate } from './handle.ts';
import { fileServerOf } from './file.ts';

/** An end that is to be handed out. */
export interface End {
  readonly file: number;
  readonly flags: number;
  /** Name of the right to the per-process port of the PMA that is told about the token, or NONE. */
  readonly client: number;
  /** What people see: `pipe 3.read`. */
  readonly name: string;
}

/** What whoever asked is told; the rights are those to each end and its token. */
export interface HandedOut {
  readonly names: readonly string[];
  readonly server: string;
}

interface HandOut {
  readonly reply: number;
  readonly ends: readonly End[];
  /** Receive rights: each end and its token. */
  readonly ports: number[];
  /** Ends of which a notice has been asked for. */
  asked: number;
}

/** Ends the handler: the ends are handed out on the reply right of its request. */
export function handOut(t: Thread, reply: number, ends: readonly End[]): void {
  replace(t, handsOut, { reply, ends, ports: [], asked: 0 } satisfies HandOut);
}

export const handsOut = routine<OsfWorld, HandOut>('file.hand_out', 'hands the ends of a pipe or a socket out', [
  step('make a port', (w, t, f) => {
    const end = f.ends[Math.floor(f.ports.length / 2)];
    if (end === undefined) return goTo(w, t, 'hand all out');
    const label = f.ports.length % 2 === 0 ? end.name : `${end.name}.token`;
    kernelCall(w, t, fileServerOf(w, t).self, 'mach_port_allocate', { body: { label } });
  }),
  step('receive on it', (w, t, f) => {
    const member = (t.body as { name: number }).name;
    f.ports.push(member);
    const { self, set } = fileServerOf(w, t);
    kernelCall(w, t, self, 'mach_port_move_member', { body: { member, set } });
  }),
  step('go on', (w, t) => goTo(w, t, 'make a port')),
  step('hand all out', (w, t, f) => {
    f.ends.forEach(({ file, flags, client }, index) => {
      const handle = handleAllocate(w, file, fileServerOf(w, t).id);
      const [port, token] = f.ports.slice(2 * index);
      Object.assign(handle, { port, token, flags, client, made: 1 });
    });
    const body: HandedOut = { names: f.ends.map(({ name }) => name), server: at(w.nodes, t.node).name };
    answer(w, t, f.reply, { body, rights: f.ports.map((name) => ({ name, disposition: MAKE_SEND })) });
  }),
  step('ask to be told when nobody uses an end any more', (w, t, f) => {
    const { self, service } = fileServerOf(w, t);
    kernelCall(w, t, self, 'mach_port_request_notification', {
      body: { name: f.ports[2 * f.asked++]! },
      rights: [{ name: service, disposition: MAKE_SEND_ONCE }],
    });
  }),
  step('of each', (w, t, f) => {
    if (f.asked === f.ends.length) finish(t, null);
    else goTo(w, t, 'ask to be told when nobody uses an end any more');
  }),
]);
