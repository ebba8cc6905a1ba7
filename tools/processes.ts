// Other programs, run from this repository's root.
//
// Every tool here starts programs in one of two ways: `run` lets the program talk on our terminal and only says
// whether it succeeded; `capture` keeps what it printed. Both fail with the command line that failed.
import { spawn, type SpawnOptions } from 'node:child_process';
import { dirname } from 'node:path';

/** The repository's root, without a slash at its end. */
export const root = dirname(import.meta.dirname);

export interface Finished {
  readonly code: number;
  readonly output: string;
}

/** Runs a program to its end and reports its exit code and what it printed; never throws for a code other than 0. */
export function finish(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', (error) => {
      reject(new Error(`cannot start ${command}: ${error.message}`));
    });
    child.once('close', (code, signal) => {
      if (signal !== null) output += `\n${command} was ended by ${signal}`;
      resolve({ code: code ?? 1, output });
    });
  });
}

/** Runs a program on our terminal. */
export async function run(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<void> {
  const { code } = await finish(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} ended with code ${code}`);
}

/** Runs a program and returns what it printed, standard error included. */
export async function capture(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<string> {
  const { code, output } = await finish(command, args, options);
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} ended with code ${code}\n${output.trim()}`);
  return output;
}

/** Runs a tool's main function; a failure is one clear line (the stack only when DEBUG is set) and exit code 1. */
export function main(body: () => Promise<void>): void {
  body().catch((error: unknown) => {
    const shown = error instanceof Error ? (process.env['DEBUG'] ? error.stack : error.message) : String(error);
    console.error(shown);
    process.exitCode = 1;
  });
}
