/**
 * Sockets in the emulator: descriptors that read, write, close, dup, fork and exec treat like those of files. A call is a
 * request to the server that has the socket, or to the root server if it names a path.
 */
import { NONE, at } from '../../base/table.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { COPY_SEND } from '../../mach/ipc/right.ts';
import { SEND } from '../../mach/ipc/space.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, call, finish, routine, step, type Routine } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import type { HandedOut } from '../file-server/hand-out.ts';
import type { TokenRequest } from '../file-server/hand-over.ts';
import type { AtPath, May, SocketOpen } from '../sockets/open.ts';
import type { OsfWorld } from '../world.ts';
import { failed } from './errno.ts';
import { fileAt, freeDescriptor } from './files.ts';
import { calledBack, interruptibleRpc } from './interruptible.ts';
import { mayHaveFiles } from './limits.ts';
import { absolute } from './paths.ts';
import { PROCESS_PORT, ROOT_DIRECTORY, TASK_SELF, emulatorOf, newOpenFile, type EmulatorState } from './state.ts';

const client = { name: PROCESS_PORT, disposition: COPY_SEND };
const emulator = (w: OsfWorld, t: Thread): EmulatorState => emulatorOf(at(w.tasks, t.task));

/** Whether so many descriptors more can be had: of those that are free the last one counts, some above a limit may be in use. */
export function hasRoomFor(w: OsfWorld, t: Thread, more: number): boolean {
  const { files } = emulator(w, t);
  const free = files.flatMap((file, descriptor) => (file === null ? [descriptor] : []));
  const last = more <= free.length ? free[more - 1]! : files.length + more - free.length - 1;
  return mayHaveFiles(w, t, last + 1);
}

/** The ends that were handed out get the lowest descriptors that are free. */
export function remember(w: OsfWorld, t: Thread): readonly number[] {
  const { files } = emulator(w, t);
  const { names, server } = t.body as HandedOut;
  return names.map((path, end) => {
    const descriptor = freeDescriptor(w, t);
    const [capability, token] = [t.names[2 * end]!, t.names[2 * end + 1]!];
    files[descriptor] = { ...newOpenFile(path, capability, token, server), waits: true };
    return descriptor;
  });
}

function opening(name: string, story: string, pair: boolean): Routine {
  return routine<OsfWorld, object>(name, story, [
    step('call the root file server', (w, t) => {
      const ends = pair ? [client, client] : [client];
      if (!hasRoomFor(w, t, ends.length)) return finish(t, failed('EMFILE'));
      rpc(w, t, ROOT_DIRECTORY, 'socket.open', { body: { node: t.node, pair } satisfies SocketOpen, rights: ends });
    }),
    step('remember what it made', (w, t) => {
      if (t.code !== 'KERN_SUCCESS') return finish(t, failed(t.code));
      const descriptors = remember(w, t);
      finish(t, pair ? descriptors : descriptors[0]!);
    }),
  ]);
}

/** Finish with a descriptor, and with the parts of the language's `socketpair`. */
export const emulatorSocket = opening('emulator.socket', 'makes a socket', false);
export const emulatorSocketpair = opening('emulator.socketpair', 'makes two sockets that are connected', true);

interface OfSocket {
  readonly descriptor: number;
}

/** A call that the server of the socket answers at once; finishes with 0. */
function ofSocket<D extends OfSocket>(
  name: string,
  story: string,
  operation: string,
  body: (f: D) => unknown,
): Routine {
  return routine<OsfWorld, D>(name, story, [
    step('ask its server', (w, t, f) => {
      const file = fileAt(w, t, f.descriptor);
      if (file === null) return finish(t, failed('EBADF'));
      rpc(w, t, file.capability, operation, { body: body(f) });
    }),
    step('return', (_w, t) => finish(t, t.code === 'KERN_SUCCESS' ? 0 : failed(asSocket(t.code)))),
  ]);
}

/** What is no socket does not know what is asked of sockets. */
const asSocket = (code: string): string => (code === 'MIG_BAD_ID' ? 'ENOTSOCK' : code);

export const emulatorListen = ofSocket<OfSocket & { readonly backlog: number }>(
  'emulator.listen',
  'lets connections come',
  'socket.listen',
  ({ backlog }) => ({ backlog }),
);

export const emulatorShutdown = ofSocket<OfSocket & { readonly how: number }>(
  'emulator.shutdown',
  'ends a direction of a connection',
  'socket.shutdown',
  ({ how }) => ({ how }),
);

interface Naming extends OfSocket {
  readonly path: string;
  /** Name of the right to the socket that the descriptor stood for. */
  capability?: number;
}

