/**
 * A place in a drawn UNIX program: which process stands here, and what it has.
 *
 * What the programs put out must depend on nothing but the program, or it could not be compared. So nothing of it is ever
 * a pid, a time, or how far another process has come: a value goes from one process to another by an exit status, through
 * a pipe with one writer, or in a file at a moment when the other one is waited for. What several write at once are whole
 * records, each with the tag of its writer; in which order the records of different writers stand is left open
 * (transparency/output.ts says how a file of records is known by its name).
 *
 * A process closes the ends of pipes that it does not use. So when a node fails, whoever waits for one that was there is told,
 * as UNIX programs that are written well are; nobody waits for ever because of what he holds himself.
 *
 * Every process has a variable `sum`. A child begins with a copy of its parent's, every act adds to it what came of it,
 * and it is what the process exits with.
 */
import type { Chance } from '../chance.ts';

export interface Place {
  readonly draw: Chance;
  /** Nodes that a process may be moved to. */
  readonly homes: readonly string[];
  /** Nodes on which a process may be made by whoever is elsewhere. */
  readonly pmas: readonly string[];
  /** Directories of the job, on one or two file servers. */
  readonly directories: readonly string[];
  /** Says which process this is, in names of files and in records. */
  readonly tag: string;
  /** How many generations stand above. */
  readonly depth: number;
  /** Children that are waited for at the end of the process. */
  readonly pending: string[];
  readonly next: { number: number; child: number };
}

/** What a process does: statements of the workload language. */
export type Act = (at: Place) => string[];

/** A name that the program has not had yet. */
export const fresh = (at: Place, stem: string): string => `${stem}${at.next.number++}`;

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);

export const block = (head: string, lines: readonly string[]): string[] => [head, ...indented(lines), '}'];

/** A new path in a directory of the job; `kind` is what comes after the dot. */
export function path(at: Place, kind: 'bytes' | 'log' | 'bag'): string {
  return `${at.draw.one(at.directories)}/${fresh(at, 'f')}.${kind}`;
}

/** The same place in a new child. */
export function childOf(at: Place): Place {
  const letter = String.fromCharCode('a'.charCodeAt(0) + (at.next.child++ % 26));
  return { ...at, tag: `${at.tag}${letter}`, depth: at.depth + 1, pending: [] };
}

/** Something that takes time, and says nothing. */
export function pause({ draw, homes }: Place): string[] {
  return draw.one([
    [],
    [`compute ${draw.one([1, 20, 90, 250])} ms`],
    [`dirty ${draw.one(['data', 'bss', 'stack'])}[0 .. 1]`, `compute ${draw.within(1, 30)} ms`],
    [`touch ${draw.one(['text', 'data', 'bss', 'stack'])}[0 .. 1]`],
    [moved(draw, 'getpid()', homes)],
  ]);
}

/** Moves a child, sometimes. */
export function mayMove({ draw, homes }: Place, child: string): string[] {
  return draw.percent(35) ? [moved(draw, child, homes)] : [];
}

/** What becomes of its calls in progress may be said. */
function moved(draw: Chance, process: string, homes: readonly string[]): string {
  return `migrate(${process}, "${draw.one(homes)}"${draw.one(['', '', ', RESTART_CALLS', ', MIGRATE_EARLY'])})`;
}

/** A child that does these lines; `later` of them ends it. */
export const fork = (name: string, lines: readonly string[]): string[] => block(`let ${name} = fork {`, lines);

/** The same, made on another node. */
export const forkOn = ({ draw, pmas }: Place, name: string, lines: readonly string[]): string[] =>
  block(`let ${name} = fork on "${draw.one(pmas)}" {`, lines);

/** Waits for a child and counts its status. */
export const collect = (child: string): string => `sum = (sum + wait(${child})) % 97`;
