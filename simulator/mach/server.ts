/**
 * Servers: tasks whose threads receive requests on one name, serve each with the routine for its operation, and
 * answer with what the routine returned.
 *
 * A handler routine is called with a `Request` as its data, and finishes with a Payload (the answer), or with null if
 * somebody else will answer: then the handler has kept, moved or used up the reply right (`request.reply`).
 *
 * A server has a pool of threads, which grows (pool.ts): a handler may block without stopping the server.
 */
import { copy } from '../base/plain.ts';
import { NONE } from '../base/table.ts';
import { answer, receive, type Payload } from './ipc/mach-msg.ts';
import { growPool } from './pool.ts';
import { call, routine, step, unknownOperation } from './routine.ts';
import type { Task } from './task.ts';
import { threadCreate, threadStart, type Thread } from './thread.ts';
import type { MachWorld } from './world.ts';

/** What a handler is called with; handlers add fields of their own. */
export interface Request {
  readonly operation: string;
  readonly body: unknown;
  /** Name of the reply right in the server's space, or NONE. */
  reply: number;
  /** Names of the rights that came with the request. */
  readonly names: readonly number[];
  /** Name of the port that it was sent to, within the server's space. */
  readonly arrivedOn: number;
  /** Identity of the requesting thread, or NONE. */
  readonly client: number;
}

interface Loop {
  /** Name of the port or port set that it receives on. */
  readonly on: number;
  request: Request | null;
}

export const serverLoop = routine<MachWorld, Loop>('server', 'receives, serves, answers', [
  step('receive a request', (w, t, f) => receive(w, t, f.on)),
  step('serve it', (w, t, f) => {
    if (t.operation === '' || t.code === 'MACH_RCV_BODY_ERROR') {
      t.top!.step = 0;
      if (t.operation !== '') answer(w, t, t.reply, { code: t.code });
      return;
    }
    growPool(w, t, f.on, serve);
    f.request = {
      operation: t.operation,
      body: t.body,
      reply: t.reply,
      names: t.names,
      arrivedOn: t.arrivedOn,
      client: t.serves,
    };
    call(t, w.setup.services.get(t.operation) ?? unknownOperation, copy(f.request));
  }),
  step('answer', (w, t, f) => {
    const result = t.result as Payload | null;
    t.top!.step = 0;
    const reply = f.request!.reply;
    f.request = null;
    if (result === null) t.serves = NONE;
    else answer(w, t, reply, result);
  }),
]);

/** Starts the first thread of a pool that serves the name. */
export function serve(w: MachWorld, task: Task, on: number): Thread {
  const t = threadCreate(w, task, task.name);
  call(t, serverLoop, { on, request: null } satisfies Loop);
  threadStart(w, t);
  return t;
}