/** bind and connect: the end that the server of the path makes stands in the place of the socket. Finish with 0. */
function naming(become: May['become'], story: string): Routine {
  return routine<OsfWorld, Naming>(`emulator.${become}`, story, [
    step('ask whether the socket can be', (w, t, f) => {
      const file = fileAt(w, t, f.descriptor);
      if (file === null) return finish(t, failed('EBADF'));
      f.capability = file.capability;
      rpc(w, t, file.capability, 'socket.may', { body: { become } satisfies May });
    }),
    step('ask the root file server', (w, t, f) => {
      if (t.code !== 'KERN_SUCCESS') return finish(t, failed(asSocket(t.code)));
      const { flags } = t.body as { flags: number };
      const body: AtPath = { path: absolute(emulator(w, t), f.path), flags };
      interruptibleRpc(w, t, ROOT_DIRECTORY, `socket.${become}`, { body }, 'socket.interrupt');
    }),
    step('have the new end instead', (w, t, f) => {
      calledBack(w, t);
      if (t.code !== 'KERN_SUCCESS') return finish(t, failed(t.code));
      if (isClosed(w, t, f)) {
        f.capability = NONE;
        return call(t, standIn, { changes: t.names.map((name) => [name, -1]), done: 0 } satisfies StandIn);
      }
      const path = absolute(emulator(w, t), f.path);
      call(t, standIn, standInFor(w, t, f.descriptor, become === 'bind' ? path : `${nameOf(t)} to ${path}`));
    }),
    step('say which PMA is asked about it', (w, t, f) => {
      if (f.capability === NONE || fileAt(w, t, f.descriptor) === null) finish(t, failed('EBADF'));
      else register(w, t, f.descriptor);
    }),
    step('return', (_w, t) => finish(t, 0)),
  ]);
}

/** Another thread has closed the descriptor while the socket got its name: nobody wants the new end. */
const isClosed = (w: OsfWorld, t: Thread, { descriptor, capability }: Naming): boolean =>
  fileAt(w, t, descriptor)?.capability !== capability;

const nameOf = (t: Thread): string => (t.body as HandedOut).names[0]!;

/** Not before the end is there: the process may have waited for it for long, and may have moved meanwhile. */
function register(w: OsfWorld, t: Thread, descriptor: number): void {
  const body: TokenRequest = { node: t.node };
  rpc(w, t, fileAt(w, t, descriptor)!.token, 'token.register', { body, rights: [client] });
}

interface StandIn {
  /** Names, and how many references more or fewer. */
  readonly changes: readonly (readonly [name: number, delta: number])[];
  done: number;
}

/** All descriptors of the process that stood for the same socket stand for the new end. */
function standInFor(w: OsfWorld, t: Thread, descriptor: number, path: string): StandIn {
  const old = fileAt(w, t, descriptor)!;
  const [capability, token] = [t.names[0]!, t.names[1]!];
  const { server } = t.body as HandedOut;
  let count = 0;
  for (const file of emulator(w, t).files) {
    if (file?.capability !== old.capability || file === old) continue;
    Object.assign(file, { path, capability, token, server });
    count++;
  }
  const before = [old.capability, old.token] as const;
  Object.assign(old, { path, capability, token, server });
  const more =
    count === 0
      ? []
      : ([
          [capability, count],
          [token, count],
        ] as const);
  return { changes: [[before[0], -1 - count], [before[1], -1 - count], ...more], done: 0 };
}

const standIn = routine<OsfWorld, StandIn>('emulator.stand_in', 'has one socket in the place of another', [
  step('count the references', (w, t, f) => {
    const change = f.changes[f.done++];
    if (change === undefined) return finish(t);
    again(t);
    const [name, delta] = change;
    kernelCall(w, t, TASK_SELF, 'mach_port_mod_refs', { body: { name, right: SEND, delta } });
  }),
]);

export const emulatorBind = naming('bind', 'gives a socket a name');
export const emulatorConnect = naming('connect', 'connects to the socket that has a name');

interface Accept extends OfSocket {
  accepted?: number;
}

/** Finishes with the descriptor of the other end of the connection. */
export const emulatorAccept = routine<OsfWorld, Accept>('emulator.accept', 'accepts a connection', [
  step('ask for one', (w, t, f) => {
    const file = fileAt(w, t, f.descriptor);
    if (file === null || !hasRoomFor(w, t, 1)) return finish(t, failed(file === null ? 'EBADF' : 'EMFILE'));
    interruptibleRpc(w, t, file.capability, 'socket.accept', {}, 'file.interrupt');
  }),
  step('remember it', (w, t, f) => {
    calledBack(w, t);
    if (t.code !== 'KERN_SUCCESS') return finish(t, failed(asSocket(t.code)));
    f.accepted = remember(w, t)[0]!;
    register(w, t, f.accepted);
  }),
  step('return', (_w, t, f) => finish(t, f.accepted!)),
]);

export const emulatorSocketRoutines: readonly Routine[] = [
  emulatorSocket,
  emulatorSocketpair,
  emulatorListen,
  emulatorShutdown,
  emulatorBind,
  emulatorConnect,
  emulatorAccept,
  standIn,
];
