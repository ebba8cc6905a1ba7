/**
 * Transparency is a theorem that the swarm tests [paper 3.2]; here is the proof that it would notice. Servers are broken on
 * purpose, in ways that break no rule: a byte is lost, a request is done twice, a signal is lost in the freeze. What the
 * programs put out tells.
 */
import assert from 'node:assert/strict';
import type { Thread } from '../../simulator/mach/thread.ts';
import { SIGCONT } from '../../simulator/osf1/signal-numbers.ts';
import { script, withStep, type Perform } from './breaking.ts';
import { chance } from './chance.ts';
import { drawCluster } from './cluster.ts';
import { failureInWords } from './report.ts';
import type { Failure } from './run.ts';
import { whyItFails } from './seed.ts';
import { shrink } from './shrink.ts';
import { alone, outputOf } from './transparency/alone.ts';
import { meant, type Output } from './transparency/output.ts';
import { isDetermined, runCompared, runComparedSeed } from './transparency/run.ts';
import { drawPlacement } from './transparency/script.ts';
import { textOf } from './script.ts';

const pipeline = `
  let q = pipe()
  let c = fork {
    close(q.read)
    for i in 1 .. 8 {
      write(q.write, "[a record]")
      compute 100 ms
    }
    exit(5)
  }
  close(q.write)
  let out = creat("/job0/out.bytes")
  let n = read(q.read, 100 B)
  while n > 0 {
    write(out, n)
    n = read(q.read, 100 B)
  }
  sum = wait(c)
  print("status ", sum)`;

const moved = `
  at 700 ms
  let m_0 = migrate p_0 to right by process`;

const words = (failure: Failure | null): string => `${failure?.rule}: ${failure?.message}`;

describe('transparency', function () {
  this.timeout(120_000);

  it('holds for a pipeline whose reader moves', () => {
    const text = script(pipeline, moved);
    assert.deepEqual(runCompared(text).failure, null);
    assert.deepEqual(runCompared(text).migrations, ['by process: done']);
  });

  it('is compared with the same programs on one node, where nothing is moved', () => {
    const text = script('migrate(getpid(), "right")', moved);
    assert.match(alone(text), /migrate\(getpid\(\), "master"\)/);
    assert.match(alone(text), /spawn job0\(\) on master\n\}/);
    assert.doesNotMatch(alone(text), /m_0|right/);
  });

  it('knows a process by its birth and reads a file by what its name says', () => {
    const output = outputOf(alone(script(pipeline, moved))) as Output;
    assert.deepEqual([...output.processes.keys()], ['0', '0.0']);
    assert.deepEqual(output.processes.get('0'), { printed: ['status 5'], end: 'status 5' });
    assert.equal(output.files.get('/job0/out.bytes'), '[a record]'.repeat(8));
    assert.equal(meant('/x.log', '[b 1][a 1][b 2]'), '[a 1] [b 1] [b 2]');
    assert.notEqual(meant('/x.log', '[b 2][a 1][b 1]'), meant('/x.log', '[b 1][a 1][b 2]'));
    assert.equal(meant('/x.bag', '[2][1]'), meant('/x.bag', '[1][2]'));
    assert.equal(meant('/x.bytes', '[2][1]'), '[2][1]');
  });

  it('is asked of programs whose output is theirs alone, whatever the machine', () => {
    for (let seed = 1; seed <= 12; seed++) {
      assert.ok(isDetermined(textOf(drawPlacement(chance(seed), seed))), `seed ${seed}`);
    }
  });

  it('is asked of the same programs for the same seed', () => {
    assert.equal(textOf(drawPlacement(chance(5), 5)), textOf(drawPlacement(chance(5), 5)));
    const cluster = (seed: number): string => drawCluster(chance(seed), chance(seed, 'workload')).text;
    assert.notEqual(cluster(5), cluster(6));
  });

  it('holds in a whole seed, with migrations and a failure', () => {
    const { failure, faults } = runComparedSeed(6);
    assert.equal(words(failure), 'undefined: undefined');
    assert.ok(faults.length >= 0);
  });
});

describe('a difference is seen', function () {
  this.timeout(120_000);

  interface Moment {
    readonly time: number;
    readonly nodes: { readonly rows: readonly unknown[] };
  }

  /** The reader has moved by then; alone, nothing is broken. */
  const isLate = ({ time, nodes }: Moment): boolean => nodes.rows.length > 1 && time > 1_200_000_000;

  interface Written {
    body: { size: number; bytes: string };
  }

  /** What is written late to a pipe is something else. */
  const writing = (other: (bytes: string) => string, text: string): Failure | null => {
    const perform = (original: Perform): Perform => {
      return (w: Moment, t: never, f: Written) => {
        const { body } = f;
        const bytes = other(body.bytes);
        if (isLate(w)) f.body = { size: bytes.length, bytes };
        original(w as never, t, f as never);
        f.body = body;
      };
    };
    return withStep('pipe.write', 'do it, or wait', perform, () => whyItFails(text));
  };

  it('when a pipe loses a byte, and the script is made small', () => {
    const loses = (text: string): Failure | null => writing((bytes) => bytes.replace('o', ''), text);
    const text = script(pipeline, moved);
    const failure = loses(text);
    assert.match(words(failure), /^transparency: the file \/job0\/out.bytes has ".*recrd.*", on one node "/);
    const small = shrink(text, loses, (tries) => tries < 30);
    assert.doesNotMatch(small, /sum = wait|print/);
    assert.match(small, /write\(q.write/);
    const report = failureInWords(3, failure!, 'dist/swarm/seed-3.adw', 'dist/swarm/seed-3-small.adw');
    assert.match(report, /npx osf1ad run dist\/swarm\/seed-3.adw .* --until \d+ --checked/);
  });

  it('when a request is done twice', () => {
    const text = script(pipeline, moved);
    const failure = writing((bytes) => bytes + bytes, text);
    assert.match(words(failure), /^transparency: the file \/job0\/out.bytes has /);
  });

  const killed = `
  let q = pipe()
  let c = fork { close(q.write) read(q.read, 1 B) }
  compute 1 s
  kill(c, SIGTERM)
  compute 3 s
  close(q.write)
  let e = waitpid(c)
  print("ended ", e.status, " by ", e.signal)`;

  /** The child is frozen when its parent kills it. */
  const frozen = `
  at 1100 ms
  let v_0 = process(3)
  let m_0 = migrate v_0 to right by process`;

  it('when a signal is lost in the freeze, at the line that shows it', () => {
    const text = script(killed, frozen);
    assert.equal(runCompared(text).failure, null);
    const loses = (original: Perform): Perform => {
      return (w: never, t: Thread, f: never) => {
        original(w, t as never, f);
        const request = t.top!.data as { body: object };
        request.body = { ...request.body, signal: SIGCONT };
      };
    };
    const failure = withStep('pma.forwarded', 'take it apart', loses, () => whyItFails(text));
    assert.match(words(failure), /^transparency: process 0.0 ends "status 0", on one node "signal 15"/);
    assert.equal(failure!.tail.length > 0, true);
  });
});
