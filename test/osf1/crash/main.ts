/**
 * A node fails at an event of a migration, the source, the destination or the node of the PM Master: what becomes of the
 * process is in table 5.6, nothing hangs, and nothing is executed twice [mechanisms 5.6, P4]. `npm test -- crashes` tries one
 * failure of each node at every event of a migration, for every variant of the workload.
 *
 *   node --import tsx test/osf1/crash/main.ts [--step 1] [--checked 311] [--jobs 2]
 *
 * Every step-th event is struck; in every checked-th of the runs that follow all checkers and monitors run after every event.
 * Every row of the table must have been what came of some failure. The workers run a bundle: the loader that runs TypeScript
 * directly slows the hot path five times.
 */
import { parseArgs } from 'node:util';
import { inWords, strikeAll } from './strike-all.ts';
import { rows } from './table.ts';

const text = { type: 'string' } as const;
const { values } = parseArgs({ options: { step: text, checked: text, jobs: text } });
const [step, checked, jobs] = [values.step ?? '1', values.checked ?? '311', values.jobs ?? '2'].map(Number);

const found = await strikeAll({ step: step!, checked: checked!, jobs: jobs! });
console.log(inWords(found));
const struck = new Set(found.flatMap((each) => Object.keys(each.rows)));
const never = rows.filter(({ row }) => !struck.has(row));
for (const { row } of never) console.log(`never struck: ${row}`);
if (never.length > 0 || found.some(({ wrong }) => wrong.length > 0)) process.exitCode = 1;
