/**
 * Stepping into what was chosen: the receiver of a message, or one thread of the causal stack.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { Client, root } from './client.ts';

describe('stepping into a target', () => {
  let client: Client;
  beforeEach(() => {
    client = new Client();
  });
  afterEach(() => client.stop());

  const mach = join(root, 'examples/08-a-server-moves-under-load.adw');
  const answer =
    readFileSync(mach, 'utf8')
      .split('\n')
      .findIndex((line) => line.includes('let answer = rpc')) + 1;
  type Targets = DebugProtocol.StepInTargetsResponse['body'];

  const targetsAt = async (thread: number): Promise<Targets['targets']> => {
    const frameId = (await client.frames(thread)).at(-1)?.id;
    return (await client.get<Targets>('stepInTargets', { frameId })).targets;
  };
  const inFrontOfRpc = async (): Promise<number> => {
    await client.begin({ program: mach }, () =>
      client.get('setBreakpoints', { source: { path: mach }, breakpoints: [{ line: answer, hitCondition: '3' }] }),
    );
    return (await client.stopped()).threadId ?? 0;
  };

  it('goes to the receiver of the next message, on its node', async () => {
    const thread = await inFrontOfRpc();
    const targets = await targetsAt(thread);
    assert.deepEqual(
      targets.map(({ label }) => label),
      ['whoever takes the next step', 'the receiver of its next message', 'client on master: message'],
    );
    const receiver = targets[1]?.id;
    await client.get('stepIn', { threadId: thread, targetId: receiver });
    const stop = await client.stopped();
    const { threads } = await client.get<DebugProtocol.ThreadsResponse['body']>('threads');
    assert.equal(threads.find(({ id }) => id === stop.threadId)?.name, 'task echo @ source');
  });

  it('goes with one thread of the causal stack', async () => {
    const thread = await inFrontOfRpc();
    const waits = async (): Promise<boolean> =>
      (await targetsAt(thread)).some(({ label }) => label.startsWith('echo on'));
    for (let step = 0; step < 20 && !(await waits()); step++) await client.go('stepIn', thread);
    const echo = (await targetsAt(thread)).find(({ label }) => label.startsWith('echo on source'));
    assert.ok(echo);
    await client.get('stepIn', { threadId: thread, targetId: echo.id });
    const { threadId } = await client.stopped();
    assert.notEqual(threadId, thread);
    assert.equal(
      (await client.frames(threadId ?? 0))[0]?.name.includes('@ source') ||
        (await client.line(threadId ?? 0)) !== undefined,
      true,
    );
  });

  it('that is not there is refused', async () => {
    const thread = await inFrontOfRpc();
    assert.match(
      await client.fails('stepIn', { threadId: thread, targetId: 99 }),
      /There is no target 99 .* 1 \(whoever takes the next step\)/,
    );
    assert.match(await client.fails('stepInTargets', { frameId: 9999 }), /There is no frame 9999/);
  });
});
