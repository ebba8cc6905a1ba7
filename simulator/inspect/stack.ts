/**
 * The causal stack of a thread: its own frames, then, if it waits for an answer, the frames of the thread that is
 * preparing the answer, on whatever node that is; and so on. Innermost (what is really going on now) first.
 *
 * A workload frame points into the script; a system frame is a routine of the emulator, a PMA, the PM Master, the
 * kernel ... and a step of it. Every routine has a page of text (`routinePage`), one line a step, so that a debugger
 * can show where the system is.
 */

export interface StackFrame {
  /** Stable identity of the thread that this frame belongs to. */
  readonly thread: number;
  readonly node: string;
  readonly task: string;
  /** Name of the program or scenario, or of the routine: `pma.fork`. */
  readonly name: string;
  /** What it is doing, in words. */
  readonly doing: string;
  readonly place:
    | { readonly kind: 'program' | 'scenario'; readonly index: number; readonly pc: number }
    | { readonly kind: 'routine'; readonly routine: string; readonly step: number };
  /** True on the outermost frame of a thread that serves a request of the thread below it (a hop over a message). */
  readonly hop: boolean;
  /** Names and values of the frame's locals, ready to show. */
  readonly locals: readonly { readonly name: string; readonly value: string | number | boolean }[];
}
