/**
 * The output of a run: what its UNIX processes have printed, how each ended, and what is in the files that they left.
 *
 * Pids differ between two runs of a program, because which of two processes forks first may differ. So a process is known
 * by its birth: `0` is the first one that the operator spawned, `0.2` its third child. In which order a process has its
 * children is up to its program alone.
 *
 * A file is read by the kind that its name says: `.bytes` is what it is; in a `.log` several processes have written
 * records `[tag ...]`, and what counts are the records of each tag in their order; of a `.bag` the records in any order.
 */
import { NONE, select } from '../../../simulator/base/table.ts';
import type { Notice } from '../../../simulator/base/notice.ts';
import type { World } from '../../../simulator/engine/world.ts';
import { threadOf } from '../../../simulator/mach/thread.ts';
import { readBytes } from '../../../simulator/osf1/file-server/bytes.ts';
import { INIT, masterEntryOf } from '../../../simulator/osf1/pm-master/entry.ts';

export interface ProcessOutput {
  readonly printed: string[];
  /** How it ended; empty as long as it has not. */
  end: string;
}

export interface Output {
  /** By birth, in the order in which they were born. */
  readonly processes: Map<string, ProcessOutput>;
  /** By path. */
  readonly files: Map<string, string>;
}

/** What is known while a run goes on. */
export interface Witness {
  /** By pid: the birth, and the node on which it was. */
  readonly births: Map<number, string>;
  readonly homes: Map<number, string>;
  readonly children: Map<number, number>;
  readonly output: Output;
}

export const witness = (): Witness => ({
  births: new Map(),
  homes: new Map(),
  children: new Map(),
  output: { processes: new Map(), files: new Map() },
});

/** Takes a notice down; returns the birth of the process that it is about, or null. */
export function hear(w: World, { births, homes, children, output }: Witness, notice: Notice): string | null {
  if (notice.kind === 'spawned') {
    const { pid } = notice;
    if (pid === INIT || births.has(pid)) return null;
    const parent = masterEntryOf(w, pid)?.parent ?? INIT;
    const count = children.get(parent) ?? 0;
    children.set(parent, count + 1);
    const family = births.get(parent);
    const birth = family === undefined ? String(count) : `${family}.${count}`;
    births.set(pid, birth);
    homes.set(pid, homeOf(w, notice.thread) ?? notice.node);
    output.processes.set(birth, { printed: [], end: '' });
    return birth;
  }
  if (notice.kind !== 'output' && notice.kind !== 'exited') return null;
  const birth = births.get(notice.pid ?? NONE);
  if (birth === undefined) return null;
  const process = output.processes.get(birth)!;
  if (notice.kind === 'output') process.printed.push(notice.text);
  else process.end ||= endOf(notice);
  return birth;
}

/** The task may have been made on another node than its PMA's. */
function homeOf(w: World, thread: number): string | undefined {
  const t = threadOf(w, thread);
  return t === null ? undefined : w.nodes.rows[t.node]!.name;
}

const endOf = ({ status, signal, lost }: Extract<Notice, { kind: 'exited' }>): string =>
  lost ? 'lost with its node' : signal > 0 ? `signal ${signal}` : `status ${status}`;

/** At the end of a run: what is in the files. */
export function lookAtFiles(w: World, { output }: Witness): void {
  for (const { path, file } of select(w.fileNames, ({ file }) => file !== NONE)) {
    const { kind, blocks, size } = w.files.rows[file]!;
    if (jobOfPath(path) === null) continue;
    const bytes = readBytes(blocks, 0, size).padEnd(size, '\0');
    output.files.set(path, kind === 'directory' ? 'a directory' : meant(path, bytes));
  }
}

/** What the bytes of a file say, whichever of several writers came first. */
export function meant(path: string, bytes: string): string {
  if (!/\.(log|bag)$/.test(path)) return bytes;
  const records = bytes.split(/(?<=\])/);
  if (path.endsWith('.bag')) return records.sort().join(' ');
  const tags = new Map<string, string[]>();
  for (const record of records) {
    const tag = /^\[\w+/.exec(record)?.[0] ?? '?';
    tags.set(tag, [...(tags.get(tag) ?? []), record]);
  }
  return [...tags.keys()]
    .sort()
    .flatMap((tag) => tags.get(tag)!)
    .join(' ');
}

/** The number of the job to which a process or a file belongs. */
export const jobOfBirth = (birth: string): number => Number(birth.split('.')[0]);

export function jobOfPath(path: string): number | null {
  const number = /^(?:\/far)?\/job(\d+)(?:\/|$)/.exec(path)?.[1];
  return number === undefined ? null : Number(number);
}
