/**
 * Notices: what happened during an event that somebody outside may want to stop at or write down.
 *
 * A room announces; nobody inside the simulator listens. The list is emptied before every event and is no part of the
 * world: it is neither copied nor hashed.
 */

export type Phase = 'freeze' | 'detach' | 'install' | 'attach' | 'restart' | 'cleanup' | 'refused';

/** `thread` is the stable identity of the thread that it is about, or -1. */
export type Notice =
  | {
      readonly kind: 'phase';
      readonly phase: Phase;
      readonly migration: number;
      readonly pid: number;
      readonly node: string;
      readonly thread: number;
    }
  | { readonly kind: 'spawned'; readonly pid: number; readonly node: string; readonly thread: number }
  | {
      readonly kind: 'exited';
      readonly pid: number;
      readonly node: string;
      readonly status: number;
      readonly reason: string;
    }
  | { readonly kind: 'crashed'; readonly node: string }
  | { readonly kind: 'output'; readonly pid: number | null; readonly thread: number; readonly text: string }
  | {
      readonly kind: 'expectation';
      readonly held: boolean;
      readonly text: string;
      readonly actual: string;
      readonly line: number;
      readonly thread: number;
    }
  | { readonly kind: 'fault'; readonly pid: number | null; readonly thread: number; readonly text: string };
