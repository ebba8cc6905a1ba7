/** Runs command lines in this process, and hands over what they wrote and how they ended. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { osf1ad } from '../../cli/command-line.ts';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export async function command(...args: readonly string[]): Promise<Outcome> {
  return commandWith({}, ...args);
}

interface Surroundings {
  readonly color?: boolean;
  readonly interrupt?: AbortSignal;
  /** Something has been written to standard output. */
  readonly heard?: () => void;
}

export async function commandWith(
  { color = false, interrupt = new AbortController().signal, heard = () => undefined }: Surroundings,
  ...args: readonly string[]
): Promise<Outcome> {
  let [out, err] = ['', ''];
  const code = await osf1ad(args, {
    out: (text) => {
      out += text;
      heard();
    },
    err: (text) => void (err += text),
    color,
    interrupt,
    stdin: new PassThrough(),
    stdout: new PassThrough(),
  });
  return { code, out, err };
}

/** Scripts in a folder of their own; `file` writes one and returns its path. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'osf1ad-cli-'));

  file(name: string, text: string): string {
    const path = join(this.path, name);
    writeFileSync(path, text);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

const lab = `
cluster lab {
  node master { pma pm_master credentials file_server "/" }
}
program spin() { while true { compute 1 ms } }
program worker() { compute 5 ms }
program sleeper() { kill(getpid(), SIGSTOP) }
`;

/** Small scripts that end in the ways in which a run can end. */
export const scripts = {
  good: `${lab}scenario "works" on lab { let p = spawn worker() on master  wait p  expect p.status == 0  print("done") }\n`,
  broken: `${lab}scenario "does not work" on lab seed 5 {\n  let p = spawn worker() on master\n  wait p\n  expect p.status == 3\n}\n`,
  endless: `${lab}scenario "goes on" on lab { print("begun")  let p = spawn spin() on master  wait p }\n`,
  stuck: `${lab}scenario "waits" on lab {\n  let p = spawn sleeper() on master\n  wait p\n}\n`,
  syntax: 'cluster lab {\n  node node node\n',
  wrong: `${lab}scenario "wrong" on lab { let p = spawn worker() on mastr  wait p }\n`,
  doubtful: `${lab}scenario "doubtful" on lab { let p = spawn worker() on master  wait p  expect 1 == 1 }\n`,
  none: lab,
} as const;
