/**
 * One worker of the swarm: runs every so-manieth seed and prints what came of it, a line of JSON for each. A script that
 * fails is made small here, too.
 *
 *   node worker.cjs FIRST STEP COUNT DEADLINE      the deadline is a time of day in milliseconds
 */
import { runAnySeed, whyItFails } from './seed.ts';
import { shrink } from './shrink.ts';

/** A failure must not eat the time of the seeds that are still to come: what is small by then is small enough. */
const SHRINK_TRIES = 120;
const SHRINK_MILLISECONDS = 15_000;

const [first, step, count, deadline] = process.argv.slice(2).map(Number) as [number, number, number, number];

for (let i = 0, seed = first; i < count && Date.now() < deadline; i++, seed += step) {
  const result = runAnySeed(seed);
  const { failure } = result;
  const end = Math.min(deadline, Date.now() + SHRINK_MILLISECONDS);
  const goesOn = (tries: number): boolean => tries < SHRINK_TRIES && Date.now() < end;
  const short = failure === null ? null : shrink(failure.text, whyItFails, goesOn);
  process.stdout.write(`${JSON.stringify({ ...result, short })}\n`);
}
