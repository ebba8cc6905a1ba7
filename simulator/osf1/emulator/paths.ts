/**
 * Calls that name a file by its path. The emulator makes paths absolute, for the current directory is the process's; the root
 * file server is asked, and who has the file answers (file-server/directory.ts).
 */
import { at } from '../../base/table.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { finish, routine, step, type Routine } from '../../mach/routine.ts';
import type { PathCall } from '../file-server/directory.ts';
import type { FileStatus } from '../file-server/status.ts';
import type { OsfWorld } from '../world.ts';
import { failed, type CallResult } from './errno.ts';
import { ROOT_DIRECTORY, emulatorOf, type EmulatorState } from './state.ts';
import { statusRow } from './status.ts';

/** An absolute path without `.`, `..` and a slash at its end. */
export function absolute({ directory }: EmulatorState, path: string): string {
  const parts: string[] = [];
  for (const part of `${path.startsWith('/') ? '' : directory}/${path}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

function pathCall(name: string, story: string, operation: string, value: (body: unknown) => CallResult): Routine {
  return routine<OsfWorld, PathCall>(name, story, [
    step('ask the file server', (w, t, f) => {
      const emulator = emulatorOf(at(w.tasks, t.task));
      const body: PathCall = { ...f, path: absolute(emulator, f.path), uid: emulator.uid };
      const masked = operation === 'file.mkdir' ? { mode: (f.mode ?? 0o777) & ~emulator.umask } : {};
      rpc(w, t, ROOT_DIRECTORY, operation, {
        body: { ...body, ...masked, ...(f.to === undefined ? {} : { to: absolute(emulator, f.to) }) },
      });
    }),
    step('return', (_w, t) => finish(t, t.code === 'KERN_SUCCESS' ? value(t.body) : failed(t.code))),
  ]);
}

const zero = (): number => 0;

export const emulatorStat = pathCall('emulator.stat', 'says what a path denotes', 'file.stat', statusRow);
export const emulatorAccess = pathCall('emulator.access', 'sees whether there is a file', 'file.stat', zero);
export const emulatorCut = pathCall('emulator.truncate', 'sets the size of a file', 'file.cut', zero);
export const emulatorUnlink = pathCall('emulator.unlink', 'removes a name of a file', 'file.unlink', zero);
export const emulatorMkdir = pathCall('emulator.mkdir', 'makes a directory', 'file.mkdir', zero);
export const emulatorRmdir = pathCall('emulator.rmdir', 'removes a directory', 'file.rmdir', zero);
export const emulatorRename = pathCall('emulator.rename', 'gives a file another name', 'file.rename', zero);
export const emulatorLink = pathCall('emulator.link', 'gives a file one more name', 'file.link', zero);
export const emulatorChmod = pathCall('emulator.chmod', 'changes the mode of a file', 'file.chmod', zero);
export const emulatorReaddir = pathCall(
  'emulator.readdir',
  'says what is in a directory',
  'file.read_directory',
  (body) => (body as { name: string }).name,
);

/** Finishes with 0: relative paths begin there from now on. */
export const emulatorChdir = routine<OsfWorld, PathCall>('emulator.chdir', 'goes into a directory', [
  step('ask the file server', (w, t, f) => {
    rpc(w, t, ROOT_DIRECTORY, 'file.stat', { body: { path: absolute(emulatorOf(at(w.tasks, t.task)), f.path) } });
  }),
  step('be there', (w, t, f) => {
    if (t.code !== 'KERN_SUCCESS') return finish(t, failed(t.code));
    if (!(t.body as FileStatus).directory) return finish(t, failed('ENOTDIR'));
    const emulator = emulatorOf(at(w.tasks, t.task));
    emulator.directory = absolute(emulator, f.path);
    finish(t, 0);
  }),
]);

/** Finishes with the current directory. */
export const emulatorGetcwd = routine<OsfWorld, object>('emulator.getcwd', 'says where relative paths begin', [
  step('look it up', (w, t) => finish(t, emulatorOf(at(w.tasks, t.task)).directory)),
]);

export const emulatorPathRoutines: readonly Routine[] = [
  emulatorStat,
  emulatorAccess,
  emulatorCut,
  emulatorUnlink,
  emulatorMkdir,
  emulatorChmod,
  emulatorRmdir,
  emulatorRename,
  emulatorLink,
  emulatorReaddir,
  emulatorChdir,
  emulatorGetcwd,
];
