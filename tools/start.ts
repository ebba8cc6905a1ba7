// npm start: builds everything and opens the main job, a real VS Code with this extension and the folder examples/.
//
//   npm start                    the embedded editor; prints `ready http://127.0.0.1:PORT/...` and runs until Ctrl-C
//   npm start -- --port 8080     the same on a port of your choice
//   npm start -- --desktop       an installed VS Code (`code` on the PATH) instead
//
// Only the `ready` line goes to standard output, so that a script can wait for it; all other talk goes to standard error.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { startServer } from './editor-host/server.ts';
import { finish, main, root, run } from './processes.ts';

interface Options {
  readonly desktop: boolean;
  readonly port: number;
}

const USAGE = 'usage: npm start -- [--port NUMBER] [--desktop]';
const say = (line: string): void => console.error(line);
const examples = join(root, 'examples');

function options(args: string[]): Options {
  let values;
  try {
    ({ values } = parseArgs({ args, options: { desktop: { type: 'boolean' }, port: { type: 'string' } } }));
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`, { cause: error });
  }
  const port = Number(values.port ?? '0');
  if (!/^\d+$/.test(values.port ?? '0') || port > 65535) {
    throw new Error(`--port ${values.port}: a port is a number from 0 (any free one) to 65535\n${USAGE}`);
  }
  if (values.desktop === true && values.port !== undefined) {
    throw new Error(`--port is for the embedded editor; leave it out with --desktop\n${USAGE}`);
  }
  return { desktop: values.desktop ?? false, port };
}

async function desktop(): Promise<void> {
  const { code } = await finish('code', ['--version']).catch(() => ({ code: 1 }));
  if (code !== 0) {
    throw new Error(
      'no VS Code found: `code --version` does not run. Install VS Code 1.101 or newer and put `code` on the PATH, ' +
        'or leave --desktop out: `npm start` opens an embedded VS Code in your browser',
    );
  }
  await run('code', ['--new-window', `--extensionDevelopmentPath=${root}`, examples]);
}

/** Resolves when the user, or whoever started us, asks us to end. */
const asked = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
});

async function embedded(port: number): Promise<void> {
  const home = join(root, '.editor/start');
  const giveUp = new AbortController();
  const starting = startServer({ folder: examples, home, port, say, signal: giveUp.signal });
  const first = await Promise.race([starting, asked]);
  if (first === undefined) {
    giveUp.abort();
    await starting.then(
      (server) => server.stop(),
      () => undefined,
    );
    return;
  }
  console.log(`ready ${first.url}`);
  say('open the address in a browser; Ctrl-C ends the editor');
  const cause = await Promise.race([asked.then(() => 'asked'), first.ended.then(() => 'died')]);
  await first.stop();
  if (cause === 'died') throw new Error(`the editor's server ended by itself; its log is ${first.log}`);
}

main(async () => {
  const chosen = options(process.argv.slice(2));
  say('building');
  // Ctrl-C reaches the programs that build, too: what they say about it is no error of theirs.
  const isBuilt = await Promise.race([build().then(() => true), asked.then(() => false)]);
  if (isBuilt) await (chosen.desktop ? desktop() : embedded(chosen.port));
});
