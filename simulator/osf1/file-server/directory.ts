/**
 * Calls that name a file by its path: what it is, its names, directories. The root server is asked, and sends on what
 * another server has, with the right to the answer; each operation is one step of the server that does it, so nobody sees it
 * half done. A name cannot be moved from one server to another (EXDEV), as between the file systems of any UNIX.
 */
import { NONE, at } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { again, finish, goTo, replace, routine, step, type Routine } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { Thread } from '../../mach/thread.ts';
import { adoptReply, forward, unwrap } from '../forward.ts';
import { pipeOpen } from '../pipes/open.ts';
import { socketConnect } from '../sockets/connect.ts';
import { socketBind, socketOpen } from '../sockets/open.ts';
import type { OsfWorld } from '../world.ts';
import { fileAllocate, fileServerOf, type FileServer } from './file.ts';
import { entering, enterName, holderOf, isBelow, nameOf, namesIn, removeName, type FileName } from './name.ts';
import { callImageIn, keptUnder } from './kept-images.ts';
import { fileOpen } from './open.ts';
import { WRITE, permits, permitsEntering } from './permission.ts';
import { SUPERUSER } from '../users.ts';
import type { FileAccess } from './handle.ts';
import { statusOf } from './status.ts';
import { truncate } from './through.ts';
import { callIn, inTheWay } from './token.ts';

/** Body of every operation on a path; `to` is the new name of `file.rename` and `file.link`. */
export interface PathCall {
  readonly path: string;
  readonly to?: string;
  /** Who asks. */
  readonly uid?: number;
  /** `file.mkdir`, `file.chmod`: the mode; `file.chown`: the owner. */
  readonly mode?: number;
  readonly owner?: number;
  /** `file.read_directory`: which of the names, from 0. */
  readonly index?: number;
  /** `file.cut`: the new size. */
  readonly size?: number;
}

/** Null: it takes more than this step, and has called a routine that finishes with the answer. */
type Act = (w: OsfWorld, server: FileServer, name: FileName | null, body: PathCall, t: Thread) => Payload | null;

/**
 * `enters`: it changes what is in a directory; `needs`: whose tokens come home first; `changes`: whoever keeps an image under
 * one of the names is called back first.
 */
function operation(
  name: string,
  story: string,
  act: Act,
  enters = false,
  needs: FileAccess = 'none',
  changes = false,
): Routine {
  return routine<OsfWorld, Request>(name, story, [
    step('look the path up', (w, t, f) => {
      const body = f.body as PathCall;
      const server = fileServerOf(w, t);
      const holder = holderOf(w, server, body.path);
      if (holder === null) return finish(t, { code: 'ENOENT' } satisfies Payload);
      if (holder.id === server.id) {
        if (enters && !mayEnter(w, server, body)) return finish(t, failure('EACCES'));
        const entry = nameOf(w, server.id, body.path);
        const kept = changes ? keptUnder(w, server.id, [body.path, body.to ?? body.path]) : null;
        if (kept !== null) {
          again(t);
          return callImageIn(t, kept);
        }
        const granted = entry === null ? null : inTheWay(w, at(w.files, entry.file), needs);
        if (granted === null) {
          goTo(w, t, 'answer');
          const done = act(w, server, entry, body, t);
          if (done !== null) finish(t, done);
          return;
        }
        again(t);
        return callIn(t, granted);
      }
      forward(w, t, server.peers[holder.id]!, 'file.forwarded', NONE, f);
    }),
    step('leave the answer to it', (_w, t) => finish(t, null)),
    step('answer', (_w, t) => finish(t, t.result)),
  ]);
}

const failure = (code: string): Payload => ({ code });

function mayEnter(w: OsfWorld, { id }: FileServer, { path, to, uid }: PathCall): boolean {
  return [path, to ?? path].every((each) => permitsEntering(w, id, each, uid ?? SUPERUSER));
}

const status = operation(
  'file.stat',
  'says what a path denotes',
  (w, _server, name) => (name === null ? failure('ENOENT') : { body: statusOf(at(w.files, name.file)) }),
  false,
  'read',
);

/** truncate(path): nobody need have it open. */
const cut = operation(
  'file.cut',
  'sets the size of a file',
  (w, _server, name, { size, uid }, t) => {
    if (name === null) return failure('ENOENT');
    const file = at(w.files, name.file);
    if (file.kind === 'directory') return failure('EISDIR');
    if (!permits(file, uid ?? SUPERUSER, WRITE)) return failure('EACCES');
    if (size === undefined || size < 0) return failure('EINVAL');
    return truncate(w, t, file, size) ? null : {};
  },
  false,
  'write',
  true,
);

