/**
 * Whatever a client sends: an error that names what was wrong, and a session that goes on.
 */
import assert from 'node:assert/strict';
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handlers } from '../../debug-adapter/handlers/table.ts';
import { Client, root } from './client.ts';

const example = join(root, 'examples/01-a-compiler-moves.adw');

describe('bad input', () => {
  const folder = mkdtempSync(join(tmpdir(), 'osf1ad-'));
  let client: Client;

  const script = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const initialized = async (): Promise<void> => {
    await client.start();
    await client.get('initialize', { adapterID: 'osf1ad' });
  };

  beforeEach(() => {
    client = new Client();
  });
  afterEach(() => client.stop());
  after(() => rmSync(folder, { recursive: true }));

  it('a launch that cannot be done says why, and another one can be tried', async () => {
    await initialized();
    const wrong = script(
      'wrong.adw',
      'cluster lab {\n  node master { pma pm_master credentials file_server "/" }\n}\nscenario "x" on lob {\n}\n',
    );
    const empty = script('empty.adw', '// nothing\n');
    assert.match(await client.fails('launch', {}), /'program' is missing/);
    assert.match(await client.fails('launch', { program: 7 }), /'program' must be a string, not the number 7/);
    assert.match(
      await client.fails('launch', { program: join(folder, 'none.adw') }),
      /none\.adw cannot be read: ENOENT/,
    );
    assert.match(await client.fails('launch', { program: folder }), /cannot be read: EISDIR/);
    assert.match(await client.fails('launch', { program: wrong }), /wrong\.adw:4:17: .*lob/);
    assert.match(await client.fails('launch', { program: empty }), /empty\.adw:1:1: .*no scenario/);
    assert.match(
      await client.fails('launch', { program: example, scenario: 'a compiler' }),
      /has no scenario "a compiler"/,
    );
    assert.match(
      await client.fails('launch', { program: example, seed: '7' }),
      /'seed' must be a whole number, not the string "7"/,
    );
    assert.match(
      await client.fails('launch', { program: example, stopOnEntry: 1 }),
      /'stopOnEntry' must be true or false/,
    );
    await client.get('launch', { program: example, stopOnEntry: true });
  });

  it('requests before the launch are errors, not crashes', async () => {
    await initialized();
    for (const command of [
      'stackTrace',
      'continue',
      'next',
      'pause',
      'scopes',
      'variables',
      'evaluate',
      'restart',
      'osf1ad/state',
      'osf1ad/report',
    ]) {
      assert.match(
        await client.fails(command, { threadId: 1, frameId: 1, variablesReference: 1, expression: '1' }),
        /No run has been launched/,
        command,
      );
    }
    assert.deepEqual(await client.get('threads'), { threads: [] });
  });

  it('arguments that are missing, of the wrong type or unknown are named', async () => {
    await client.begin({ program: example, stopOnEntry: true });
    const { threadId = 0 } = await client.stopped();
    assert.match(await client.fails('stackTrace', {}), /'threadId' is missing; it must be a whole number/);
    assert.match(
      await client.fails('stackTrace', { threadId: 'x' }),
      /'threadId' must be a whole number, not the string "x"/,
    );
    assert.match(
      await client.fails('stackTrace', { threadId: 4711 }),
      /There is no thread 4711 now; there are .*\(scenario/,
    );
    assert.match(await client.fails('stackTrace', { threadId, startFrame: -1 }), /must not be negative/);
    assert.match(await client.fails('scopes', { frameId: 99 }), /There is no frame 99 now/);
    assert.match(await client.fails('variables', { variablesReference: 99 }), /There are no variables 99 now/);
    assert.match(await client.fails('source', { sourceReference: 99 }), /There is no source 99/);
    assert.match(await client.fails('source', {}), /'sourceReference' is missing/);
    assert.match(
      await client.fails('setBreakpoints', { breakpoints: [] }),
      /'source' is missing; it must be an object/,
    );
    assert.match(
      await client.fails('setBreakpoints', { source: { path: example }, breakpoints: [7] }),
      /'breakpoints\[0\]' must be an object, not the number 7/,
    );
    assert.match(await client.fails('setExceptionBreakpoints', { filters: 'freeze' }), /'filters' must be a list/);
    assert.match(await client.fails('evaluate', { expression: '1 +' }), /ends too early/);
    assert.match(await client.fails('evaluate', { expression: '1', frameId: 12 }), /no frame 12/);
    assert.match(
      await client.fails('evaluate', { expression: 'seek nowhere', context: 'repl' }),
      /seek wants an event/,
    );
    assert.match(await client.fails('exceptionInfo', { threadId }), /did not stop at a phase/);
    assert.match(await client.fails('launch', { program: example }), /already been launched/);
    assert.match(await client.fails('constructor'), /There is no request 'constructor'/);
    assert.match(await client.fails('next', 'x'), /'arguments' must be an object, not the string "x"/);
    assert.match(await client.fails('restart', { arguments: { program: join(folder, 'none.adw') } }), /cannot be read/);
    assert.equal(await client.line(threadId), (await client.frames(threadId))[0]?.line);
  });

  it('every request answers every kind of nonsense exactly once', async () => {
    await client.begin({ program: example, stopOnEntry: true });
    await client.stopped();
    const values = [null, -1, 0.5, 2 ** 60, 'x', '', true, [], [null], [[]], {}, { path: 7 }, { sourceReference: 'x' }];
    const names = ['threadId', 'frameId', 'variablesReference', 'source', 'sourceReference', 'breakpoints', 'filters'];
    const more = [
      'filterOptions',
      'expression',
      'text',
      'column',
      'line',
      'startFrame',
      'program',
      'arguments',
      'since',
    ];
    const nonsense = values.flatMap((value) => [value, ...[...names, ...more].map((name) => ({ [name]: value }))]);
    const ending = ['terminate', 'disconnect', 'restart', 'configurationDone'];
    for (const command of Object.keys(handlers).filter((each) => !ending.includes(each))) {
      const answers = await Promise.all(nonsense.map((args) => client.ask(command, args)));
      assert.equal(new Set(answers.map(({ request_seq }) => request_seq)).size, nonsense.length, command);
      const inner = answers.filter(({ message }) => /The debug adapter failed/.test(message ?? ''));
      assert.deepEqual(inner, []);
    }
    assert.equal(await client.evaluate('event > 0'), 'true');
  });

  it('what is no message is reported and skipped', async () => {
    await initialized();
    client.raw('Content-Length: 5\r\n\r\nhello');
    client.raw('Content-Length: 4\r\n\r\nnull');
    client.raw('Content-Length: 2\r\n\r\n[]');
    client.raw('Content-Length: x\r\n\r\n');
    client.raw('Content-Length: 2\r\n\r\n{}');
    client.raw('Content-Length: 32\r\n\r\n{"seq":"x","type":"request"}    ');
    client.raw('Content-Length: 31\r\n\r\n{"seq":1000,"type":"telegram"} ');
    client.raw('Content-Length: 41\r\n\r\n{"seq":1001,"type":"request","command":7}');
    assert.deepEqual(await client.get('threads'), { threads: [] });
    const output = client.events<{ output: string }>('output').map((each) => each.output);
    assert.equal(output.length, 6);
    assert.match(
      output.join(''),
      /not JSON: "hello"[^]*without Content-Length[^]*no object: null[^]*no object: \[\][^]*'seq' is undefined[^]*'seq' is "x"/,
    );
    const answers = client.received
      .filter((each) => 'success' in each && !each.success)
      .map((each) => ('message' in each ? each.message : ''));
    assert.deepEqual(answers, [`'type' must be "request", not "telegram".`, `'command' must be a string, not 7.`]);
  });
});
