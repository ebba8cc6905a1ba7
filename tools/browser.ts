// A browser for the tests: found on this machine, or installed where that is ours to do, or asked for in plain words.
//
// Order: $CHROME, then the usual names on the PATH and in the usual places. Where there is none and this is root on a
// machine with apt (a container, a fresh CI machine), Debian's chromium is installed. In every other case the error says
// what to install: tests that need a browser fail without one, they are never skipped.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './processes.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'msedge'];
const places = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const onPath = (name: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find(isProgram);

function find(): string | undefined {
  const chosen = process.env['CHROME'];
  if (chosen !== undefined && chosen !== '') {
    if (isProgram(chosen)) return chosen;
    throw new Error(`CHROME is ${chosen}, which is not a program that can be run`);
  }
  for (const name of names) {
    const path = onPath(name);
    if (path !== undefined) return path;
  }
  return places.find(isProgram);
}

async function installDebian(): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  console.error(
    "no browser found; installing Debian's chromium for the tests (apt-get install chromium fonts-dejavu-core)",
  );
  await run('apt-get', ['update', '-qq'], { env });
  const quietly = ['-qq', '-y', '--no-install-recommends', '-o', 'Dpkg::Use-Pty=0'];
  await run('apt-get', ['install', ...quietly, 'chromium', 'fonts-dejavu-core'], { env });
}

/** The path of a Chromium or Chrome. */
export async function browser(): Promise<string> {
  const found = find();
  if (found !== undefined) return found;
  if (process.getuid?.() === 0 && onPath('apt-get') !== undefined) {
    await installDebian();
    const installed = find();
    if (installed !== undefined) return installed;
  }
  throw new Error(
    'no browser found for the tests in the editor: install Chromium or Google Chrome (on Debian and Ubuntu: ' +
      'sudo apt-get install chromium), or set CHROME to the path of one',
  );
}
