/**
 * What kernels do among themselves can be stopped at: by name, by group, on a condition, by hit; and the stop says what it
 * was, where, about which port, on the thread that it is about.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { namedMoments } from '../../debug-adapter/breakpoints/names.ts';
import { eventGroups, kernelEvents } from '../../simulator/base/kernel-events.ts';
import { Client, root, type Stopped } from './client.ts';

const program = join(root, 'examples/01-a-compiler-moves.adw');

type Breakpoints = DebugProtocol.SetBreakpointsResponse['body'];

describe('the events of the kernels', () => {
  let client: Client;
  const functions = (...breakpoints: readonly DebugProtocol.FunctionBreakpoint[]): Promise<Breakpoints> =>
    client.get<Breakpoints>('setFunctionBreakpoints', { breakpoints });
  const filter = (filterId: string, condition?: string): Promise<Breakpoints> =>
    client.get<Breakpoints>('setExceptionBreakpoints', { filters: [], filterOptions: [{ filterId, condition }] });
  const threadName = async ({ threadId }: Stopped): Promise<string> => {
    const { threads } = await client.get<DebugProtocol.ThreadsResponse['body']>('threads');
    return threads.find(({ id }) => id === threadId)?.name ?? '';
  };

  beforeEach(() => {
    client = new Client();
  });
  afterEach(() => client.stop());

  it('have one name each, and a group that is offered as a filter', () => {
    const names = namedMoments.map(({ name }) => name);
    assert.equal(new Set(names).size, names.length);
    for (const { name } of eventGroups)
      assert.ok(
        kernelEvents.some(({ group }) => group === name),
        name,
      );
    const text = readFileSync('docs/debug-adapter.md', 'utf8');
    for (const { name, group } of kernelEvents)
      assert.match(text, new RegExp(`\\| \`${group}\` \\|.*\`${name}\``), name);
  });

  it('stop by name, with node, port and text, on the thread that they are about', async () => {
    await client.begin({ program }, () => functions({ name: 'step', condition: 'node == "source"' }));
    const stop = await client.stopped();
    assert.equal(stop.reason, 'event');
    assert.match(stop.description ?? '', /^step on source: step \d+ of migration 1, pid 2 cc1$/);
    assert.match(await threadName(stop), /^pid 2 cc1 @ source$/);
  });

  /** Runs the script with a breakpoint for each step of a migration; the steps at which it stopped, in order. */
  const stepsOf = async (script: string, migration: string): Promise<readonly number[]> => {
    const steps = Array.from({ length: 17 }, (_, index) => index + 1);
    const ids: (number | undefined)[] = [];
    await client.begin({ program: join(root, script) }, async () => {
      const conditions = steps.map((step) => `text == "step ${step} of ${migration}"`);
      const set = await functions(...conditions.map((condition) => ({ name: 'step', condition })));
      ids.push(...set.breakpoints.map(({ id }) => id));
    });
    const stops: number[] = [];
    const last = `step 1[67] of ${migration}`;
    for (;;) {
      const { hitBreakpointIds = [], threadId, description = '' } = await client.stopped();
      stops.push(...hitBreakpointIds.map((id) => ids.indexOf(id) + 1));
      if (new RegExp(last).test(description)) return stops;
      await client.get('continue', { threadId });
    }
  };

  it('stop at each step of a migration', async () => {
    const steps = await stepsOf('examples/01-a-compiler-moves.adw', 'migration 1, pid 2 cc1');
    assert.deepEqual(steps, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
  });

  it('stop where a migration is refused', async () => {
    const steps = await stepsOf('examples/04-refused.adw', 'migration 1, pid 2 worker');
    assert.deepEqual(steps, [1, 2, 3, 4, 5, 6, 7, 8, 17]);
  });

  it('stop on a thread of the kernel where nobody in particular is meant', async () => {
    await client.begin({ program }, () => functions({ name: 'migrate state', condition: 'node == "dest"' }));
    const stop = await client.stopped();
    assert.match(stop.description ?? '', /^migrate state on dest: \S.*, \S+\.\d+ from source$/);
    assert.match(await threadName(stop), /dest/);
    const info = await client.get<DebugProtocol.ExceptionInfoResponse['body']>('exceptionInfo', {
      threadId: stop.threadId,
    });
    assert.equal(info.exceptionId, 'migrate state');
  });

  it('stop by group, on a condition about the event', async () => {
    await client.begin({ program }, () => filter('receive right', 'name == "migrate state" and port == "cc1.task"'));
    const stop = await client.stopped();
    assert.match(stop.description ?? '', /^migrate state on dest: cc1\.task, /);
    assert.ok(Number(await client.evaluate('event')) > 0);
  });

  it('stop at the hit that is wanted, in both directions', async () => {
    await client.begin({ program }, () => functions({ name: 'migrate state', hitCondition: '2' }));
    const stop = await client.stopped();
    const at = await client.evaluate('event');
    await functions({ name: 'migrate state' });
    await client.go('reverseContinue', stop.threadId ?? 0);
    assert.ok(Number(await client.evaluate('event')) < Number(at));
    const again = await client.go('continue', client.events<Stopped>('stopped').at(-1)?.threadId ?? 0);
    assert.equal(await client.evaluate('event'), at);
    assert.equal(again.description, stop.description);
  });

  it('that do not exist are refused by name', async () => {
    await client.begin({ program }, async () => {
      const { breakpoints } = await functions({ name: 'port prob' });
      assert.match(breakpoints[0]?.message ?? '', /There is no function 'port prob'.*port probe/);
    });
  });
});
