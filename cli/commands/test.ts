/**
 * `osf1ad test`: runs every scenario of the scripts, and says which of them kept their expectations.
 *
 *   examples/04-refused.adw
 *     ok    a node that is short of memory refuses           4 held      937 events     2.441 s
 *     FAIL  a program that migrates itself sees the refusal   0 held      629 events     0.308 s
 *           examples/04-refused.adw:58: expected traveller.status == 7, but traveller.status was 0
 *           seed 1; run it again: npx osf1ad run examples/04-refused.adw --scenario ...
 *
 * A script that cannot be read or does not compile counts as one failure, and the others still run.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { createSimulation, inspect } from '../../simulator/engine/simulation.ts';
import { commandOf, LIMIT, type Again } from '../again.ts';
import { defectIn } from '../broken.ts';
import { exitCodes, Failure, gravest, type ExitName } from '../exit.ts';
import type { Io } from '../io.ts';
import { fileLine, resultLines, summaryLine, type Result } from '../results.ts';
import { loadScript, type Script } from '../script.ts';
import { simulate } from '../simulate.ts';
import { verdictOn } from '../verdict.ts';
import { countArgument } from '../numbers.ts';

interface TestOptions {
  readonly bail?: boolean;
  readonly json?: boolean;
  readonly checked?: boolean;
  readonly limit: number;
}

const EXAMPLES = 'examples';

const examples = `
Without files, all scripts of the folder examples/ are tested; a folder stands for all scripts in it.

Examples:
  osf1ad test
  osf1ad test examples/04-refused.adw --checked
  osf1ad test examples --bail --json
`;

export function addTest(program: Command, io: Io, exit: (name: ExitName) => void): void {
  program
    .command('test')
    .description('run all scenarios of scripts and judge their expectations')
    .argument('[files...]', 'workload scripts (.adw) or folders of them')
    .option('--bail', 'stop after the first failure')
    .option('--limit <events>', 'give a scenario up after so many events', countArgument, LIMIT)
    .option('--checked', 'check every rule of the simulated system after every event (slow)')
    .option('--json', 'print the results as JSON')
    .addHelpText('after', examples)
    .action(async (files: string[], options: TestOptions) => exit(await test(files, options, io)));
}

async function test(files: readonly string[], options: TestOptions, io: Io): Promise<ExitName> {
  const results: Result[] = [];
  const show = (text: string): void => (options.json === true ? undefined : io.out(text));
  for (const file of (files.length > 0 ? files : defaultFiles()).flatMap(scriptsIn)) {
    show(fileLine(file, io.color));
    for await (const result of resultsOf(file, options, io)) {
      results.push(result);
      show(resultLines(result, io.color));
      if (result.exit === 'interrupted' || (options.bail === true && result.exit !== 'ok')) break;
    }
    if (results.some(({ exit }) => exit === 'interrupted' || (options.bail === true && exit !== 'ok'))) break;
  }
  const exit = gravest(results.map((result) => result.exit));
  show(summaryLine(results, io.color));
  if (options.json === true) io.out(`${jsonOf(results, exit)}\n`);
  return exit;
}

async function* resultsOf(file: string, options: TestOptions, io: Io): AsyncGenerator<Result> {
  let script: Script;
  try {
    script = loadScript(file);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    yield { ...nothing(file), exit: error.exit, reasons: error.message.split('\n') };
    return;
  }
  for (const warning of script.warnings) io.err(`${warning}\n`);
  for (const index of script.image.scenarios.keys()) yield await resultOf(script, index, options, io);
}

async function resultOf(script: Script, index: number, options: TestOptions, io: Io): Promise<Result> {
  const { file, image } = script;
  const { limit, checked = false } = options;
  const sim = createSimulation(image, { scenario: index, checked });
  const scenario = image.scenarios[index]?.name ?? '';
  const again: Again = { file, scenario, seed: sim.seed, limit, checked };
  try {
    const ending = await simulate(sim, { until: null, limit, interrupt: io.interrupt, watch: () => undefined });
    const state = inspect(sim);
    const { exit, reasons } = verdictOn(file, state, ending, null);
    const { seed, event, time, digest, expectations } = state;
    return {
      ...{ file, scenario, seed, event, time, digest, exit, reasons },
      held: expectations.filter((each) => each.held).length,
      broken: expectations.filter((each) => !each.held).length,
      again: exit === 'ok' ? null : commandOf(again),
    };
  } catch (error) {
    const { exit, text } = defectIn(sim, again, error);
    return { ...nothing(file), scenario, seed: sim.seed, exit, reasons: text.split('\n') };
  }
}

function nothing(file: string): Omit<Result, 'exit' | 'reasons'> {
  return { file, scenario: null, seed: null, event: 0, time: 0, digest: null, held: 0, broken: 0, again: null };
}

function defaultFiles(): readonly string[] {
  if (existsSync(EXAMPLES)) return [EXAMPLES];
  throw new Failure('input', `There is no folder ${EXAMPLES}/ here: name the scripts or folders to test.`);
}

/** A folder stands for the scripts in it, in the order of their names; anything else for itself. */
function scriptsIn(file: string): readonly string[] {
  if (!existsSync(file) || !statSync(file).isDirectory()) return [file];
  const names = readdirSync(file, { recursive: true, encoding: 'utf8' });
  const scripts = names.filter((name) => name.endsWith('.adw')).sort();
  if (scripts.length === 0) throw new Failure('input', `There are no scripts (.adw) in ${file}.`);
  return scripts.map((name) => join(file, name));
}

function jsonOf(results: readonly Result[], exit: ExitName): string {
  const passed = results.filter((result) => result.exit === 'ok').length;
  const totals = { passed, failed: results.length - passed };
  return JSON.stringify(
    { format: 'osf1ad-test/1', exit: { code: exitCodes[exit], name: exit }, ...totals, results },
    null,
    2,
  );
}
