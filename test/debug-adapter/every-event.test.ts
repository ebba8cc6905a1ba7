/**
 * Every kind of message between kernels [mechanisms 2.14], every notification and every request for a page can be stopped
 * at: by name, by hit, and by its group on a condition. The scenarios beside this file make all of them happen.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DebugProtocol } from '@vscode/debugprotocol';
import { compileScript } from '../../language/compile.ts';
import { eventGroups, kernelEvents } from '../../simulator/base/kernel-events.ts';
import { createSimulation, eventCount, step } from '../../simulator/engine/simulation.ts';
import { Client, root, type Stopped } from './client.ts';

const program = join(root, 'test/debug-adapter/every-event.adw');
const { image } = compileScript(readFileSync(program, 'utf8'), program);
assert.ok(image);
const { scenarios } = image;

/** The table of 2.14, row by row, and the notifications of 1.9. */
const rows: readonly string[] = [
  ...['connect', 'connect reply', 'wakeup sender', 'port probe', 'acquire transits', 'yield transits'],
  ...['send meta kmsg', 'migrate state', 'begin recv migrate', 'dn register', 'dn notify', 'unblock port'],
  ...['request callback', 'unblock node', 'get special port', 'alive notify'],
  ...['port-deleted', 'port-destroyed', 'no-senders', 'send-once', 'dead-name'],
];

/** For each scenario, what happens in it for the first time, and the number of the event in which it does. */
const firsts = scenarios.map((_, scenario) => {
  const sim = createSimulation(image, { scenario, watched: true });
  const first = new Map<string, number>();
  while (step(sim)) {
    for (const notice of sim.notices) {
      if (notice.kind === 'protocol' && !first.has(notice.event)) first.set(notice.event, eventCount(sim));
    }
  }
  return first;
});

const groupOf = (name: string): string => kernelEvents.find((each) => each.name === name)?.group ?? '';

describe('everything that kernels do among themselves', () => {
  let client: Client;
  beforeEach(() => {
    client = new Client();
  });
  afterEach(() => client.stop());

  it('has a name, and happens in one of the scenarios', () => {
    const names = kernelEvents.map(({ name }): string => name);
    assert.deepEqual(
      rows.filter((row) => !names.includes(row)),
      [],
    );
    assert.deepEqual(
      names.filter((name) => !firsts.some((first) => first.has(name))),
      [],
    );
  });

  scenarios.forEach(({ name: scenario }, index) => {
    const first = firsts[index] ?? new Map<string, number>();
    const moments = [...new Set(first.values())];

    it(`is stopped at by name and by group where ${scenario}`, async () => {
      const functions = [...first.keys()].map((name) => ({ name, hitCondition: '1' }));
      const filterOptions = eventGroups.map(({ name: group }) => {
        const own = [...first].filter(([name]) => groupOf(name) === group);
        const condition = own.map(([name, event]) => `(name == "${name}" and event == ${event})`).join(' or ');
        return { filterId: group, condition: condition === '' ? 'false' : condition };
      });
      const ids = new Map<string, number | undefined>();
      await client.begin({ program, scenario }, async () => {
        type Set = DebugProtocol.SetFunctionBreakpointsResponse['body'];
        const byName = await client.get<Set>('setFunctionBreakpoints', { breakpoints: functions });
        byName.breakpoints.forEach(({ id }, at) => ids.set(functions[at]?.name ?? '', id));
        const byGroup = await client.get<Set>('setExceptionBreakpoints', { filters: [], filterOptions });
        byGroup.breakpoints.forEach(({ id }, at) => ids.set(`group ${filterOptions[at]?.filterId}`, id));
      });
      let stop: Stopped = await client.event('stopped', 60_000);
      for (const moment of moments) {
        assert.equal(await client.evaluate('event'), String(moment));
        const here = [...first].filter(([, event]) => event === moment).map(([name]) => name);
        const wanted = new Set([...here, ...here.map((name) => `group ${groupOf(name)}`)]);
        assert.deepEqual(
          new Set(stop.hitBreakpointIds),
          new Set([...wanted].map((name) => ids.get(name))),
          `${[...wanted].join(', ')} at ${moment}`,
        );
        assert.equal(stop.reason, 'event');
        assert.ok(
          here.some((name) => stop.description?.startsWith(`${name} on `) === true),
          stop.description,
        );
        assert.ok(stop.threadId !== undefined, 'a stop is on a thread');
        await client.get('continue', { threadId: stop.threadId });
        if (moment !== moments.at(-1)) stop = await client.event('stopped', 60_000);
      }
      await client.event('terminated');
    });
  });
});
