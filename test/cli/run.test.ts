/** `osf1ad run`: what it prints, where it stops, and how it ends. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { compileScript } from '../../language/compile.ts';
import { createSimulation, inspect, runUntil, seek, type Simulation } from '../../simulator/engine/simulation.ts';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { command, commandWith, Folder, scripts } from './command.ts';

const moves = 'examples/01-a-compiler-moves.adw';

function simulation(file: string, scenario = 0): Simulation {
  const { image } = compileScript(readFileSync(file, 'utf8'), file);
  assert.ok(image);
  return createSimulation(image, { scenario });
}

async function stateOf(...args: readonly string[]): Promise<ClusterState> {
  const { out } = await command('run', ...args, '--json');
  return JSON.parse(out) as ClusterState;
}

describe('osf1ad run', () => {
  const folder = new Folder();
  after(() => folder.remove());

  it('prints the report of an example and ends well', async () => {
    const { code, out, err } = await command('run', moves);
    assert.equal(code, 0, err);
    assert.match(out, /^scenario "a compiler moves in mid-flight", seed 7: /);
    assert.match(out, /freeze time \d+\.\d{3} ms/);
    assert.match(out, /all 5 expectations held\n$/);
    assert.equal(err, '');
  });

  it('prints with --json what inspect says, and nothing else', async () => {
    const sim = simulation(moves);
    runUntil(sim, { events: 1e6 });
    assert.deepEqual(await stateOf(moves), inspect(sim));
  });

  it('prints what the scripts print, in its place', async () => {
    const { out } = await command('run', folder.file('good.adw', scripts.good));
    assert.match(out, /^\[[\d.]+ ms\] done\nscenario "works"/);
  });

  it('takes another seed', async () => {
    assert.equal((await stateOf(moves, '--seed', '42', '--until', '10')).seed, 42);
    assert.equal((await stateOf(moves, '--until', '10')).seed, 7);
  });

  it('says which scenario it runs where there are several', async () => {
    const { err } = await command('run', 'examples/03-process-or-task.adw', '--until', '1');
    assert.match(err, /^running "by process: nothing stays behind"; --scenario names another one:\n/);
    assert.match(err, /03-process-or-task\.adw:\d+:1: by task/);
    const title = 'by task: the source PMA goes on managing the process';
    const named = await command('run', 'examples/03-process-or-task.adw', '--scenario', title, '--until', '1');
    assert.match(named.out, /^scenario "by task/);
    assert.equal(named.err, '');
  });

  it('shows warnings and runs nevertheless', async () => {
    const { code, err } = await command('run', folder.file('doubtful.adw', scripts.doubtful));
    assert.equal(code, 0);
    assert.match(err, /doubtful\.adw:8:\d+: warning: .* \[constant-expectation\]\n/);
  });

  it('checks every rule after every event', async () => {
    const { code, err } = await command('run', folder.file('good.adw', scripts.good), '--checked');
    assert.equal(code, 0, err);
  });

  describe('--until', () => {
    it('an event: the moment after so many', async () => {
      const sim = simulation(moves);
      for (const event of [0, 1, 1200]) {
        seek(sim, event);
        assert.deepEqual(await stateOf(moves, '--until', String(event)), inspect(sim));
      }
    });

    it('a time: all that happens up to then and nothing later', async () => {
      const state = await stateOf(moves, '--until', '500ms');
      assert.ok(state.time <= 500e6);
      const sim = simulation(moves);
      seek(sim, state.event + 1);
      assert.ok(inspect(sim).time > 500e6);
      assert.equal((await stateOf(moves, '--until', '0.5 s')).event, state.event);
    });

    it('a phase: the event in which a migration first enters it', async () => {
      for (const phase of ['freeze', 'detach', 'install', 'attach', 'restart', 'cleanup']) {
        const state = await stateOf(moves, '--until', phase);
        assert.equal(state.migrations[0]?.phase, phase);
        const sim = simulation(moves);
        seek(sim, state.event - 1);
        assert.notEqual(inspect(sim).migrations[0]?.phase, phase);
      }
      const { err } = await command('run', moves, '--until', 'attach');
      assert.match(err, /stopped: migration \d+ of pid \d+ cc1: attach, source -> dest\n$/);
    });

    it('any other moment that the debugger knows by name', async () => {
      const { code, err } = await command('run', moves, '--until', 'exit');
      assert.equal(code, 0);
      assert.match(err, /stopped: pid \d+ has exited/);
    });

    it('what a kernel does, by the name of the event or of its group', async () => {
      for (const name of ['migrate state', 'receive right']) {
        const { code, err } = await command('run', moves, '--until', name);
        assert.equal(code, 0);
        assert.match(err, name === 'migrate state' ? /stopped: migrate state on dest: / : /stopped: begin rec/);
      }
    });

    it('a moment that never comes: 75', async () => {
      for (const until of ['refused', '1000s', '99999999']) {
        const { code, out, err } = await command('run', moves, '--until', until);
        assert.equal(code, 75);
        assert.match(out, /all 5 expectations held/);
        assert.match(err, new RegExp(`the run was over at event \\d+, [\\d.]+ s, before ${until}\n`));
        assert.match(err, new RegExp(`seed 7; run it again: npx osf1ad run ${moves} .* --until ${until}\n`));
      }
    });
  });

  describe('ends with', () => {
    it('10 when an expectation does not hold, its line and the command to run it again', async () => {
      const file = folder.file('broken.adw', scripts.broken);
      const { code, out, err } = await command('run', file);
      assert.equal(code, 10);
      assert.match(out, /BROKEN {2}line 11/);
      assert.match(err, /broken\.adw:11: expected p\.status == 3, but /);
      assert.match(
        err,
        new RegExp(`seed 5; run it again: npx osf1ad run ${file} --scenario "does not work" --seed 5\n`),
      );
    });

    it('11 when the scenario waits for what cannot happen any more', async () => {
      const { code, err } = await command('run', folder.file('stuck.adw', scripts.stuck));
      assert.equal(code, 11);
      assert.match(err, /stuck\.adw:10: nothing is left to happen, and the scenario still waits for /);
      assert.match(err, /run it again: npx osf1ad run /);
    });

    it('75 when it was given up', async () => {
      const { code, err } = await command('run', folder.file('endless.adw', scripts.endless), '--limit', '3000');
      assert.equal(code, 75);
      assert.match(err, /given up at event 3000, .* --limit/);
      assert.match(err, /run it again: .* --limit 3000\n/);
    });

    it('130 when it was interrupted, with what it has so far', async () => {
      const user = new AbortController();
      const file = folder.file('endless.adw', scripts.endless);
      const { code, out, err } = await commandWith({ interrupt: user.signal, heard: () => user.abort() }, 'run', file);
      assert.equal(code, 130);
      assert.match(out, /\nscenario "goes on", seed 1: under way after \d+ events/);
      assert.match(err, /interrupted at event \d+/);
    });
  });
});
