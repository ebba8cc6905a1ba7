/**
 * Moving the cluster: stepping in all directions, pausing, seeking, restarting, ending.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { Client, root } from './client.ts';
import { endless } from './endless.ts';

const program = join(root, 'examples/01-a-compiler-moves.adw');
const text = readFileSync(program, 'utf8').split('\n');
const lineOf = (part: string): number => text.findIndex((line) => line.includes(part)) + 1;
const opening = lineOf('let input = open');

describe('moving', () => {
  const folder = mkdtempSync(join(tmpdir(), 'osf1ad-'));
  const long = join(folder, 'long.adw');
  let client: Client;
  const state = (): Promise<ClusterState> => client.get<ClusterState>('osf1ad/state');
  const stopInside = async (line: number): Promise<number> => {
    await client.begin({ program }, () =>
      client.get('setBreakpoints', { source: { path: program }, breakpoints: [{ line }] }),
    );
    const { threadId = 0 } = await client.stopped();
    await client.get('setBreakpoints', { source: { path: program }, breakpoints: [] });
    return threadId;
  };

  before(() => writeFileSync(long, endless));
  beforeEach(() => {
    client = new Client();
  });
  afterEach(() => client.stop());
  after(() => rmSync(folder, { recursive: true }));

  it('stops on entry, in front of the first statement', async () => {
    await client.begin({ program, stopOnEntry: true });
    const stop = await client.stopped();
    assert.equal(stop.reason, 'entry');
    assert.equal(await client.line(stop.threadId ?? 0), lineOf('let cc = spawn'));
  });

  it('steps over statements of one thread while the cluster runs', async () => {
    const thread = await stopInside(opening);
    const lines: (number | undefined)[] = [];
    for (let step = 0; step < 6; step++) {
      const stop = await client.go('next', thread);
      assert.equal(stop.reason, 'step');
      assert.equal(stop.threadId, thread);
      assert.equal(stop.allThreadsStopped, true);
      lines.push(await client.line(thread));
    }
    assert.deepEqual(lines.slice(0, 4), [opening + 1, opening + 2, opening + 3, opening + 4]);
    assert.equal(
      client
        .events<DebugProtocol.ContinuedEvent['body']>('continued')
        .every(({ allThreadsContinued }) => allThreadsContinued === true),
      true,
    );
  });

  it('steps over a wait of the scenario in one step', async () => {
    const thread = await stopInside(lineOf('let m = migrate'));
    const lines: (number | undefined)[] = [];
    for (let step = 0; step < 3; step++) {
      await client.go('next', thread);
      lines.push(await client.line(thread));
    }
    assert.deepEqual(lines, [lineOf('wait m'), lineOf('expect m.outcome'), lineOf('wait cc')]);
  });

  it('steps into the system and out of it again', async () => {
    const thread = await stopInside(opening);
    await client.go('stepIn', thread);
    const [top] = await client.frames(thread);
    assert.ok(top?.source?.sourceReference, JSON.stringify(top));
    const page = await client.get<DebugProtocol.SourceResponse['body']>('source', {
      source: top.source,
      sourceReference: top.source.sourceReference,
    });
    assert.ok(page.content.split('\n').length >= top.line);
    for (let depth = (await client.frames(thread)).length; depth > 1; depth = (await client.frames(thread)).length)
      await client.go('stepOut', thread);
    assert.equal((await client.frames(thread)).length, 1);
  });

  it('goes into a call until the stack crosses to another node, with a label at the border', async () => {
    const thread = await stopInside(opening);
    for (let step = 0; step < 200; step++) {
      await client.go('stepIn', thread);
      const frames = await client.frames(thread);
      const label = frames.find(({ presentationHint }) => presentationHint === 'label');
      if (label === undefined) continue;
      assert.match(label.name, /^— on source: cc1 —$/);
      assert.match(frames[0]?.name ?? '', / @ master$/);
      return;
    }
    assert.fail('the stack never crossed a message');
  });

  it('goes through the migration step by step, into a process that is frozen', async () => {
    const breakpoints = [{ name: 'freeze' }];
    await client.begin({ program }, () => client.get('setFunctionBreakpoints', { breakpoints }));
    const { threadId: thread = 0 } = await client.stopped();
    const routines = new Set<string>();
    for (let step = 0; step < 60; step++) {
      assert.equal((await client.go('stepIn', thread)).threadId, thread);
      for (const { source } of await client.frames(thread)) routines.add(source?.name ?? '');
    }
    for (const routine of ['migration.freeze', 'migration.detach']) assert.ok(routines.has(routine), routine);
  });

  it('gives parts of a stack', async () => {
    const thread = await stopInside(opening);
    await client.go('stepIn', thread);
    const whole = await client.frames(thread);
    const part = await client.get<DebugProtocol.StackTraceResponse['body']>('stackTrace', {
      threadId: thread,
      startFrame: 1,
      levels: 1,
    });
    assert.equal(part.totalFrames, whole.length);
    assert.equal(part.stackFrames[0]?.name, whole[1]?.name);
  });

  it('steps back as often as it has stepped, through the same worlds', async () => {
    const thread = await stopInside(opening);
    const digests = [(await state()).digest];
    for (let step = 0; step < 8; step++) {
      await client.go('next', thread);
      digests.push((await state()).digest);
    }
    for (let step = digests.length - 2; step >= 0; step--) {
      await client.go('stepBack', thread);
      assert.equal((await state()).digest, digests[step]);
    }
  });

  it('meets the same breakpoints backwards as forwards', async () => {
    await client.begin({ program, stopOnExit: true }, async () => {
      const breakpoints = [{ line: lineOf('compute 80 ms'), hitCondition: '%7' }, { line: lineOf('wait m') }];
      await client.get('setBreakpoints', { source: { path: program }, breakpoints });
      await client.get('setExceptionBreakpoints', { filters: ['freeze', 'install', 'attach', 'cleanup', 'exit'] });
    });
    const walk = async (how: string, end: string): Promise<string[]> => {
      const stops: string[] = [];
      for (let stop = await first; stop.reason !== end; stop = await client.go(how, stop.threadId ?? 0)) {
        stops.push(`${stop.reason} ${stop.description ?? ''} ${await client.evaluate('event')}`);
      }
      return stops;
    };
    let first = client.stopped();
    const forwards = await walk('continue', 'exit');
    const { threads } = await client.get<DebugProtocol.ThreadsResponse['body']>('threads');
    first = client.go('reverseContinue', threads[0]?.id ?? 0);
    const backwards = await walk('reverseContinue', 'entry');
    assert.deepEqual(backwards.reverse(), forwards);
    assert.ok(forwards.length > 10, forwards.join('\n'));
  });

  it('reaches the entry backwards where no breakpoint is', async () => {
    const thread = await stopInside(lineOf('write(output'));
    const stop = await client.go('reverseContinue', thread);
    assert.equal(stop.reason, 'entry');
    assert.equal(await client.evaluate('event'), '0');
  });

  it('pauses a long run and answers questions while it runs', async () => {
    const launched = performance.now();
    await client.begin({ program: long });
    const seen = [await client.evaluate('event', 'watch'), await client.evaluate('event', 'watch')].map(Number);
    assert.match(await client.fails('stackTrace', { threadId: 1 }), /is running; pause it first/);
    assert.ok((await client.get<DebugProtocol.ThreadsResponse['body']>('threads')).threads.length > 0);
    assert.equal((await state()).finished, null);
    await client.passes(seen[1] ?? 0);
    const { threads } = await client.get<DebugProtocol.ThreadsResponse['body']>('threads');
    const worker = threads.find(({ name }) => name.includes('spin'));
    const stop = await client.go('pause', worker?.id ?? 0);
    assert.equal(stop.reason, 'pause');
    assert.equal(stop.threadId, worker?.id);
    await state();
    const changed = client.events<{ running: boolean }>('osf1ad/changed');
    assert.equal(changed.filter(({ running }) => !running).length, 1);
    const most = (performance.now() - launched) / 100 + 2;
    assert.ok(changed.length >= 2 && changed.length <= most, `${changed.length} changes`);
  });

  it('pauses a search in the past, back where it began', async () => {
    await client.begin({ program: long });
    await client.passes(10_000);
    const { threadId = 0 } = await client.go('pause', 1);
    const before = await state();
    await client.get('setBreakpoints', { source: { path: long }, breakpoints: [{ line: 8, condition: 'i < 0' }] });
    await client.get('reverseContinue', { threadId });
    await client.get('pause', { threadId });
    const stop = await client.stopped();
    if (stop.reason === 'pause') assert.equal((await state()).digest, before.digest);
    else assert.equal(stop.reason, 'entry');
  });

  it('seeks to events and to times from the console', async () => {
    await client.begin({ program, stopOnEntry: true });
    await client.stopped();
    const seek = async (where: string): Promise<ClusterState> => {
      await client.evaluate(`seek ${where}`);
      assert.equal((await client.stopped()).reason, 'goto');
      return state();
    };
    const there = await seek('400');
    assert.equal(there.event, 400);
    const later = await seek('700 ms');
    assert.ok(later.time <= 700e6 && later.event > 400);
    assert.equal((await seek('400')).digest, there.digest);
    assert.equal((await seek('500 ms')).time <= 500e6, true);
    const end = await seek('100000000');
    assert.notEqual(end.finished, null);
    assert.match(await client.evaluate('report'), /migration \d+ of pid/);
    assert.match(await client.evaluate('help'), /seek EVENT/);
    assert.equal((JSON.parse(await client.evaluate('state')) as ClusterState).digest, end.digest);
  });

  it('restarts with the same breakpoints', async () => {
    const thread = await stopInside(opening);
    await client.get('setBreakpoints', { source: { path: program }, breakpoints: [{ line: lineOf('compute 80 ms') }] });
    await client.go('continue', thread);
    const first = await state();
    await client.get('restart', {});
    const again = await client.stopped();
    assert.equal(again.reason, 'breakpoint');
    assert.equal((await state()).digest, first.digest);
  });

  it('stops once more at the end if that is wanted', async () => {
    await client.begin({ program, stopOnExit: true });
    const stop = await client.stopped();
    assert.equal(stop.reason, 'exit');
    const back = await client.go('reverseContinue', stop.threadId ?? 0);
    assert.equal(back.reason, 'entry');
    await client.get('continue', { threadId: back.threadId });
    const { threadId } = await client.stopped();
    await client.get('continue', { threadId });
    await client.event('terminated');
  });

  it('terminates where it is', async () => {
    await client.begin({ program: long });
    await client.get('terminate');
    await client.event('terminated');
  });
});
