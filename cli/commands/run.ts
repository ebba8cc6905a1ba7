/**
 * `osf1ad run`: runs one scenario, to its end or to a moment, and prints what has become of it.
 *
 * Standard output is what the scripts print, in the order of time, and then the report; with --json the inspected state
 * of the cluster and nothing else. Whatever went wrong on the way is told on standard error.
 */
import { InvalidArgumentError, type Command } from 'commander';
import { reportLines } from '../../debug-adapter/present/report.ts';
import { noticeInWords } from '../../debug-adapter/stop.ts';
import { showTime } from '../../language/vocabulary/units.ts';
import type { Notice } from '../../simulator/engine/api.ts';
import { createSimulation, inspect, now, type Simulation } from '../../simulator/engine/simulation.ts';
import type { ClusterState } from '../../simulator/inspect/state.ts';
import { commandOf, LIMIT, type Again } from '../again.ts';
import { defectIn } from '../broken.ts';
import type { ExitName } from '../exit.ts';
import { palette, type Io } from '../io.ts';
import { countArgument, seedArgument } from '../numbers.ts';
import { chooseScenario, loadScript, placeOf, type Script } from '../script.ts';
import { simulate } from '../simulate.ts';
import { isNamed, isWatched, parseUntil, type Until } from '../until.ts';
import { verdictOn } from '../verdict.ts';

export interface RunOptions {
  readonly scenario?: string;
  readonly seed?: number;
  readonly until?: Until;
  readonly limit: number;
  readonly json?: boolean;
  readonly checked?: boolean;
}

const examples = `
--until is an event, a time, or the name of a moment:
  1200     the moment after 1200 events
  1.5s     the last moment at which the virtual clock shows no more than 1.5 s
  attach   the moment at which a migration first enters this phase (freeze, detach, install, attach, restart,
           cleanup), or the first refused, expectation, exit, crash or fault; or what a kernel does for the first
           time: "migrate state", no-senders, "page fault" (docs/debug-adapter.md has them all)

Examples:
  osf1ad run examples/01-a-compiler-moves.adw
  osf1ad run examples/01-a-compiler-moves.adw --seed 42 --checked
  osf1ad run examples/01-a-compiler-moves.adw --until freeze --json
  osf1ad run examples/03-process-or-task.adw --scenario "by process: nothing stays behind"
`;

export function addRun(program: Command, io: Io, exit: (name: ExitName) => void): void {
  program
    .command('run')
    .description('run a scenario and print its report')
    .argument('<file>', 'workload script (.adw)')
    .option('--scenario <title>', 'title of the scenario; without it, the first one of the script')
    .option('--seed <number>', "seed of the run, instead of the scenario's", seedArgument)
    .option('--until <moment>', 'stop at an event, a time or a named moment (see below)', untilArgument)
    .option('--limit <events>', 'give up after so many events', countArgument, LIMIT)
    .option('--checked', 'check every rule of the simulated system after every event (slow)')
    .option('--json', 'print the state of the cluster as JSON (docs/state.schema.json)')
    .addHelpText('after', examples)
    .action(async (file: string, options: RunOptions) => exit(await run(file, options, io)));
}

async function run(file: string, options: RunOptions, io: Io): Promise<ExitName> {
  const { until = null, limit, checked = false, json = false } = options;
  const script = loadScript(file);
  for (const warning of script.warnings) io.err(`${warning}\n`);
  const index = chooseScenario(script, options.scenario);
  if (options.scenario === undefined) tellOthers(script, io);
  const { seed } = options;
  const watched = isWatched(until);
  const given = seed === undefined ? {} : { seed };
  const sim = createSimulation(script.image, { scenario: index, checked, watched, ...given });
  const scenario = script.image.scenarios[index]?.name ?? '';
  const again: Again = { file, scenario, seed: sim.seed, until: until?.text, limit, checked };
  try {
    const watch = (notice: Notice): void => tell(sim, notice, until, json, io);
    const ending = await simulate(sim, { until, limit, interrupt: io.interrupt, watch });
    const state = inspect(sim);
    io.out(json ? `${JSON.stringify(state, null, 2)}\n` : reportOf(state, io));
    const verdict = verdictOn(file, state, ending, until);
    if (verdict.exit !== 'ok') complain(verdict.reasons, again, io);
    return verdict.exit;
  } catch (error) {
    const { exit, text } = defectIn(sim, again, error);
    io.err(`${text}\n`);
    return exit;
  }
}

function tellOthers({ file, image }: Script, io: Io): void {
  const [first, ...others] = image.scenarios;
  if (first === undefined || others.length === 0) return;
  io.err(`running "${first.name}"; --scenario names another one:\n`);
  for (const other of others) io.err(`  ${placeOf(file, other)}: ${other.name}\n`);
}

/** Output is data; with --json it is in the state. The rest is talk. */
function tell(sim: Simulation, notice: Notice, until: Until | null, json: boolean, io: Io): void {
  const line = (text: string): string => `[${showTime(now(sim))}] ${text}\n`;
  if (notice.kind === 'output') {
    if (!json) io.out(line(notice.text));
    return;
  }
  const asked = isNamed(until, notice);
  if (asked || notice.kind === 'crashed' || notice.kind === 'fault') {
    io.err(line(`${asked ? 'stopped: ' : ''}${noticeInWords(notice, inspect(sim))}`));
  }
}

function reportOf(state: ClusterState, io: Io): string {
  const { red } = palette(io.color);
  return reportLines(state)
    .map(({ text, important }) => `${important ? red(text) : text}\n`)
    .join('');
}

function complain(reasons: readonly string[], again: Again, io: Io): void {
  const { red, dim } = palette(io.color);
  for (const reason of reasons) io.err(`${red(reason)}\n`);
  io.err(`${dim(`seed ${again.seed}; run it again: ${commandOf(again)}`)}\n`);
}

function untilArgument(text: string): Until {
  const until = parseUntil(text);
  if (typeof until === 'string') throw new InvalidArgumentError(until);
  return until;
}
