// npm start as a user meets it: one line that says where, an address that wants its token, and an end without a trace.
import assert from 'node:assert/strict';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { root } from '../../tools/processes.ts';

type Started = ChildProcessByStdio<null, Readable, Readable>;

let running: Started | undefined;

function npmStart(...options: string[]): Started {
  running = spawn('npm', ['start', '--silent', '--', ...options], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  return running;
}

/** Everything the program prints to one of its outputs, up to the first line that matches or to its end. */
async function read(from: Readable, pattern: RegExp): Promise<string> {
  let text = '';
  for await (const chunk of from) {
    text += String(chunk);
    if (pattern.test(text)) break;
  }
  return text;
}

/** The command lines of all running processes that name this text. */
function processesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return ''; // it ended while we looked
      }
    })
    .filter((line) => line.includes(text));
}

async function failure(...options: string[]): Promise<string> {
  const started = npmStart(...options);
  const said = await read(started.stderr, /$^/);
  if (started.exitCode === null) await once(started, 'close');
  assert.equal(started.exitCode, 1);
  return said;
}

describe('npm start', () => {
  afterEach(async () => {
    if (running?.exitCode === null && running.kill('SIGTERM')) await once(running, 'close');
    running = undefined;
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`is ready behind a token, on the loopback address only, and ends cleanly on ${signal}`, async () => {
      const started = npmStart();
      const closed = once(started, 'close');
      const said = await read(started.stdout, /\n/);
      const line = /^ready (http:\/\/127\.0\.0\.1:(\d+)\/\?tkn=([0-9a-f]{32})&folder=\S+\/examples)\n$/.exec(said);
      assert.ok(line, `one line "ready ADDRESS" expected, not: ${said}`);
      const [, url, port, token] = line as unknown as [string, string, string, string];
      const entry = await fetch(url, { redirect: 'manual' });
      const cookie = entry.headers.get('set-cookie') ?? '';
      const inside = new URL(entry.headers.get('location') ?? '/', url);
      assert.equal((await fetch(inside, { headers: { cookie } })).status, 200, 'the address opens');
      assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 403, 'without the token it does not');
      for (const { address, family, internal } of Object.values(networkInterfaces())
        .flat()
        .filter((i) => i !== undefined)) {
        if (internal || family !== 'IPv4') continue;
        await assert.rejects(fetch(`http://${address}:${port}/`), `the server must not listen on ${address}`);
      }
      started.kill(signal);
      const [code] = (await closed) as [number | null];
      assert.equal(code, 0);
      assert.deepEqual(processesWith(token), [], 'no process of the editor is left');
      await assert.rejects(fetch(url), 'nothing listens any more');
    });
  }

  it('says what is wrong with an option', async () => {
    assert.match(await failure('--quick'), /Unknown option '--quick'[^]*usage: npm start/);
    assert.match(await failure('--port', 'http'), /--port http: a port is a number/);
    assert.match(await failure('examples'), /Unexpected argument 'examples'[^]*usage: npm start/);
  });

  it('opens an installed VS Code with --desktop', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'osf1ad-desktop-'));
    const code = join(folder, 'code');
    writeFileSync(code, `#!/bin/sh\nprintf '%s\\n' "$@" >${folder}/arguments\n`, { mode: 0o755 });
    const { exitCode } = await desktop(`${folder}:${process.env['PATH'] ?? ''}`);
    assert.equal(exitCode, 0);
    const given = readFileSync(join(folder, 'arguments'), 'utf8').trim().split('\n');
    rmSync(folder, { recursive: true });
    assert.deepEqual(given, ['--new-window', `--extensionDevelopmentPath=${root}`, join(root, 'examples')]);
  });

  it('says what to do where --desktop finds no VS Code', async () => {
    const folders = (process.env['PATH'] ?? '').split(':').filter((folder) => !existsSync(join(folder, 'code')));
    const { exitCode, said } = await desktop(folders.join(':'));
    assert.equal(exitCode, 1);
    assert.match(said, /no VS Code found[^]*leave --desktop out/);
  });
});

async function desktop(path: string): Promise<{ exitCode: number | null; said: string }> {
  const env = { ...process.env, PATH: path };
  const started = spawn(process.execPath, ['--import', 'tsx', 'tools/start.ts', '--desktop'], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const closed = once(started, 'close');
  const said = await read(started.stderr, /$^/);
  await closed;
  return { exitCode: started.exitCode, said };
}
