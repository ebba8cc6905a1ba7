// One running editor: the server, its extensions folder with our extension in it, and the address that opens a folder.
//
// The server is bound to the loopback address and answers only who knows the connection token in the address. It runs
// in a process group of its own, so that ending it ends the extension host, the file watcher and the debug adapters.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { closeSync, cpSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packedFiles } from '../package-files.ts';
import { root } from '../processes.ts';
import { editorHost } from './install.ts';
import { settings } from './settings.ts';

export interface ServerOptions {
  /** The folder that the address opens. */
  readonly folder: string;
  /** Where the server keeps its data, its extensions and its log. */
  readonly home: string;
  /** 0: any free port. */
  readonly port: number;
  readonly say: (line: string) => void;
  /** Gives up an installation of the editor that is on its way. */
  readonly signal?: AbortSignal;
}

export interface Server {
  readonly url: string;
  readonly log: string;
  /** Settles when the server has ended, by whatever cause. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

const START_MS_MAX = 60_000;
const STOP_MS_MAX = 5_000;
const POLL_MS = 50;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Copies our extension as it is packed: what is missing from the package is missing here, too. */
async function installExtension(extensions: string): Promise<void> {
  const { publisher, name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  rmSync(extensions, { recursive: true, force: true });
  const target = join(extensions, `${publisher}.${name}-${version}`);
  for (const file of await packedFiles()) {
    mkdirSync(dirname(join(target, file)), { recursive: true });
    cpSync(join(root, file), join(target, file));
  }
}

function isGroupAlive(pid: number): boolean {
  try {
    process.kill(-pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Ends the whole process group: asks first, insists after a while. */
async function endGroup(pid: number): Promise<void> {
  for (const [signal, patience_ms] of [
    ['SIGTERM', STOP_MS_MAX],
    ['SIGKILL', STOP_MS_MAX],
  ] as const) {
    if (!isGroupAlive(pid)) return;
    process.kill(-pid, signal);
    const until_ms = Date.now() + patience_ms;
    while (isGroupAlive(pid) && Date.now() < until_ms) await pause(POLL_MS);
  }
}

/** Waits until the server names the port it listens on. */
async function listening(child: ChildProcess, log: string): Promise<string> {
  const until_ms = Date.now() + START_MS_MAX;
  while (Date.now() < until_ms) {
    const text = readFileSync(log, 'utf8');
    const port = /Extension host agent listening on (\d+)/.exec(text)?.[1];
    if (port !== undefined) return port;
    if (/EADDRINUSE/.test(text)) throw new Error('the port is in use; leave --port out to take any free one');
    if (child.exitCode !== null || child.signalCode !== null) break;
    await pause(POLL_MS);
  }
  throw new Error(`the editor's server did not start; its log (${log}) ends with:\n${tail(log)}`);
}

const tail = (log: string): string => readFileSync(log, 'utf8').trimEnd().split('\n').slice(-20).join('\n');

export async function startServer({ folder, home, port, say, signal }: ServerOptions): Promise<Server> {
  const { node, serverMain } = await editorHost(say, signal);
  const [data, extensions, log] = [join(home, 'data'), join(home, 'extensions'), join(home, 'server.log')];
  await installExtension(extensions);
  for (const level of ['User', 'Machine']) {
    mkdirSync(join(data, level), { recursive: true });
    writeFileSync(join(data, level, 'settings.json'), JSON.stringify(settings, null, 2));
  }
  const token = randomBytes(16).toString('hex');
  const output = openSync(log, 'w');
  const child = spawn(
    node,
    [
      serverMain,
      ...['--host', '127.0.0.1', '--port', String(port), '--connection-token', token],
      ...['--user-data-dir', data, '--extensions-dir', extensions, '--server-data-dir', join(home, 'server')],
      ...[
        '--accept-server-license-terms',
        '--disable-telemetry',
        '--disable-workspace-trust',
        '--enable-smoke-test-driver',
      ],
    ],
    { cwd: root, detached: true, stdio: ['ignore', output, output] },
  );
  closeSync(output);
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`cannot start ${node}`);
  const stop = async (): Promise<void> => {
    await endGroup(pid);
    await ended;
  };
  try {
    const address = `http://127.0.0.1:${await listening(child, log)}/?tkn=${token}&folder=${encodeURI(folder)}`;
    return { url: address, log, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
