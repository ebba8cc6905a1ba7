/**
 * `npm test -- crashes`: one failure of each node at every event of a migration, for every variant of the workload.
 *
 *   node --import tsx test/osf1/crash/main.ts [--step 1] [--checked 10] [--jobs 2]
 *
 * Every step-th event is struck; in every checked-th of the runs that follow all checkers and monitors run after every event.
 * The workers run a bundle: the loader that runs TypeScript directly slows the hot path five times.
 */
import { parseArgs } from 'node:util';
import { inWords, strikeAll } from './strike-all.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { step: text, checked: text, jobs: text } });
const [step, checked, jobs] = [values.step ?? '1', values.checked ?? '10', values.jobs ?? '2'].map(Number);

const found = await strikeAll({ step: step!, checked: checked!, jobs: jobs! });
console.log(inWords(found));
if (found.some(({ wrong }) => wrong.length > 0)) process.exitCode = 1;
