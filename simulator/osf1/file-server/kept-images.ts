/**
 * Who keeps images: a PMA that may execute a file without asking is called back before the file is changed, loses or changes
 * a name, or gets another mode or owner [docs/decisions/0063-images-are-kept.md]. Whoever asks for such a change waits until
 * every such PMA has answered; one that cannot be reached any more executes nothing.
 *
 *   image.recall   to the service port of the PMA, with the path that it keeps      1 RPC for each PMA
 */
import { NONE, at } from '../../base/table.ts';
import { rpc } from '../../mach/ipc/mach-msg.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { call, finish, goTo, routine, step } from '../../mach/routine.ts';
import type { Thread } from '../../mach/thread.ts';
import type { ImageRecall } from '../pma/images.ts';
import type { OsfWorld } from '../world.ts';
import { fileServerOf, type File } from './file.ts';
import { isBelow } from './name.ts';

/** A PMA that keeps the image under a path. */
export interface Keeper {
  /** The event in which it began to. */
  readonly serial: number;
  readonly path: string;
  /** Name, in the server's space, of the send right to its service port. */
  readonly client: number;
}

/** The PMA keeps the image from now on. Returns a right that the server has had already, to be given up; or NONE. */
export function noteKeeper(w: OsfWorld, file: File, path: string, client: number): number {
  const before = file.keepers.findIndex((each) => each.path === path && each.client === client);
  if (before >= 0) file.keepers.splice(before, 1);
  file.keepers.push({ serial: w.events, path, client });
  return before >= 0 ? client : NONE;
}

/** An image that somebody keeps, of those that a change of these names concerns: the files, or what is in the directories. */
export function keptUnder(w: OsfWorld, server: number, paths: readonly string[]): File | null {
  for (const { live, server: of, path, file } of w.fileNames.rows) {
    if (!live || of !== server || file === NONE || !paths.some((each) => isBelow(path, each))) continue;
    if (at(w.files, file).keepers.length > 0) return at(w.files, file);
  }
  return null;
}

interface CallingBack {
  readonly file: number;
  serial: number;
}

/** Calls the image back from all who keep it; whoever is about to change it looks again when it finishes. */
export function callImageIn(t: Thread, { id }: File): void {
  call(t, callImageBack, { file: id, serial: NONE } satisfies CallingBack);
}

export const callImageBack = routine<OsfWorld, CallingBack>('image.call_back', 'has an image kept by nobody', [
  step('ask the next PMA that keeps it', (w, t, f) => {
    const [keeper] = w.files.rows[f.file]!.keepers;
    if (keeper === undefined) return finish(t);
    f.serial = keeper.serial;
    rpc(w, t, keeper.client, 'image.recall', { body: { path: keeper.path } satisfies ImageRecall });
  }),
  step('give up the right to it', (w, t, f) => {
    const { keepers } = w.files.rows[f.file]!;
    goTo(w, t, 'ask the next PMA that keeps it');
    // Somebody else may have called it back meanwhile, and it may keep the image again since.
    const place = keepers.findIndex(({ serial }) => serial === f.serial);
    if (place < 0) return;
    const [{ client: name }] = keepers.splice(place, 1) as [Keeper];
    kernelCall(w, t, fileServerOf(w, t).self, 'mach_port_deallocate', { body: { name } });
  }),
]);
