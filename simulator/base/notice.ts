/**
 * Notices: what happened during an event that somebody outside may want to stop at or write down.
 *
 * A room announces; nobody inside the simulator listens. The list is emptied before every event and is no part of the
 * world: it is neither copied nor hashed.
 */
import type { KernelEvent } from './kernel-events.ts';

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
      /** As in osf1/ended.ts. */
      readonly status: number;
      readonly signal: number;
      readonly lost: boolean;
    }
  /** Only told to a watched run. `thread` is the thread that it is done for, or -1; `port` the port that it is about. */
  | {
      readonly kind: 'protocol';
      readonly event: KernelEvent;
      readonly node: string;
      readonly thread: number;
      readonly port: string;
      readonly text: string;
    }
  /**
   * A message left its queue for a thread. Only told to a watched run: it is what the rules about order (I18, I19) and
   * about delivery (D10) are checked with. `port` and `dipc` are its rows (dipc -1 if it never left its node); `serial`
   * counts the messages of the whole run in the order in which they were sent.
   */
  | {
      readonly kind: 'received';
      readonly node: number;
      readonly port: number;
      readonly dipc: number;
      readonly seqno: number;
      readonly sender: number;
      readonly serial: number;
      readonly thread: number;
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
