/** Proof that the swarm would notice: a kernel is broken on purpose. The seeds themselves run beside the unit tests. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kernelServices } from '../../simulator/mach/routines.ts';
import { blockOn, type Thread } from '../../simulator/mach/thread.ts';
import type { MachWorld } from '../../simulator/mach/world.ts';
import { chance } from './chance.ts';
import { coverageInWords, failureInWords, neverStruck } from './report.ts';
import { runScript } from './run.ts';
import { drawScript, textOf } from './script.ts';
import { runSeed } from './seed.ts';
import { isFair, shrink } from './shrink.ts';

type Service = (w: MachWorld, t: Thread, request: object) => void;

/** Does something with another task_terminate than the kernel's; `perform` may call the original one. */
function withTaskTerminate<T>(perform: (original: Service) => Service, act: () => T): T {
  const [first] = kernelServices.find(({ name }) => name === 'task_terminate')!.steps;
  const original = first!.perform as unknown as Service;
  Object.assign(first!, { perform: perform(original) });
  try {
    return act();
  } finally {
    Object.assign(first!, { perform: original });
  }
}

const miscounts = (original: Service): Service => {
  return (w, t, request) => {
    w.ports.rows.find(({ live }) => live)!.srights++;
    original(w, t, request);
  };
};

const forgets = (): Service => {
  return (w, t) => blockOn(w, t, 'what never comes');
};

describe('the swarm', function () {
  this.timeout(120_000);

  it('finds nothing in a seed, and says what it has covered', () => {
    const result = runSeed(1);
    assert.equal(result.failure, null, result.failure?.message);
    assert.match(coverageInWords([result]), / +1 +\d+ {2}deliver\n/);
  });

  it('says at which kinds of events that happened no node has failed', () => {
    const seed = { seed: 1, events: 9, failure: null, migrations: [] };
    const first = { ...seed, kinds: ['run', 'wake', 'crash'], faults: [{ kind: 'wake', node: 'left' }] };
    assert.deepEqual(neverStruck([first]), ['run', 'crash']);
    const second = { ...first, faults: ['crash', 'run'].map((kind) => ({ kind, node: 'left' })) };
    assert.deepEqual(neverStruck([first, second]), []);
  });

  it('draws the same script for the same seed, and another for another', () => {
    const draw = (seed: number): string => textOf(drawScript(chance(seed), 0));
    assert.equal(draw(7), draw(7));
    assert.notEqual(draw(7), draw(8));
  });

  it('catches a kernel that miscounts, makes the script small and says how to see it', () => {
    const text = readFileSync(join(import.meta.dirname, 'found', 'given-up-at-restart.adw'), 'utf8');
    const broken = (script: string) => withTaskTerminate(miscounts, () => runScript(script).failure);
    const failure = broken(text)!;
    assert.equal(failure.rule, 'I4');
    const small = shrink(text, broken, (tries) => tries < 60);
    assert.ok(small.length < text.length / 2, small);
    assert.equal(broken(small)?.rule, 'I4');
    const words = failureInWords(3, failure, 'dist/swarm/seed-3.adw', 'dist/swarm/seed-3-small.adw');
    assert.match(words, /^seed 3: I4 at event \d+/);
    assert.match(words, /npx osf1ad run dist\/swarm\/seed-3.adw .* --until \d+ --checked/);
    assert.equal(broken(text)?.event, failure.event);
  });

  it('catches a server that forgets to answer: nothing is broken, and somebody waits for ever', () => {
    const text = textOf(drawScript(chance(3), 3));
    const failure = withTaskTerminate(forgets, () => runScript(text).failure);
    assert.equal(failure?.rule, 'rest');
  });

  it('leaves out nothing that a script needs to be fair', () => {
    const stops = 'let p = spawn x() on n\nkill(p, SIGSTOP)\n';
    assert.equal(isFair(stops), false);
    assert.equal(isFair(`${stops}kill(p, SIGCONT)`), true);
  });
});
