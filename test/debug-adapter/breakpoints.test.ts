/**
 * Breakpoints of every kind: conditions, hit counts, log messages, and what is said about those that cannot hit.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { Client, root } from './client.ts';

const program = join(root, 'examples/01-a-compiler-moves.adw');
const text = readFileSync(program, 'utf8').split('\n');
const lineOf = (part: string): number => text.findIndex((line) => line.includes(part)) + 1;
const compute = lineOf('compute 80 ms');
const loop = lineOf('for i in');

type Breakpoints = DebugProtocol.SetBreakpointsResponse['body'];

describe('breakpoints', () => {
  let client: Client;
  const lines = (...breakpoints: readonly DebugProtocol.SourceBreakpoint[]): Promise<Breakpoints> =>
    client.get<Breakpoints>('setBreakpoints', { source: { path: program }, breakpoints });

  beforeEach(() => {
    client = new Client();
  });
  afterEach(() => client.stop());

  it('move to a statement, or say why they cannot hit', async () => {
    await client.begin({ program, stopOnEntry: true });
    const { breakpoints } = await lines(
      { line: compute },
      { line: lineOf('program cc1') },
      { line: 2 },
      { line: compute, condition: 'i ==' },
      { line: compute, hitCondition: 'often' },
      { line: compute, logMessage: '{i' },
    );
    assert.deepEqual(
      breakpoints.map(({ verified, line }) => [verified, line]),
      [
        [true, compute],
        [true, lineOf('let input')],
        [false, 2],
        [false, compute],
        [false, compute],
        [false, compute],
      ],
    );
    assert.match(breakpoints[2]?.message ?? '', /in no program and no scenario/);
    assert.match(breakpoints[3]?.message ?? '', /ends too early/);
    assert.match(breakpoints[4]?.message ?? '', /not one of/);
    assert.match(breakpoints[5]?.message ?? '', /never closed/);
    const elsewhere = await client.get<Breakpoints>('setBreakpoints', {
      source: { path: '/other.adw' },
      breakpoints: [{ line: 1 }],
    });
    assert.match(elsewhere.breakpoints[0]?.message ?? '', /not part of the run/);
    const { breakpoints: places } = await client.get<{ breakpoints: { line: number }[] }>('breakpointLocations', {
      source: { path: program },
      line: loop,
      endLine: compute,
    });
    assert.deepEqual(new Set(places.map(({ line }) => line)), new Set([loop, loop + 1, compute]));
  });

  it('stop when the condition holds', async () => {
    await client.begin({ program }, () => lines({ line: compute, condition: 'i == 3 and pid(99) == null' }));
    const stop = await client.stopped();
    assert.equal(stop.reason, 'breakpoint');
    assert.equal(await client.evaluate('i'), '3');
    assert.equal(await client.line(stop.threadId ?? 0), compute);
  });

  it('stop at the hits that the hit condition chooses, in both directions', async () => {
    await client.begin({ program }, () => lines({ line: compute, hitCondition: '%5' }));
    const { threadId = 0 } = await client.stopped();
    assert.equal(await client.evaluate('i'), '5');
    await client.go('continue', threadId);
    assert.equal(await client.evaluate('i'), '10');
    await client.go('reverseContinue', threadId);
    assert.equal(await client.evaluate('i'), '5');
    await client.go('continue', threadId);
    assert.equal(await client.evaluate('i'), '10');
  });

  it('that are set in mid-run count from its beginning', async () => {
    await client.begin({ program }, () => lines({ line: compute, condition: 'i == 7' }));
    const { threadId = 0 } = await client.stopped();
    await lines({ line: compute, hitCondition: '9' });
    await client.go('continue', threadId);
    assert.equal(await client.evaluate('i'), '9');
  });

  it('with a condition that has no value stop and say so', async () => {
    await client.begin({ program }, () => lines({ line: compute, condition: 'j == 7' }));
    assert.match((await client.stopped()).description ?? '', /condition has no value: there is no 'j' here/);
  });

  it('with a log message write and go on', async () => {
    await client.begin({ program }, () =>
      lines(
        { line: compute, condition: 'i <= 2', logMessage: 'round {i} of {rounds}' },
        { line: lineOf('write(output') },
      ),
    );
    const { threadId = 0 } = await client.stopped();
    await lines(
      { line: compute, condition: 'i <= 2', logMessage: 'round {i} of {rounds}' },
      { line: lineOf('write(output'), hitCondition: '3' },
    );
    await client.go('continue', threadId);
    const output = client.events<DebugProtocol.OutputEvent['body']>('output');
    assert.deepEqual(
      output.map((each) => [each.output, each.line, each.source?.path]),
      [
        ['round 1 of 40\n', compute, program],
        ['round 2 of 40\n', compute, program],
      ],
    );
  });

  it('by name stop at phases, on a condition and by hit', async () => {
    await client.begin({ program }, async () => {
      const functions = await client.get<Breakpoints>('setFunctionBreakpoints', {
        breakpoints: [
          { name: 'install', condition: 'to == "source"' },
          { name: 'attach', condition: 'name == "cc1" and to == "dest"', hitCondition: '1' },
          { name: 'atach' },
        ],
      });
      assert.deepEqual(
        functions.breakpoints.map(({ verified }) => verified),
        [true, true, false],
      );
      assert.match(
        functions.breakpoints[2]?.message ?? '',
        /no function 'atach'; the names are freeze, detach, install, attach/,
      );
      const filters = await client.get<Breakpoints>('setExceptionBreakpoints', {
        filters: [],
        filterOptions: [
          { filterId: 'detach', condition: 'pid == 1' },
          { filterId: 'restart', condition: 'node == "dest"' },
          { filterId: 'exit', condition: 'status ==' },
        ],
      });
      assert.deepEqual(
        filters.breakpoints.map(({ verified }) => verified),
        [true, true, false],
      );
    });
    const attach = await client.stopped();
    assert.equal(attach.reason, 'phase');
    assert.match(attach.description ?? '', /: attach, source -> dest/);
    assert.equal(attach.hitBreakpointIds?.length, 1);
    const restart = await client.go('continue', attach.threadId ?? 0);
    assert.equal(restart.reason, 'phase');
    assert.match(restart.description ?? '', /: restart, source -> dest/);
    const info = await client.get<DebugProtocol.ExceptionInfoResponse['body']>('exceptionInfo', {
      threadId: restart.threadId,
    });
    assert.equal(info.exceptionId, 'restart');
    assert.match(info.details?.stackTrace ?? '', /^at /);
  });

  it('go when they are taken away', async () => {
    await client.begin({ program }, () => lines({ line: compute }));
    const { threadId } = await client.stopped();
    await lines();
    await client.get('continue', { threadId });
    await client.event('terminated');
  });
});
