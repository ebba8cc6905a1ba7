/**
 * Sending a request on, whole: one message that carries the request, its rights, and its reply right, so that the answer
 * reaches the requester straight from whoever executes the request [mechanisms 5.5 (e)]. PMAs forward what they kept for
 * a process that has moved; the root file server forwards what another server holds.
 */
import { NONE, at } from '../base/table.ts';
import { send, type Carried } from '../mach/ipc/mach-msg.ts';
import { MOVE_SEND, MOVE_SEND_ONCE } from '../mach/ipc/right.ts';
import { SEND_ONCE, lookup } from '../mach/ipc/space.ts';
import type { Request } from '../mach/server.ts';
import { threadOf, type Thread } from '../mach/thread.ts';
import type { OsfWorld } from './world.ts';
import { framesOf } from '../mach/routine.ts';

interface Forwarded {
  readonly pid: number;
  readonly operation: string;
  readonly body: unknown;
  readonly client: number;
  /** Whether the first right that comes along is the reply right. */
  readonly answered: boolean;
}

/** Sends a kept request on to another PMA (or another server of a kind) under the given name: one message. */
export function forward(w: OsfWorld, t: Thread, to: number, operation: string, pid: number, saved: Request): void {
  const { space } = at(w.tasks, t.task);
  const rights: Carried[] = [];
  const answered = saved.reply !== NONE && lookup(space, saved.reply) !== null;
  if (answered) rights.push({ name: saved.reply, disposition: MOVE_SEND_ONCE });
  for (const name of saved.names) {
    const once = lookup(space, name)?.type === SEND_ONCE;
    rights.push({ name, disposition: once ? MOVE_SEND_ONCE : MOVE_SEND });
  }
  const body: Forwarded = { pid, operation: saved.operation, body: saved.body, client: saved.client, answered };
  send(w, t, to, operation, { body, rights });
}

/** Takes a forwarded request apart; the first right is the requester's reply right. */
export function unwrap(w: OsfWorld, t: Thread, f: Request): Request & { readonly pid: number } {
  const { pid, operation, body, client, answered } = f.body as Forwarded;
  const reply = answered ? f.names[0]! : NONE;
  const names = answered ? f.names.slice(1) : f.names;
  t.serves = client;
  const requester = client === NONE ? null : threadOf(w, client);
  if (requester !== null) requester.servedBy = t.identity;
  return { pid, operation, body, client, reply, names, arrivedOn: NONE };
}

/** The server loop would answer on the reply right of the forwarding message; the answer belongs to the requester. */
export function adoptReply(t: Thread, reply: number): void {
  const loop = framesOf(t)[0]!.data as { request: Request | null };
  if (loop.request !== null) loop.request = { ...loop.request, reply };
}
