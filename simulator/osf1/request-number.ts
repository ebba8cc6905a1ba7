/**
 * The number of a request for a process: it is drawn when the request is made first, and stays with it however often it is
 * made again and however far it is sent on. Nobody decides anything by it; it is how one can see that no request is executed
 * twice [P4].
 */
import type { OsfWorld } from './world.ts';

/** What a request for a process says in its body. */
export interface Numbered {
  readonly request?: number;
}

/** Whoever asks, and keeps the number for the case that it has to ask again. */
export interface Asker {
  request?: number | undefined;
}

export function numbered<B extends object>(w: OsfWorld, asker: Asker, body: B): B & Numbered {
  asker.request ??= ++w.asked;
  return { ...body, request: asker.request };
}
