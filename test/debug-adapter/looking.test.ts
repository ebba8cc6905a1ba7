/**
 * Looking at a cluster that stands still: expressions, completions, sources, the state and the report; and what is said
 * about a run that went wrong.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { Client, root } from './client.ts';

const program = join(root, 'examples/01-a-compiler-moves.adw');
const broken = `cluster lab {
  node master { pma pm_master credentials file_server "/" }
}

program worker(rounds: int) {
  image text 4 KB data 4 KB bss 4 KB stack 4 KB
  for i in 1 .. rounds {
    print("round ", i)
  }
  exit(3)
}

scenario "goes wrong" on lab {
  let a = spawn worker(2) on master
  wait a
  expect a.status == 0
  expect a.status == 3
}
`;

describe('looking', () => {
  const folder = mkdtempSync(join(tmpdir(), 'osf1ad-'));
  const wrong = join(folder, 'wrong.adw');
  let client: Client;

  const stopAtAttach = async (): Promise<number> => {
    await client.begin({ program }, () => client.get('setFunctionBreakpoints', { breakpoints: [{ name: 'attach' }] }));
    return (await client.stopped()).threadId ?? 0;
  };

  before(() => writeFileSync(wrong, broken));
  beforeEach(() => {
    client = new Client();
  });
  afterEach(() => client.stop());
  after(() => rmSync(folder, { recursive: true }));

  it('evaluates locals in a frame and the state everywhere', async () => {
    const thread = await stopAtAttach();
    const frame = (await client.frames(thread))[0]?.id;
    const values: readonly (readonly [string, string])[] = [
      ['rounds', '40'],
      ['source', '"/src/parse.c"'],
      ['pid(2).node', '"dest"'],
      ['task("cc1").capabilities.length', '16'],
      ['node("dest").up and now > 1 s', 'true'],
      ['migration(1).phase', '"attach"'],
      ['migrations[0].committed', 'true'],
      ['pid(77)', 'null'],
    ];
    for (const [expression, value] of values) assert.equal(await client.evaluate(expression, 'watch', frame), value);
    const json = JSON.parse(await client.evaluate('migration(1)', 'clipboard', frame)) as { from: string };
    assert.equal(json.from, 'source');
    const result = await client.get<DebugProtocol.EvaluateResponse['body']>('evaluate', { expression: 'pid(2)' });
    const names = (await client.rows(result.variablesReference)).map(({ name, evaluateName }) => [name, evaluateName]);
    assert.ok(names.some(([name, path]) => name === 'capabilities' && path === 'pid(2).capabilities'));
  });

  it('gives rows whose expressions have the values that they show', async () => {
    const thread = await stopAtAttach();
    const { scopes } = await client.get<DebugProtocol.ScopesResponse['body']>('scopes', {
      frameId: (await client.frames(thread))[0]?.id,
    });
    for (const { name, variablesReference } of scopes) {
      for (const row of (await client.rows(variablesReference)).slice(0, 4)) {
        assert.ok(row.evaluateName, `${name}: ${row.name}`);
        const value = await client.evaluate(row.evaluateName, 'watch');
        if (row.variablesReference === 0 && row.type !== 'time') assert.equal(value, row.value, row.evaluateName);
      }
    }
  });

  it('forgets frames and variables when the cluster moves', async () => {
    const thread = await stopAtAttach();
    const frameId = (await client.frames(thread))[0]?.id;
    await client.go('next', thread);
    assert.match(await client.fails('scopes', { frameId }), /frame ids live until the cluster moves/);
  });

  it('completes names, functions, members and commands', async () => {
    const thread = await stopAtAttach();
    const frameId = (await client.frames(thread))[0]?.id;
    const labels = async (text: string): Promise<string[]> => {
      const { targets } = await client.get<DebugProtocol.CompletionsResponse['body']>('completions', {
        text,
        column: text.length + 1,
        frameId,
      });
      return targets.map(({ label }) => label);
    };
    assert.deepEqual(await labels('rou'), ['rounds']);
    assert.deepEqual(await labels('se'), ['seed', 'seek']);
    assert.deepEqual(await labels('not no'), ['now', 'nodes', 'node']);
    assert.deepEqual(await labels('1 + pid(2).sta'), ['state', 'status']);
    assert.deepEqual(await labels('(task("cc1").fil'), ['files']);
    assert.deepEqual(await labels('nothing.'), []);
  });

  it('gives the state, or says that it is the one that is known', async () => {
    await stopAtAttach();
    const state = await client.get<ClusterState>('osf1ad/state');
    assert.equal(state.format, 'osf1ad-state/1');
    assert.deepEqual(await client.get('osf1ad/state', { since: state.event }), { unchanged: true, event: state.event });
    assert.match((await client.get<{ text: string }>('osf1ad/report')).text, /by process, in phase attach/);
  });

  it('lists the script and the pages of the system that have been seen', async () => {
    const thread = await stopAtAttach();
    await client.get('setFunctionBreakpoints', { breakpoints: [] });
    await client.go('stepIn', thread);
    await client.frames(thread);
    const { sources } = await client.get<DebugProtocol.LoadedSourcesResponse['body']>('loadedSources');
    assert.equal(sources[0]?.path, program);
    for (const source of sources.slice(1)) {
      const { content } = await client.get<DebugProtocol.SourceResponse['body']>('source', {
        source,
        sourceReference: source.sourceReference,
      });
      assert.notEqual(content, '');
    }
  });

  it('counts lines and columns as the client does', async () => {
    await client.start();
    await client.get('initialize', { adapterID: 'osf1ad', linesStartAt1: false, columnsStartAt1: false });
    await client.get('launch', { program: wrong });
    const { breakpoints } = await client.get<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', {
      source: { path: wrong },
      breakpoints: [{ line: 7 }],
    });
    assert.deepEqual([breakpoints[0]?.line, breakpoints[0]?.column], [7, 4]);
    await client.get('configurationDone');
    const { threadId = 0 } = await client.stopped();
    assert.equal(await client.line(threadId), 7);
  });

  it('stops at an expectation that does not hold, and tells it with a link to its line', async () => {
    await client.begin({ program: wrong }, () =>
      client.get('setExceptionBreakpoints', { filters: ['expectation', 'exit'] }),
    );
    const exit = await client.stopped();
    assert.match(exit.description ?? '', /^pid \d+ has exited on master with status 3/);
    const stop = await client.go('continue', exit.threadId ?? 0);
    assert.match(stop.description ?? '', /^expected a\.status == 0, but /);
    const info = await client.get<DebugProtocol.ExceptionInfoResponse['body']>('exceptionInfo', {
      threadId: stop.threadId,
    });
    assert.equal(info.exceptionId, 'expectation');
    await client.get('continue', { threadId: stop.threadId });
    assert.deepEqual(await client.event('exited'), { exitCode: 1 });
    await client.event('terminated');
    const output = client.events<DebugProtocol.OutputEvent['body']>('output');
    const report = output.findIndex((each) => each.output.startsWith('scenario "'));
    assert.deepEqual(
      output
        .slice(0, report)
        .filter(({ category }) => category === 'stdout')
        .map((each) => each.output),
      ['round 1\n', 'round 2\n'],
    );
    const important = output.filter(({ category }) => category === 'important');
    assert.ok(important.length > 0 && important.every(({ line, source }) => line === 16 && source?.path === wrong));
    assert.match(output.at(-1)?.output ?? '', /1 of 2 expectations broken/);
  });

  it('writes the output of the workload once, however often it is replayed', async () => {
    await client.begin({ program: wrong, stopOnExit: true });
    const { threadId = 0 } = await client.stopped();
    await client.go('reverseContinue', threadId);
    await client.go('continue', threadId);
    const output = client
      .events<DebugProtocol.OutputEvent['body']>('output')
      .filter(({ category }) => category === 'stdout');
    assert.equal(output.length, 2);
  });

  it('stops nowhere when it is run without debugging', async () => {
    await client.begin({ program: wrong, noDebug: true, stopOnEntry: true }, async () => {
      await client.get('setBreakpoints', { source: { path: wrong }, breakpoints: [{ line: 8 }] });
      await client.get('setExceptionBreakpoints', { filters: ['expectation', 'exit'] });
    });
    await client.event('terminated');
    assert.deepEqual(client.events('stopped'), []);
  });

  it('serves the standard client', async () => {
    await client.start();
    await client.hitBreakpoint({ program: wrong }, { path: wrong, line: 8 });
  });
});
