/**
 * The port over the whole cluster: what is written down by name adds up to what the kernels count.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileScript } from '../../language/compile.ts';
import { createSimulation, eventCount, inspect, runUntil, type Simulation } from '../../simulator/engine/simulation.ts';
import type { HeldRightState } from '../../simulator/inspect/state-ports.ts';
import type { ClusterState } from '../../simulator/inspect/state.ts';

const EVENTS_MAX = 12_000;
const MOMENTS = 40;

function simulation(file: string, scenario = 0): Simulation {
  const { image } = compileScript(readFileSync(join('examples', file), 'utf8'), file);
  assert.ok(image);
  return createSimulation(image, { scenario });
}

/** Moments of a run, some of them in the middle of things. */
function* moments(sim: Simulation): Generator<ClusterState> {
  for (let n = 1; n <= MOMENTS; n++) {
    const wanted = Math.round((n * EVENTS_MAX) / MOMENTS) - eventCount(sim);
    const end = runUntil(sim, { events: wanted });
    yield inspect(sim);
    if (end === 'finished') return;
  }
}

const here = (rights: readonly HeldRightState[], node: string, what: RegExp): number =>
  rights.filter((right) => right.node === node && what.test(right.type)).length;

describe('a port over the whole cluster', () => {
  for (const file of readdirSync('examples').filter((name) => name.endsWith('.adw') && !/crash/.test(name))) {
    it(`has one holder of its receive right, and one principal at most: ${file} [I1, D1]`, () => {
      for (const { identities, ports, event } of moments(simulation(file))) {
        for (const { identity, copies, rights, principal, dead } of identities) {
          const receives = rights.filter(({ type }) => /receive/.test(type)).length;
          const settled = !copies.some((id) =>
            /arriving|migrating/.test(ports.find(({ port }) => port === id)?.copy ?? ''),
          );
          if (!dead && settled && principal !== null) assert.equal(receives, 1, `${identity} at event ${event}`);
        }
        const all = identities.flatMap(({ copies }) => copies);
        assert.equal(new Set(all).size, all.length, `each copy once at event ${event}`);
        assert.equal(all.length, ports.filter(({ copy }) => copy !== 'set').length);
      }
    });

    it(`has no more rights in name spaces than the kernel counts: ${file} [I4, I5]`, () => {
      for (const { identities, ports, event } of moments(simulation(file))) {
        for (const { copies, rights, identity } of identities) {
          const named = rights.filter(({ holder }) => holder === 'task');
          for (const id of copies) {
            const port = ports.find((each) => each.port === id);
            assert.ok(port);
            if (port.dead) continue;
            const words = `${identity} on ${port.node} at event ${event}`;
            assert.ok(here(named, port.node, /^send(-receive)?$/) <= port.sendRights, words);
            assert.ok(here(named, port.node, /^send-once$/) <= port.sendOnceRights, words);
          }
        }
      }
    });

    it(`has credits that add up: ${file} [D2]`, () => {
      for (const { identities, event } of moments(simulation(file))) {
        for (const { identity, credits, principal, dead } of identities) {
          if (principal === null || dead) continue;
          assert.equal(credits.handedOut, credits.held + credits.underWay, `${identity} at event ${event}`);
        }
      }
    });
  }

  it('leads from every copy to the principal', () => {
    for (const { identities, ports, event } of moments(simulation('01-a-compiler-moves.adw'))) {
      for (const { copies, node, dead, identity } of identities) {
        for (const id of copies) {
          const way = ports.find(({ port }) => port === id)?.way ?? [];
          if (!dead && node !== '') assert.equal(way.at(-1), node, `${identity} at event ${event}: ${way.join(' ')}`);
        }
      }
    }
  });
});
