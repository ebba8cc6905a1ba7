/**
 * The session that the product is about, from the first breakpoint to the report: a compiler moves in mid-flight.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { compileScript } from '../../language/compile.ts';
import { createSimulation, inspect, seek } from '../../simulator/engine/simulation.ts';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { Client, root } from './client.ts';

const program = join(root, 'examples/01-a-compiler-moves.adw');
const text = readFileSync(program, 'utf8');
const lineOf = (part: string): number => text.split('\n').findIndex((line) => line.includes(part)) + 1;

/** What the simulator says for the same moment when nobody debugs it. */
function undebugged(event: number): ClusterState {
  const { image } = compileScript(text, program);
  assert.ok(image);
  const sim = createSimulation(image, { scenario: 0 });
  seek(sim, event);
  return inspect(sim);
}

describe('a debug session', () => {
  const client = new Client();
  const names = async (): Promise<ReadonlyMap<number, string>> =>
    new Map(
      (await client.get<DebugProtocol.ThreadsResponse['body']>('threads')).threads.map(({ id, name }) => [id, name]),
    );
  const state = (): Promise<ClusterState> => client.get<ClusterState>('osf1ad/state');
  const moments: Record<string, string> = {};
  let process = 0;
  let scenario = 0;

  after(() => client.stop());

  it('stops at the line breakpoint in the scenario', async () => {
    await client.begin({ program }, async () => {
      const { breakpoints } = await client.get<DebugProtocol.SetBreakpointsResponse['body']>('setBreakpoints', {
        source: { path: program },
        breakpoints: [{ line: lineOf('let m = migrate') }],
      });
      assert.ok(breakpoints[0]?.verified);
      await client.get('setExceptionBreakpoints', { filters: ['freeze', 'attach', 'expectation'] });
    });
    const stop = await client.stopped();
    scenario = stop.threadId ?? 0;
    assert.equal(stop.reason, 'breakpoint');
    assert.equal((await names()).get(stop.threadId ?? 0), 'scenario "a compiler moves in mid-flight"');
    assert.equal(await client.line(stop.threadId ?? 0), lineOf('let m = migrate'));
    assert.match(await client.evaluate('cc'), /^\d+$/);
  });

  it('stops on freeze, on the thread of the migrating process and on its line', async () => {
    const stop = await client.go('continue', scenario);
    process = stop.threadId ?? 0;
    assert.equal(stop.reason, 'phase');
    assert.match(stop.description ?? '', /^migration \d+ of pid \d+ cc1: freeze, source -> dest$/);
    assert.match((await names()).get(process) ?? '', /^pid \d+ cc1 @ source$/);
    const line = (await client.line(process)) ?? 0;
    assert.ok(line >= lineOf('program cc1') && line <= lineOf('exit(0)'), `line ${line}`);
    moments['freeze'] = (await state()).digest;
  });

  it('steps, and stays with the thread that it steps', async () => {
    const stop = await client.go('next', scenario);
    assert.ok(['step', 'phase'].includes(stop.reason));
  });

  it('stops on attach, on the same thread', async () => {
    let stop = client.events<DebugProtocol.StoppedEvent['body']>('stopped').at(-1);
    assert.ok(stop);
    while (!/: attach,/.test(stop.description ?? '')) stop = await client.go('continue', process);
    assert.equal(stop.threadId, process);
    assert.match(stop.description ?? '', /^migration \d+ of pid \d+ cc1: attach, source -> dest$/);
    moments['attach'] = (await state()).digest;
  });

  it('shows stacks that go on to the destination, of who has the process moved and of the process', async () => {
    const labels = async (thread: number): Promise<string[]> => {
      const frames = await client.frames(thread);
      assert.ok(frames.some(({ name }) => /^migration\.attach: .* @ dest$/.test(name)));
      return frames.filter(({ presentationHint }) => presentationHint === 'label').map(({ name }) => name);
    };
    const migrate = [...(await names())].find(([, name]) => name === 'operator migrate')?.[0] ?? 0;
    assert.deepEqual(await labels(migrate), ['— on source: pma@source —', '— on master: operator —']);
    assert.deepEqual(await labels(process), ['— frozen, moved by pma@source —', '— on source: pma@source —']);
    assert.equal((await client.frames(process))[0]?.source?.path, program);
  });

  it('shows the capability table that the simulator holds at this moment', async () => {
    const [frame] = await client.frames(process);
    const { scopes } = await client.get<DebugProtocol.ScopesResponse['body']>('scopes', { frameId: frame?.id });
    assert.deepEqual(
      scopes.map(({ name }) => name),
      ['Locals', 'Process', 'Task', 'Capabilities', 'Memory', 'Migration'],
    );
    const rows = await client.rows(scopes[3]?.variablesReference ?? 0);
    const live = await state();
    const task = undebugged(live.event).tasks.find(({ name, kind }) => kind === 'process' && name === 'cc1');
    assert.deepEqual(live, undebugged(live.event));
    assert.ok(task && task.capabilities.length > 0);
    assert.deepEqual(
      rows.map(({ name, type }) => `${name} ${type}`),
      task.capabilities.map(({ name, type }) => `name ${name} ${type}`),
    );
    const members = await client.rows(rows[0]?.variablesReference ?? 0);
    assert.deepEqual(
      members.map(({ name }) => name),
      [...Object.keys(task.capabilities[0] ?? {}), 'identity'],
    );
  });

  it('steps back to an earlier world, and forward to the same one', async () => {
    const before = await state();
    await client.go('stepBack', process);
    const earlier = await state();
    assert.ok(earlier.event < before.event);
    assert.equal(earlier.digest, undebugged(earlier.event).digest);
    assert.match((await names()).get(process) ?? '', /@ source$/);
    let stop = await client.go('continue', process);
    for (let more = 0; more < 3 && !/: attach,/.test(stop.description ?? ''); more++)
      stop = await client.go('continue', process);
    assert.deepEqual(await state(), before);
  });

  it('continues backwards to freeze', async () => {
    const stop = await client.go('reverseContinue', process);
    assert.match(stop.description ?? '', /: freeze,/);
    assert.equal((await state()).digest, moments['freeze']);
  });

  it('runs to the end and prints the report', async () => {
    const attach = await client.go('continue', process);
    assert.match(attach.description ?? '', /: attach,/);
    assert.equal((await state()).digest, moments['attach']);
    await client.get('continue', { threadId: process });
    assert.deepEqual(await client.event('exited'), { exitCode: 0 });
    await client.event('terminated');
    const output = client.events<DebugProtocol.OutputEvent['body']>('output').map((each) => each.output);
    assert.match(output.join(''), /migration \d+ of pid \d+ cc1: source -> dest by process, done/);
    assert.match(output.join(''), /freezing time .* ms, freeze time .* ms/);
    assert.match(output.join(''), /all \d expectations held/);
    const last = await state();
    assert.notEqual(last.finished, null);
    assert.deepEqual(last.digest, undebugged(last.event).digest);
  });

  it('tells the views once at every stop', () => {
    const standing = client.events<{ running: boolean }>('osf1ad/changed').filter(({ running }) => !running);
    assert.equal(standing.length, client.events('stopped').length + 1);
  });
});
