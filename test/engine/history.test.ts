/**
 * Time travel and determinism, on random scripts: the world after an event depends on the seed and on nothing else,
 * and going back is exact. Every checker runs after every event.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createSimulation, digest, eventCount, seek, step } from '../../simulator/engine/simulation.ts';
import type { Simulation } from '../../simulator/engine/simulation.ts';
import { copyWorld } from '../../simulator/engine/world.ts';
import { imageOf, script } from './scripts.ts';

const MOST_EVENTS = 40_000;

/** Digests after event 0, 1, 2 ... of the whole run. */
function digestsOf(sim: Simulation, every: number): string[] {
  const digests = [digest(sim)];
  while (eventCount(sim) < MOST_EVENTS && step(sim)) if (eventCount(sim) % every === 0) digests.push(digest(sim));
  assert.ok(eventCount(sim) < MOST_EVENTS, 'the run does not end');
  return digests;
}

describe('a run', () => {
  it('breaks no rule, whatever the script', function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(script, (text) => {
        const sim = createSimulation(imageOf(text), { scenario: 0, checked: true });
        while (eventCount(sim) < MOST_EVENTS && step(sim));
        assert.ok(eventCount(sim) < MOST_EVENTS, 'the run does not end');
      }),
      { numRuns: 12 },
    );
  });

  it('of one seed is the same run, at every event', function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(script, (text) => {
        const image = imageOf(text);
        const first = digestsOf(createSimulation(image, { scenario: 0 }), 1);
        const second = digestsOf(createSimulation(image, { scenario: 0 }), 1);
        assert.deepEqual(second, first);
      }),
      { numRuns: 4 },
    );
  });

  it('can be stepped n times forward and n times back, to the same world', function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(script, fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 1, max: 40 }), (text, at, n) => {
        const sim = createSimulation(imageOf(text), { scenario: 0 });
        seek(sim, at);
        const start = eventCount(sim);
        const digests = [digest(sim)];
        for (let i = 0; i < n && step(sim); i++) digests.push(digest(sim));
        const reached = eventCount(sim);
        for (let event = reached; event >= start; event--) {
          seek(sim, event);
          assert.equal(digest(sim), digests[event - start], `event ${event}`);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('goes on the same way when its world is copied on the way: nothing is shared between two rows', function () {
    this.timeout(120_000);
    fc.assert(
      fc.property(script, (text) => {
        const image = imageOf(text);
        const straight = createSimulation(image, { scenario: 0 });
        const copied = createSimulation(image, { scenario: 0 });
        while (step(straight)) {
          if (eventCount(straight) % 5 === 0) copied.world = copyWorld(copied.world);
          step(copied);
          if (eventCount(straight) % 100 === 0) assert.equal(digest(copied), digest(straight));
        }
        assert.equal(digest(copied), digest(straight));
      }),
      { numRuns: 10 },
    );
  });

  it('ends the same way after any wandering in time', function () {
    this.timeout(120_000);
    const wander = fc.array(fc.integer({ min: 0, max: 5000 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(script, wander, (text, moments) => {
        const image = imageOf(text);
        const straight = createSimulation(image, { scenario: 0 });
        while (step(straight));
        const wandering = createSimulation(image, { scenario: 0 });
        for (const moment of moments) seek(wandering, moment);
        while (step(wandering));
        assert.equal(digest(wandering), digest(straight));
      }),
      { numRuns: 8 },
    );
  });
});
