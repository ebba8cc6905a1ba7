/**
 * What a handler may use: the session as the handlers see it.
 */
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { Breakpoints } from './breakpoints/breakpoints.ts';
import type { Driver } from './driver.ts';
import { RequestError } from './errors.ts';
import type { Search } from './progress.ts';
import type { Run } from './run.ts';
import type { Stop } from './stop.ts';

/** What the adapter needs from the program that it runs in: Node, or an editor. */
export interface Host {
  readText(path: string): Promise<string>;
  /** Makes a path absolute, where there is something that it can be relative to. */
  resolve?(path: string): string;
}

export interface Client {
  /** What the client calls the first line and the first column: 0 or 1. */
  firstLine: number;
  firstColumn: number;
  /** It shows how a search in the past gets on. */
  reportsProgress: boolean;
}

export interface Context {
  readonly host: Host;
  readonly client: Client;
  readonly breakpoints: Breakpoints;
  readonly driver: Driver;
  /** References of virtual sources: the routine at index n has the reference n + 1. */
  readonly routines: string[];
  run: Run | null;
  readonly search: Search;
  send(event: DebugProtocol.Event['event'], body?: object): void;
  /** The client has gone. */
  close(): void;
  /** Does something when the response to the present request has been sent. */
  afterwards(action: () => void): void;
}

export function runOf(cx: Context): Run {
  if (cx.run !== null) return cx.run;
  throw new RequestError('notLaunched', 'No run has been launched yet.');
}

/** The run, standing still: what frames, scopes and variables can be asked of. */
export function stoppedRun(cx: Context): Run & { readonly stop: Stop } {
  const run = runOf(cx);
  if (run.stop !== null) return run as Run & { readonly stop: Stop };
  throw new RequestError('notStopped', run.over ? 'The run is over.' : 'The cluster is running; pause it first.');
}
