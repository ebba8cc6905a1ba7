/**
 * Images that a PMA keeps: what exec needs of a file, so that the next exec of it asks nobody [paper section 4: "a local PM
 * Master on each node with caching"; docs/decisions/0063-images-are-kept.md].
 *
 *   kept       who may execute it and as whom, that its header was read, a right to its memory object
 *   not kept   its pages: those are the kernel's, which has mapped them
 *
 * The file server knows who keeps what, and calls it back before it lets anybody change, rename or remove the file
 * (file-server/kept-images.ts). An exec that has found the image before the call-back goes on with it, as with an open
 * file; no other finds it. The right is given up by the last one that uses it.
 *
 *   opening    an exec is asking for the image; another one meanwhile asks for itself
 *   kept       found by whoever executes the path
 *   recalled   found by nobody; it goes when nobody uses it
 */
import { NONE, at } from '../../base/table.ts';
import type { Payload } from '../../mach/ipc/mach-msg.ts';
import { lookup } from '../../mach/ipc/space.ts';
import { kernelCall } from '../../mach/kernel-call.ts';
import { again, finish, routine, step } from '../../mach/routine.ts';
import type { Request } from '../../mach/server.ts';
import type { Thread } from '../../mach/thread.ts';
import { tell } from '../../mach/world.ts';
import { rootServer } from '../file-server/file.ts';
import { isOnly } from '../pm-master/owner.ts';
import type { OsfWorld } from '../world.ts';
import { pmaOf, type Pma } from './pma.ts';

export interface KeptImage {
  readonly id: number;
  readonly path: string;
  state: 'opening' | 'kept' | 'recalled';
  owner: number;
  mode: number;
  /** Name, in the PMA's space, of the right to the memory object. */
  object: number;
  /** Calls of exec that are using it. */
  uses: number;
}

/** So many a PMA keeps; the one that was used longest ago goes first. */
const MOST_IMAGES = 16;

/** A PMA keeps images where it is to need no other node; beside the root file server that saves nothing. */
function keepsImages(w: OsfWorld, { node }: Pma): boolean {
  return !isOnly(w) && rootServer(w)?.node !== node;
}

export function imageOf({ images }: Pma, id: number): KeptImage | null {
  return images.find((image) => image.id === id) ?? null;
}

/** The image of a path, if it is kept and its file server has not failed; it counts as used from now on. */
export function keptImage(w: OsfWorld, pma: Pma, path: string): KeptImage | null {
  const place = pma.images.findIndex((each) => each.path === path && each.state === 'kept');
  const image = pma.images[place];
  if (image === undefined) return null;
  const entry = lookup(at(w.tasks, pma.task).space, image.object);
  if (entry === null || entry.port === NONE || !at(w.ports, entry.port).active) {
    image.state = 'recalled';
    return null;
  }
  pma.images.push(...pma.images.splice(place, 1));
  image.uses++;
  return image;
}

/** An exec is about to ask for an image that is to be kept; null if another one is asking already. */
export function openingImage(w: OsfWorld, pma: Pma, path: string): KeptImage | null {
  if (!keepsImages(w, pma) || pma.images.some((each) => each.path === path && each.state === 'opening')) return null;
  const id = Math.max(NONE, ...pma.images.map((each) => each.id)) + 1;
  const image: KeptImage = { id, path, state: 'opening', owner: NONE, mode: 0, object: NONE, uses: 1 };
  pma.images.push(image);
  const kept = pma.images.filter(({ state }) => state === 'kept');
  if (kept.length >= MOST_IMAGES) kept[0]!.state = 'recalled';
  return image;
}

/** The names that nobody needs any more, of images that nobody finds any more. */
function unusedImages(pma: Pma): number[] {
  const unused = pma.images.filter(({ state, uses }) => state === 'recalled' && uses === 0);
  pma.images = pma.images.filter((each) => !unused.includes(each));
  return unused.map(({ object }) => object).filter((name) => name !== NONE);
}

/** Gives up the next right that nobody needs; the step is performed again until there is none. */
export function giveUpImages(w: OsfWorld, t: Thread, names: number[]): void {
  const pma = pmaOf(w, t);
  names.push(...unusedImages(pma));
  const name = names.shift();
  if (name === undefined) return;
  again(t);
  kernelCall(w, t, pma.self, 'mach_port_deallocate', { body: { name } });
}

/** Body of `image.recall`. */
export interface ImageRecall {
  readonly path: string;
}

interface Recalling extends Request {
  unused?: number[];
}

/** A file server wants an image back: nobody executes it any more without asking. */
export const imageRecall = routine<OsfWorld, Recalling>('image.recall', 'forgets an image that is to change', [
  step('keep it no longer', (w, t, f) => {
    const { path } = f.body as ImageRecall;
    for (const image of pmaOf(w, t).images) if (image.path === path) image.state = 'recalled';
    if (w.setup.watched) tell(w, 'image recall', t.node, null, t.identity, path);
    f.unused = [];
  }),
  step('give up the right to its memory', (w, t, f) => giveUpImages(w, t, f.unused!)),
  step('answer', (_w, t) => finish(t, {} satisfies Payload)),
]);
