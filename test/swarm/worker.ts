/**
 * One worker of the swarm: runs every so-manieth seed and prints what came of it, a line of JSON for each. A script that
 * fails is made small here, too.
 *
 *   node worker.cjs FIRST STEP COUNT DEADLINE      the deadline is a time of day in milliseconds
 */
import { runScript, runSeed } from './run.ts';
import { isFair, shrink } from './shrink.ts';

const SHRINK_TRIES = 120;

const [first, step, count, deadline] = process.argv.slice(2).map(Number) as [number, number, number, number];

for (let i = 0, seed = first; i < count && Date.now() < deadline; i++, seed += step) {
  const result = runSeed(seed);
  const { failure } = result;
  const short =
    failure === null
      ? null
      : shrink(failure.text, (text) => (isFair(text) ? runScript(text).failure : null), SHRINK_TRIES);
  process.stdout.write(`${JSON.stringify({ ...result, short })}\n`);
}
