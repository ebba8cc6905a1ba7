/**
 * Everything that the commands use of the process that they run in. Tests bring their own.
 *
 * What a command was asked for goes to `out`: reports, tables, JSON. What it says while it works goes to `err`: errors,
 * warnings, progress. So its output can be piped and kept.
 */
import type { Readable, Writable } from 'node:stream';
import pc from 'picocolors';

export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether the streams understand colours, and the user wants them. */
  readonly color: boolean;
  /** Aborted when the user asks to stop (Ctrl-C). */
  readonly interrupt: AbortSignal;
  /** The bare streams, for the commands that speak a protocol over them. */
  readonly stdin: Readable;
  readonly stdout: Writable;
}

type Colors = ReturnType<typeof pc.createColors>;

export const palette = (color: boolean): Colors => pc.createColors(color);

/** NO_COLOR and FORCE_COLOR decide; if neither is set, whether somebody looks at a terminal. */
export function wantsColor(env: NodeJS.ProcessEnv, terminal: boolean): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined) return FORCE_COLOR !== '0';
  return terminal && TERM !== 'dumb';
}
