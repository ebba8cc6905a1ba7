/**
 * One worker of the crash tests: strikes its share of the events of every variant and prints what came of it, a line of
 * JSON for each.
 *
 *   node worker.cjs STEP CHECKED JOB JOBS
 */
import { sweep } from './strike.ts';
import { variants } from './workload.ts';

const [step, checked, job, jobs] = process.argv.slice(2).map(Number) as [number, number, number, number];

for (const variant of variants) {
  process.stdout.write(`${JSON.stringify(sweep(variant, { step, checked, job, jobs }))}\n`);
}
