/** The command as a whole: help, version, colours, and as a process that an editor or a shell starts. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { wantsColor } from '../../cli/io.ts';
import { frameMessage } from '../../debug-adapter/wire.ts';
import { command, commandWith, Folder, scripts } from './command.ts';

const start = (...args: readonly string[]): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, ['--import', 'tsx', 'cli/main.ts', ...args]);

describe('osf1ad', () => {
  it('prints its help, with examples and exit codes', async () => {
    const { code, out, err } = await command('--help');
    assert.equal(code, 0);
    assert.equal(err, '');
    for (const text of ['run', 'test', 'dap', 'lsp', 'Examples:', 'Exit codes: 0 '])
      assert.ok(out.includes(text), text);
    for (const name of ['run', 'test', 'dap', 'lsp']) {
      const help = await command(name, '--help');
      assert.equal(help.code, 0);
      assert.match(help.out, new RegExp(`^Usage: osf1ad ${name} `));
    }
  });

  it('prints the version of the package', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    assert.deepEqual(await command('--version'), { code: 0, out: `${version}\n`, err: '' });
  });

  it('uses colours only where they are wanted', async () => {
    const colored = await commandWith({ color: true }, 'run', 'no.adw');
    assert.equal(colored.code, 66);
    const folder = new Folder();
    const file = folder.file('broken.adw', scripts.broken);
    const escape = String.fromCharCode(27);
    assert.ok((await commandWith({ color: true }, 'run', file)).out.includes(escape));
    assert.ok(!(await commandWith({ color: true }, '--no-color', 'run', file)).out.includes(escape));
    assert.ok(!(await commandWith({ color: true }, 'run', file, '--no-color')).out.includes(escape));
    folder.remove();
    assert.equal(wantsColor({}, true), true);
    assert.equal(wantsColor({}, false), false);
    assert.equal(wantsColor({ NO_COLOR: '1' }, true), false);
    assert.equal(wantsColor({ NO_COLOR: '' }, true), true);
    assert.equal(wantsColor({ FORCE_COLOR: '1' }, false), true);
    assert.equal(wantsColor({ NO_COLOR: '1', FORCE_COLOR: '1' }, true), false);
    assert.equal(wantsColor({ TERM: 'dumb' }, true), false);
  });

  it('ends with 130 on Ctrl-C, after the report', async () => {
    const folder = new Folder();
    const child = start('run', folder.file('endless.adw', scripts.endless));
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.stdout.once('data', () => child.kill('SIGINT'));
    const [code] = (await once(child, 'close')) as [number];
    folder.remove();
    assert.equal(code, 130, err);
    assert.match(out, /^\[0 ns\] begun\nscenario "goes on"/);
    assert.match(err, /interrupted at event \d+/);
  });

  it('serves a debugger over standard input and output', async () => {
    const child = start('dap');
    child.stdin.end(
      frameMessage({ seq: 1, type: 'request', command: 'initialize', arguments: { adapterID: 'osf1ad' } }),
    );
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 0);
    assert.match(out, /^Content-Length: \d+\r\n\r\n\{.*"command":"initialize","success":true/);
  });

  it('serves an editor over standard input and output', async () => {
    const child = start('lsp', '--stdio');
    const say = (message: object): boolean => child.stdin.write(frameMessage({ jsonrpc: '2.0', ...message }));
    let out = '';
    const answered = new Promise<void>((answer) =>
      child.stdout.on('data', (chunk: Buffer) => {
        out += chunk.toString();
        if (out.includes('"completionProvider"')) answer();
      }),
    );
    say({ id: 1, method: 'initialize', params: { processId: null, rootUri: null, capabilities: {} } });
    await answered;
    say({ id: 2, method: 'shutdown' });
    say({ method: 'exit' });
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 0);
  });
});