const readDirectory = operation(
  'file.read_directory',
  'says what is in a directory',
  (w, server, name, { path, index }) => {
    if (name === null) return failure('ENOENT');
    if (at(w.files, name.file).kind !== 'directory') return failure('ENOTDIR');
    return { body: { name: namesIn(w, server.id, path)[index ?? 0] ?? '' } };
  },
);

const makeDirectory = operation(
  'file.mkdir',
  'makes a directory',
  (w, server, name, { path, uid, mode }) => {
    const code = name === null ? entering(w, server.id, path) : 'EEXIST';
    if (code !== '') return failure(code);
    const ownership = { owner: uid ?? SUPERUSER, mode: mode ?? 0o777 };
    enterName(w, server.id, path, fileAllocate(w, server.id, 'directory', 0, ownership));
    return {};
  },
  true,
);

/** What only the owner and the superuser may change, the owner only the superuser. */
const changeMode = operation(
  'file.chmod',
  'changes the mode or the owner of a file',
  (w, _server, name, body) => {
    if (name === null) return failure('ENOENT');
    const file = at(w.files, name.file);
    const { uid, mode, owner } = body;
    if (uid !== SUPERUSER && (uid !== file.owner || owner !== undefined)) return failure('EPERM');
    if (mode !== undefined) file.mode = mode;
    if (owner !== undefined) file.owner = owner;
    return {};
  },
  false,
  'none',
  true,
);

const removeDirectory = operation(
  'file.rmdir',
  'removes an empty directory',
  (w, server, name, { path }) => {
    if (name === null) return failure('ENOENT');
    if (at(w.files, name.file).kind !== 'directory') return failure('ENOTDIR');
    if (path === server.directory || path === '/') return failure('EBUSY');
    if (namesIn(w, server.id, path).length > 0) return failure('ENOTEMPTY');
    removeName(w, name);
    return {};
  },
  true,
);

const unlink = operation(
  'file.unlink',
  'removes a name of a file',
  (w, _server, name) => {
    if (name === null) return failure('ENOENT');
    if (at(w.files, name.file).kind === 'directory') return failure('EPERM');
    removeName(w, name);
    return {};
  },
  true,
  'none',
  true,
);

const link = operation(
  'file.link',
  'gives a file one more name',
  (w, server, name, { to }) => {
    if (name === null) return failure('ENOENT');
    const code = newName(w, server, to!);
    if (code !== '') return failure(code);
    const file = at(w.files, name.file);
    if (file.kind === 'directory') return failure('EPERM');
    if (nameOf(w, server.id, to!) !== null) return failure('EEXIST');
    enterName(w, server.id, to!, file);
    return {};
  },
  true,
);

/** Of a directory, the paths of all that is in it change with it. */
const rename = operation(
  'file.rename',
  'gives a file another name',
  (w, server, name, { path, to }) => {
    if (name === null) return failure('ENOENT');
    const code = newName(w, server, to!);
    if (code !== '') return failure(code);
    if (to === path) return {};
    const { kind } = at(w.files, name.file);
    if (path === server.directory || (kind === 'directory' && isBelow(to!, path))) return failure('EINVAL');
    const other = nameOf(w, server.id, to!);
    if (other !== null) {
      const directory = at(w.files, other.file).kind === 'directory';
      if (directory !== (kind === 'directory')) return failure(directory ? 'EISDIR' : 'ENOTDIR');
      if (directory && namesIn(w, server.id, to!).length > 0) return failure('ENOTEMPTY');
      removeName(w, other);
    }
    for (const each of w.fileNames.rows) {
      if (each.live && each.server === server.id && isBelow(each.path, path))
        each.path = to! + each.path.slice(path.length);
    }
    return {};
  },
  true,
  'none',
  true,
);

/** Why a name cannot be entered at this server; empty if it can. */
function newName(w: OsfWorld, server: FileServer, path: string): string {
  return holderOf(w, server, path)?.id === server.id ? entering(w, server.id, path) : 'EXDEV';
}

const operations: readonly Routine[] = [
  fileOpen,
  status,
  cut,
  readDirectory,
  makeDirectory,
  changeMode,
  removeDirectory,
  unlink,
  link,
  rename,
  pipeOpen,
  socketOpen,
  socketBind,
  socketConnect,
];

/** A request that the root server has sent on: it is done here, and answered to whoever asked. */
const forwarded = routine<OsfWorld, Request>('file.forwarded', 'does what the root server was asked for', [
  step('take it apart', (w, t, f) => {
    const request = unwrap(w, t, f);
    adoptReply(t, request.reply);
    replace(
      t,
      operations.find(({ name }) => name === request.operation)!,
      request,
    );
  }),
]);

export const pathRoutines: readonly Routine[] = [...operations, forwarded];
