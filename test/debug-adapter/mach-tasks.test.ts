/**
 * Tasks that are no processes: their threads, breakpoints in them, what their variables hold, and their migration.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { PortIdentityState } from '../../simulator/inspect/state-ports.ts';
import { Client, root } from './client.ts';

const program = join(root, 'examples/08-a-server-moves-under-load.adw');
const text = readFileSync(program, 'utf8').split('\n');
const lineOf = (part: string): number => text.findIndex((line) => line.includes(part)) + 1;

describe('Mach tasks', () => {
  let client: Client;
  beforeEach(() => {
    client = new Client();
  });
  afterEach(() => client.stop());

  const names = async (): Promise<ReadonlyMap<number, string>> =>
    new Map(
      (await client.get<DebugProtocol.ThreadsResponse['body']>('threads')).threads.map(({ id, name }) => [id, name]),
    );
  const scopes = async (thread: number): Promise<readonly DebugProtocol.Scope[]> => {
    const frameId = (await client.frames(thread)).find(({ source }) => source?.path === program)?.id;
    return (await client.get<DebugProtocol.ScopesResponse['body']>('scopes', { frameId })).scopes;
  };

  it('stop at their lines, and show their variables', async () => {
    await client.begin({ program }, () =>
      client.get('setBreakpoints', {
        source: { path: program },
        breakpoints: [{ line: lineOf('reply(m, m.body'), hitCondition: '3' }],
      }),
    );
    const { threadId = 0 } = await client.stopped();
    assert.equal((await names()).get(threadId), 'task echo @ source');
    assert.equal(await client.line(threadId), lineOf('reply(m, m.body'));
    const list = await scopes(threadId);
    assert.deepEqual(
      list.map(({ name }) => name),
      ['Locals', 'Task', 'Capabilities', 'Memory'],
    );
    const locals = await client.rows(list[0]?.variablesReference ?? 0);
    assert.match(locals.find(({ name }) => name === 'service')?.value ?? '', /^0x200 (send-)?receive echo\.service$/);
    const message = locals.find(({ name }) => name === 'm');
    const parts = await client.rows(message?.variablesReference ?? 0);
    assert.equal(parts.find(({ name }) => name === 'body')?.value, '3');
    assert.equal(await client.evaluate('m.body', 'watch'), '3');
    assert.equal(await client.evaluate('m.sequence', 'watch'), '2');
    const reply = parts.find(({ name }) => name === 'reply');
    assert.match(reply?.value ?? '', /^\d+$|^0x\w+ send-once /);
    assert.equal(
      await client.evaluate(reply?.evaluateName ?? '', 'watch'),
      String(Number.parseInt(reply?.value ?? '')),
    );
  });

  it('show what their threads count, and what a scenario can ask of them', async () => {
    await client.begin({ program }, () =>
      client.get('setBreakpoints', {
        source: { path: program },
        breakpoints: [{ line: lineOf('let answer = rpc'), condition: 'i == 4 and wrong == 0' }],
      }),
    );
    const { threadId = 0 } = await client.stopped();
    const [locals] = await scopes(threadId);
    const wrong = (await client.rows(locals?.variablesReference ?? 0)).find(({ name }) => name === 'wrong');
    assert.deepEqual([wrong?.value, wrong?.evaluateName], ['0', 'wrong']);
    const scenario = [...(await names())].find(([, name]) => name.startsWith('scenario'))?.[0] ?? 0;
    const frameId = (await client.frames(scenario)).at(-1)?.id;
    const ask = (expression: string): Promise<string> => client.evaluate(expression, 'watch', frameId);
    assert.deepEqual(await Promise.all(['s.received', 'c.replies', 'c.wrong', 'c.alive'].map(ask)), [
      '3',
      '3',
      '0',
      'true',
    ]);
    const [variables] = await scopes(scenario);
    const shown = (await client.rows(variables?.variablesReference ?? 0)).map(({ name, value }) => `${name}: ${value}`);
    assert.deepEqual(shown, ['s: echo on source', 'c: client on master']);
  });

  it('lead from who waits for an answer into who prepares it', async () => {
    await client.begin({ program }, () =>
      client.get('setBreakpoints', {
        source: { path: program },
        breakpoints: [{ line: lineOf('reply(m, m.body'), hitCondition: '3' }],
      }),
    );
    await client.stopped();
    const asker = [...(await names())].find(([, name]) => name === 'task client @ master')?.[0] ?? 0;
    const frames = (await client.frames(asker)).map(({ name }) => name);
    assert.deepEqual(frames, ['echo', '— on master: client —', 'client']);
  });

  it('are seen migrating, by name and in the scopes of their threads', async () => {
    const breakpoints = [{ name: 'freeze' }, { name: 'migrate state', condition: 'port == "echo.service"' }];
    await client.begin({ program }, () => client.get('setFunctionBreakpoints', { breakpoints }));
    const freeze = await client.stopped();
    assert.equal(freeze.description, 'migration 1 of task echo: freeze, source -> dest');
    assert.equal((await names()).get(freeze.threadId ?? 0), 'task echo @ source');
    const migration = (await scopes(freeze.threadId ?? 0)).find(({ name }) => name === 'Migration');
    const rows = await client.rows(migration?.variablesReference ?? 0);
    assert.equal(rows.find(({ name }) => name === 'to')?.value, '"dest"');
    const moved = await client.go('continue', freeze.threadId ?? 0);
    assert.match(moved.description ?? '', /^migrate state on dest: echo\.service, /);
    assert.match((await names()).get(moved.threadId ?? 0) ?? '', /@dest$/);
    const { identity } = await client.get<{ identity: PortIdentityState }>('osf1ad/port', { port: 'echo.service' });
    assert.equal(identity.node, 'dest');
  });
});
