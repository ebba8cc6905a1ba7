/**
 * Residual dependency in the inspected state: for every task at every moment what the ledgers say when they are asked one
 * by one [mechanisms 2.9, 3.5, 4.4, 5.9].
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileScript } from '../../language/compile.ts';
import { at } from '../../simulator/base/table.ts';
import { createSimulation, inspect, runUntil, type Simulation } from '../../simulator/engine/simulation.ts';
import type { World } from '../../simulator/engine/world.ts';
import type { ResidualState } from '../../simulator/inspect/state.ts';
import type { RegionState } from '../../simulator/inspect/state-memory.ts';
import { residualForwarders, residualPages, residualPma, residualRelays } from '../../simulator/migration/residual.ts';

const EVENTS_MAX = 20_000;
const EVENTS_BETWEEN = 400;

function* moments(file: string): Generator<Simulation> {
  const { image } = compileScript(readFileSync(join('examples', file), 'utf8'), file);
  assert.ok(image);
  const sim = createSimulation(image, { scenario: 0 });
  for (let events = 0; events < EVENTS_MAX; events += EVENTS_BETWEEN) {
    const end = runUntil(sim, { events: EVENTS_BETWEEN });
    yield sim;
    if (end === 'finished') return;
  }
}

/** Every ledger asked by itself, for every other node. */
function oneByOne(w: World, id: number): ResidualState[] {
  const task = at(w.tasks, id);
  return w.nodes.rows
    .filter((node) => node.id !== task.node)
    .map(({ id: node, name }) => ({
      node: name,
      pma: task.pid < 0 ? 0 : residualPma(w, task.pid, node),
      forwarders: residualForwarders(w, [task], node),
      relays: residualRelays(w, [task], node),
      pages: residualPages(w, task)[node]!,
    }))
    .filter(({ pma, forwarders, relays, pages }) => pma + forwarders + relays + pages > 0);
}

/** Pages of all regions by node, as the map of pages shows them. */
function remotePages(regions: readonly RegionState[]): ReadonlyMap<string, number> {
  const pages = new Map<string, number>();
  for (const part of regions.flatMap(({ remote }) => remote)) {
    pages.set(part.node, (pages.get(part.node) ?? 0) + part.pages);
  }
  return pages;
}

const pagesOf = (residual: readonly ResidualState[]): ReadonlyMap<string, number> =>
  new Map(residual.filter(({ pages }) => pages > 0).map(({ node, pages }) => [node, pages]));

describe('residual dependency', () => {
  for (const file of ['01-a-compiler-moves.adw', '03-process-or-task.adw', '08-a-server-moves-under-load.adw']) {
    it(`of every task at any time is what its ledgers say: ${file}`, () => {
      let most = 0;
      for (const sim of moments(file)) {
        for (const { task, name, node, residual, regions } of inspect(sim).tasks) {
          assert.deepEqual(residual, oneByOne(sim.world, task), `${name} at event ${sim.world.events}`);
          assert.ok(residual.every((on) => on.node !== node));
          assert.deepEqual(remotePages(regions), pagesOf(residual), `${name} at event ${sim.world.events}`);
          most = Math.max(most, residual.length);
        }
      }
      assert.ok(most > 0, 'some task depended on some node');
    });
  }
});
