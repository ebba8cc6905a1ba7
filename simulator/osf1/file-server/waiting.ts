/**
 * Requests that wait at a file server: for bytes, for room, for a connection. Each has a thread of the server to itself
 * (mach/pool.ts), which waits on the channel of a file and looks again whenever something about the file has changed.
 *
 * Before it waits the server asks to be told when the reply port of whoever asked dies [1.9]: then the request ends and
 * changes nothing. It ends with EINTR if a signal interrupts it (interrupt.ts), and with EAGAIN instead of waiting if its
 * open file does not block. A process may move while its request waits: the answer finds its reply port [5.3, 5.5].
 */
import { NONE, at } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { DEAD_NAME_NOTICE, PORT_DELETED_NOTICE } from '../../mach/ipc/notify.ts';
import { MAKE_SEND_ONCE } from '../../mach/ipc/right.ts';
import { lookup } from '../../mach/ipc/space.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, call, finish, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import { blockOn, wakeAll, type Thread } from '../../mach/thread.ts';
import { isInterrupted, type Interruptible } from '../interrupt.ts';
import type { OsfWorld } from '../world.ts';
import type { File } from './file.ts';
import { handleByPort, type FileHandle } from './handle.ts';
import { FILE_NON_BLOCK } from './open.ts';
import { fileServerOf } from './file.ts';

export interface Waiting extends Request {
  /** The server is told when whoever asked has gone. */
  watched?: boolean;
}

/** What requests about the file wait on, and what people call it if it has no name: `pipe 3`. */
export const channelOf = ({ kind, id }: File): string => `${kind} ${id}`;

/** Something about the file has changed: whoever waits looks again, at the other end of a connection too. */
export function wakeFile(w: OsfWorld, file: File): void {
  const task = at(w.tasks, w.fileServers.rows[file.server]!.task);
  wakeAll(w, task, channelOf(file));
  const peer = file.socket?.peer ?? NONE;
  if (peer !== NONE) wakeAll(w, task, channelOf(at(w.files, peer)));
}

/** Nobody can receive the answer any more: the request ends, and changes nothing. */
export function isAbandoned(w: OsfWorld, t: Thread, { reply }: Request): boolean {
  const entry = lookup(at(w.tasks, t.task).space, reply);
  return entry === null || entry.port === NONE || !at(w.ports, entry.port).active;
}

/** The step that has found nothing to do is performed again when something about the file has changed. */
export function waitFor(w: OsfWorld, t: Thread, f: Waiting, file: File, flags: number, interrupts: number[]): void {
  if (isInterrupted(interrupts, f.body as Interruptible)) return finish(t, { code: 'EINTR' } satisfies Payload);
  if ((flags & FILE_NON_BLOCK) !== 0) return finish(t, { code: 'EAGAIN' } satisfies Payload);
  again(t);
  if (f.watched === true) return blockOn(w, t, channelOf(file));
  f.watched = true;
  call(t, watch, { reply: f.reply });
}

const watch = routine<OsfWorld, { readonly reply: number }>('file.watch', 'asks to be told if whoever waits goes', [
  step('ask the kernel', (w, t, f) => {
    const { self, service } = fileServerOf(w, t);
    kernelCall(w, t, self, 'mach_port_request_notification', {
      body: { name: f.reply, variant: 'dead-name', sync: 1 },
      rights: [{ name: service, disposition: MAKE_SEND_ONCE }],
    });
  }),
  step('look again', (_w, t) => finish(t)),
]);

/**
 * A request about an open file that may have to wait. `act` does it at once and says what is answered, or null if it has
 * to wait; or it goes on in another routine, in place of this one. `flagsOf` says with which flags it waits.
 */
export function mayWait<B extends Interruptible>(
  name: string,
  story: string,
  act: (w: OsfWorld, t: Thread, f: Waiting & { readonly body: B }, file: File, handle: FileHandle) => Payload | null,
  flagsOf = ({ flags }: FileHandle): number => flags,
): Routine {
  return routine<OsfWorld, Waiting & { readonly body: B }>(name, story, [
    step('do it, or wait', (w, t, f) => {
      if (isAbandoned(w, t, f)) return finish(t, { code: 'EINTR' } satisfies Payload);
      const handle = handleByPort(w, fileServerOf(w, t).id, f.arrivedOn);
      if (handle === null) return finish(t, { code: 'EBADF' } satisfies Payload);
      const file = at(w.files, handle.file);
      const { top } = t;
      const done = act(w, t, f, file, handle);
      if (t.top !== top) return;
      if (done === null) waitFor(w, t, f, file, flagsOf(handle), handle.interrupts);
      else finish(t, done);
    }),
  ]);
}

/** The kernel's notice that whoever waited has gone. */
const abandoned = routine<OsfWorld, Request>('file.abandoned', 'ends the request of a process that has gone', [
  step('wake whoever waits', (w, t, f) => {
    const server = fileServerOf(w, t);
    for (const file of w.files.rows) {
      if (file.live && file.server === server.id && file.kind !== 'file' && file.kind !== 'directory')
        wakeFile(w, file);
    }
    kernelCall(w, t, server.self, 'mach_port_deallocate', { body: { name: (f.body as { name: number }).name } });
  }),
  step('be done', (_w, t) => finish(t, null)),
]);

/** The other outcome: the request was answered, and the name of its reply right has gone. */
const answered = routine<OsfWorld, Request>('file.answered', 'hears that a request that waited was answered', [
  step('be done', (_w, t) => finish(t, null)),
]);

export const waitingRoutines: readonly Routine[] = [watch];

/** Mach's notices about reply rights, by its names for them. */
export const waitingNotices: readonly (readonly [operation: string, routine: Routine])[] = [
  [DEAD_NAME_NOTICE, abandoned],
  [PORT_DELETED_NOTICE, answered],
];
